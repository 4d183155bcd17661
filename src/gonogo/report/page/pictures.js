// Pictures: photograph, heat map and outlines on top of each other.

const unpacked = new Map();

const inflate = async (data) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};

const readHeat = async ({ width, height, data }) => {
  const levels = await inflate(data);
  for (let y = 0; y < height; y += 1) {
    for (let k = y * width + 1; k < (y + 1) * width; k += 1) levels[k] = (levels[k] + levels[k - 1]) & 255;
  }
  return { width, height, levels };
};

const readTruth = async ({ width, height, data }) => {
  const bytes = await inflate(data);
  const path = outlinePath(width, height, (k) => (bytes[k >> 3] >> (7 - (k & 7))) & 1);
  return { width, height, path };
};

const KEPT = 240;

// The levels and the outline of the truth of a picture, read once and kept for a while.
const unpack = (picture) => {
  let found = unpacked.get(picture);
  if (!found) {
    found = Promise.all([picture.heat ? readHeat(picture.heat) : null, picture.truth ? readTruth(picture.truth) : null]);
    unpacked.set(picture, found);
    if (unpacked.size > KEPT) unpacked.delete(unpacked.keys().next().value);
  }
  return found;
};

// The colour of each level on the category's one scale.
const heatColours = (category) => {
  if (!category.heatTable) {
    const { low, high, steps } = category.heat;
    category.heatTable = Array.from({ length: 256 }, (_, level) => {
      const from = level === 0 ? low : steps[level - 1];
      const to = level === 255 ? from : steps[level];
      const share = high > low ? ((from + to) / 2 - low) / (high - low) : 0;
      const place = Math.max(0, Math.min(1, share));
      return [...colours.heat[Math.round(255 * place)], Math.round(230 * place)];
    });
  }
  return category.heatTable;
};

// With `clear`, low scores let the photograph through.
const paintHeat = (canvas, category, { width, height, levels }, clear) => {
  const table = heatColours(category);
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(width, height);
  for (let k = 0; k < levels.length; k += 1) {
    const [red, green, blue, opacity] = table[levels[k]];
    pixels.data[4 * k] = red;
    pixels.data[4 * k + 1] = green;
    pixels.data[4 * k + 2] = blue;
    pixels.data[4 * k + 3] = clear ? opacity : 255;
  }
  context.putImageData(pixels, 0, 0);
};

// The step at which outlines are drawn: the one nearest to the pixel threshold.
const outlineLevel = () => {
  const threshold = pixelThreshold();
  const { heat } = state.category;
  return threshold === null || !heat ? null : 1 + nearest(heat.steps, threshold);
};

// Cells of a map are fewer along its longer side, so its shape is that of the image.
const shapeOf = ({ pictures, rows }, k) => {
  const { photograph, heat, truth } = pictures[k];
  return photograph ?? (rows.width[k] ? { width: rows.width[k], height: rows.height[k] } : (heat ?? truth ?? { width: 1, height: 1 }));
};

const BESIDE = "The photograph has another shape than the map. Which part of it the map shows is not known, so it lies beside that.";

// An element that shows a picture of the category and draws its lines again when told to.
const makePicture = (category, k, words) => {
  const picture = category.pictures[k];
  const size = shapeOf(category, k);
  const frame = element("div", { class: "picture", role: "img", "aria-label": words, style: `aspect-ratio:${size.width}/${size.height}` });
  const aside = picture.beside && element("img", { src: picture.beside.data, alt: "", decoding: "async", title: BESIDE });
  const outer = aside ? element("div", { class: "pair" }, aside, frame) : frame;
  let heat = null;
  let truth = null;
  let lines = null;
  if (picture.photograph) frame.append(element("img", { src: picture.photograph.data, alt: "", decoding: "async" }));
  else frame.classList.add("heat-only");
  const draw = () => {
    if (!lines) return;
    const ratio = Math.min(3, devicePixelRatio || 1);
    const width = Math.round(frame.clientWidth * ratio);
    const tall = Math.round(frame.clientHeight * ratio);
    if (width === 0) return;
    lines.width = width;
    lines.height = tall;
    const context = lines.getContext("2d");
    const thickness = (frame.clientWidth > 420 ? 2 : 1.4) * ratio;
    if (truth && state.truth) strokeOutline(context, truth.path, truth, colours.truth, thickness);
    const level = outlineLevel();
    if (heat && state.predicted && level !== null) {
      if (heat.level !== level) {
        heat.path = outlinePath(heat.width, heat.height, (k) => heat.levels[k] >= level);
        heat.level = level;
      }
      strokeOutline(context, heat.path, heat, colours.predicted, thickness, [5 * ratio, 4 * ratio]);
    }
  };
  const ready = unpack(picture).then(([levels, mask]) => {
    heat = levels && { ...levels, level: null, path: null };
    truth = mask;
    if (heat && category.heat) {
      for (const kind of picture.photograph ? ["glow", "heat"] : ["heat"]) {
        const canvas = element("canvas", { class: kind, "aria-hidden": "true" });
        paintHeat(canvas, category, heat, kind === "glow");
        frame.append(canvas);
      }
    }
    lines = element("canvas", { class: "lines", "aria-hidden": "true" });
    frame.append(lines);
    draw();
  });
  return { frame, outer, draw, ready };
};
