// Colours for what is drawn on a canvas: those of the page, which follow the system, or of paper.

const darkness = matchMedia("(prefers-color-scheme: dark)");
let onPaper = false;

const theme = () => (darkness.matches && !onPaper ? colours.dark : colours.light);

const faint = (colour, share) => {
  const [red, green, blue] = [1, 3, 5].map((place) => parseInt(colour.slice(place, place + 2), 16));
  return `rgba(${red}, ${green}, ${blue}, ${share})`;
};

const FONT = "12px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
