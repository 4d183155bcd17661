// One picture as large as the window, with what is known of the image.

const dialog = byId("enlarged");
let enlarged = null;
let largePicture = null;

const fact = (title, ...value) => element("div", {}, element("dt", {}, title), element("dd", {}, ...value));

const beside = (score, threshold) => {
  if (score === threshold) return `at the threshold ${imageRule(threshold)}`;
  return `${brief(Math.abs(score - threshold))} ${score > threshold ? "above" : "below"} the threshold ${imageRule(threshold)}`;
};

const enlarge = (k) => {
  const { category } = state;
  const { rows } = category;
  const threshold = imageThreshold();
  const kind = outcome(rows.label[k], category.scores[k], threshold);
  enlarged = k;
  byId("enlarged-name").replaceChildren(named(shortName(rows.name[k])));
  const picture = category.pictures[k];
  largePicture = canBeDrawn(picture) ? makePicture(category, k, describe(category, k, kind)) : null;
  byId("enlarged-picture").replaceChildren(largePicture ? largePicture.outer : element("p", { class: "note" }, picture?.problem ? `The picture could not be read: ${picture.problem}` : "This file holds no picture of the image."));
  if (largePicture && picture.problem) byId("enlarged-picture").append(element("p", { class: "note" }, `The photograph could not be read: ${picture.problem}`));
  if (picture?.beside) byId("enlarged-picture").append(element("p", { class: "note" }, BESIDE));
  byId("enlarged-picture").hidden = category.pictured.size === 0;
  dialog.classList.toggle("no-picture", category.pictured.size === 0);
  byId("enlarged-mix").closest("p").hidden = !(largePicture && picture.photograph && picture.heat);
  const truth = rows.anomalous_pixels[k];
  byId("enlarged-facts").replaceChildren(
    fact("Decision", element("span", { class: `mark ${kind.replace("_", "-")}`, "aria-hidden": "true" }, OUTCOMES[kind].mark), ` ${{ missed: "missed", false_alarm: "false alarm", right: "right" }[kind]}`),
    fact("Score", element("code", {}, String(category.scores[k])), element("br"), element("span", { class: "quiet" }, beside(category.scores[k], threshold))),
    fact("Label", rows.label[k] ? "anomalous" : "normal", ...(rows.defect[k] ? [", ", named(rows.defect[k])] : [])),
    ...(truth === null ? [] : [fact("Ground truth", `${plural(truth, "pixel")} in ${plural(rows.regions[k], "region")}`)]),
    ...(rows.map_max[k] === null ? [] : [fact("Map", `${rows.width[k]} × ${rows.height[k]}, scores ${tidy(rows.map_min[k], rows.map_max[k] - rows.map_min[k], category.digits.pixel)} to ${pixelScore(rows.map_max[k])}`)]),
    fact("File", fileLink(category, k, rows.name[k])),
  );
  const at = layout.order.indexOf(k);
  byId("enlarged-previous").disabled = at <= 0;
  byId("enlarged-next").disabled = at < 0 || at >= layout.order.length - 1;
  if (!dialog.open) dialog.showModal();
  largePicture?.draw();
};

const turn = (count) => {
  const to = layout.order[layout.order.indexOf(enlarged) + count];
  if (to !== undefined) enlarge(to);
};

byId("enlarged-previous").addEventListener("click", () => turn(-1));
byId("enlarged-next").addEventListener("click", () => turn(1));
byId("enlarged-close").addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
dialog.addEventListener("keydown", (event) => {
  if (event.target.type === "range") return;
  if (event.key === "ArrowRight") turn(1);
  if (event.key === "ArrowLeft") turn(-1);
});
dialog.addEventListener("close", () => {
  byId("enlarged-picture").replaceChildren();
  largePicture = null;
  if (enlarged !== null) focusCard(enlarged);
});
addEventListener("resize", () => largePicture?.draw());
watch(["lines", "pixel"], () => largePicture?.draw());
