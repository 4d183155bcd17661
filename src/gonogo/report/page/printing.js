// On paper: light colours, charts as wide as a page, and the first pictures one after the other.

const warmUp = () => {
  for (const k of layout.order.slice(0, PRINTED)) {
    const picture = state.category.pictures[k];
    if (canBeDrawn(picture)) unpack(picture);
  }
};

const startPrinting = () => {
  onPaper = true;
  document.documentElement.classList.add("printing");
  arrange();
  render();
  drawLines();
  redrawAll();
};

const endPrinting = () => {
  onPaper = false;
  document.documentElement.classList.remove("printing");
  arrange();
  render();
  drawLines();
  redrawAll();
};

addEventListener("beforeprint", startPrinting);
addEventListener("afterprint", endPrinting);

let idle = 0;
watch(["category", "image", "gallery"], () => {
  clearTimeout(idle);
  idle = setTimeout(warmUp, 400);
});
