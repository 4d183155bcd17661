// Pixel thresholds: rates over the threshold, at stops of which the counts are exact.

const pixelHost = byId("pixel-rates");

const PIXEL_LINES = [
  { name: "recall", title: "recall", colour: () => theme().normal, dash: [] },
  { name: "precision", title: "precision", colour: () => theme().anomalous, dash: [8, 4] },
  { name: "f1", title: "F1", colour: () => theme().right, dash: [2, 3] },
];

const hasStops = () => state.category.stops.threshold.length > 1;

const startPixels = () => {
  const chart = makeChart(pixelHost, (width) => {
    const { category } = state;
    if (!category.numbers.pixel || !hasStops()) return null;
    pixelHost.setAttribute("aria-label", "Recall, precision and F1 of pixels over the threshold");
    const order = category.stops.threshold.map((_, k) => k).reverse();
    const found = order.map((stop) => pixelDecisions(category, stop));
    const x = order.map((stop) => category.stops.threshold[stop]);
    const [low, high] = [Math.max(x[0], category.mapRange[0]), Math.min(x[x.length - 1], category.mapRange[1])];
    const room = (high - low) * 0.02 || Math.abs(high) * 0.1 || 1;
    return {
      data: [x, ...PIXEL_LINES.map(({ name }) => found.map((one) => (Number.isNaN(one[name]) ? null : one[name])))],
      width,
      height: 330,
      padding: [10, 16, 0, 0],
      cursor: still,
      scales: { x: { time: false, range: () => [low - room, high + room] }, y: { range: () => [0, 1.02] } },
      axes: [axis({ label: "pixel score", values: (_, values) => values.map((value) => (value === null ? "" : pixelScore(value))), space: roomFor(category.digits.pixel) }), axis({ size: 40, incrs: [0.2, 0.25, 0.5] })],
      series: [{}, ...PIXEL_LINES.map((line) => ({ stroke: line.colour(), width: 2, dash: line.dash, points: still }))],
    };
  });

  byId("pixel-legend").replaceChildren(...PIXEL_LINES.map((line) => element("span", { class: `key ${line.name}` }, line.title)));

  const read = () => (state.category.numbers.pixel && hasStops() ? pixelThreshold() : null);
  const slider = makeSlider(byId("pixel-threshold"), "Threshold of pixel scores", {
    chart: () => chart.plot,
    read,
    say: () => {
      const found = pixelDecisions(state.category, state.stop.get(state.category));
      return `${pixelThreshold()}: recall ${shown(found.recall)}, precision ${shown(found.precision)}`;
    },
    choose: choosePixelThreshold,
    step: (_, count) => state.category.stops.threshold[Math.max(0, Math.min(state.category.stops.threshold.length - 1, state.stop.get(state.category) - count))],
    ends: () => [state.category.stops.threshold[state.category.stops.threshold.length - 1], state.category.stops.threshold[0]],
  });
  chart.ready = () => slider.place();
  const showField = makeField("pixel", { presets: () => state.category.presets.pixel, read: pixelThreshold, choose: choosePixelThreshold });

  watch(["category", "pixel"], (topics) => {
    const fresh = topics.has("category");
    const evaluated = state.category.numbers.pixel !== null;
    byId("pixel-parts").hidden = !evaluated;
    byId("no-pixels").hidden = evaluated;
    byId("pixel-threshold").hidden = !hasStops();
    byId("pixel-legend").hidden = !hasStops();
    byId("no-rates").hidden = hasStops();
    byId("no-rates").textContent = `No rates: ${state.category.numbers.undefined["pixel.auroc"] ?? "not evaluated"}. A threshold of your own still moves the outlines in the pictures.`;
    if (fresh) chart.rebuild();
    byId("pixel-flagged").closest("dl").hidden = !evaluated || !hasStops();
    if (fresh && evaluated) showClasses("pixel", state.category.numbers.pixel);
    showDecisions("pixel", evaluated && hasStops() ? pixelDecisions(state.category, state.stop.get(state.category)) : null);
    showField(fresh);
    slider.place();
  });
  return slider;
};

const pixelSlider = pixelHost ? startPixels() : null;
