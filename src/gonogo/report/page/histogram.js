// Image scores: bars of normal images above the axis and of anomalous ones below it, a lane of dots
// for each defect, and the threshold across both.

const BINS = 48;
const LANE = 24;

const gutters = () => (innerWidth < 640 ? { left: 74, right: 58 } : { left: 132, right: 76 });

const histogramHost = byId("histogram");
const lanesHost = byId("dots");

// From where to where, with room at both ends for a threshold that flags all or nothing.
const scoreRange = (category) => {
  const { distinct } = category;
  const low = distinct[0];
  const high = distinct[distinct.length - 1];
  if (logScores()) {
    const room = (high / low) ** 0.04;
    return [low / room, high * room];
  }
  const room = Math.max((high - low) * 0.04, Math.abs(high) * 2 ** -50) || Math.abs(high) * 0.1 || 1;
  return [low - room, high + room];
};

const canBeLog = ({ distinct }) => distinct[0] > 0 && distinct[distinct.length - 1] / distinct[0] > 20;

const logScores = () => byId("log-scores").checked && canBeLog(state.category);

// The bins of a category: left edges, and rising scores of both kinds beside them.
const binsOf = (category) => {
  const [low, high] = scoreRange(category);
  const at = (share) => (logScores() ? low * (high / low) ** share : low + (high - low) * share);
  const edges = Array.from({ length: BINS + 1 }, (_, k) => at(k / BINS));
  const inside = (scores, from, to) => below(scores, to) - below(scores, from);
  return {
    edges,
    counts: (scores, least = -Infinity, most = Infinity) =>
      edges.slice(0, BINS).map((edge, k) => Math.max(0, inside(scores, Math.max(edge, least), Math.min(edges[k + 1], most)))),
  };
};

const height = (count) => (byId("log-counts").checked ? Math.log10(1 + count) : count);

const barData = () => {
  const { category } = state;
  const threshold = imageThreshold();
  const { edges, counts } = binsOf(category);
  const up = (list) => list.map((count) => (count ? height(count) : null));
  const down = (list) => list.map((count) => (count ? -height(count) : null));
  return [
    edges.slice(0, BINS),
    up(counts(category.normal)),
    up(counts(category.normal, threshold)),
    down(counts(category.anomalous)),
    down(counts(category.anomalous, -Infinity, threshold)),
  ];
};

const bars = (colour, share) => ({
  stroke: "transparent",
  width: 0,
  fill: () => faint(colour, share),
  paths: uPlot.paths.bars({ size: [0.92, Infinity], align: 1 }),
  points: still,
});

const countAxis = (left) =>
  axis({
    size: left,
    values: (_, values) => values.map((value) => (value === null ? "" : brief(byId("log-counts").checked ? Math.round(10 ** Math.abs(value) - 1) : Math.abs(value)))),
    incrs: byId("log-counts").checked ? undefined : [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000],
    splits: byId("log-counts").checked ? (_u, _a, low, high) => [-1000, -100, -10, -1, 0, 1, 10, 100, 1000].map((count) => Math.sign(count) * Math.log10(1 + Math.abs(count))).filter((value) => value >= low && value <= high) : undefined,
  });

const scoreScale = (category) => ({ time: false, distr: logScores() ? 3 : 1, range: () => scoreRange(category) });

const histogram = makeChart(histogramHost, (width) => {
  const { category } = state;
  if (category.count === 0) return null;
  const { left, right } = gutters();
  const data = barData();
  const most = Math.max(1, ...data[1].map((one) => one ?? 0));
  const least = Math.min(0, ...data[3].map((one) => one ?? 0));
  histogramHost.setAttribute("aria-label", `Histogram of the scores of ${plural(category.normal.length, "normal image")} and ${plural(category.anomalous.length, "anomalous image")}`);
  return {
    data,
    width,
    height: Math.max(240, 400 - lanesOf(category).length * LANE),
    padding: [10, right, 0, 0],
    cursor: still,
    scales: { x: scoreScale(category), y: { range: () => [least * 1.08, most * 1.08] } },
    axes: [axis({ values: (_, values) => values.map((value) => (value === null ? "" : imageScore(value))), space: roomFor(category.digits.image) }), countAxis(left)],
    series: [{}, bars(theme().normal, 0.4), bars(theme().normal, 1), bars(theme().anomalous, 0.4), bars(theme().anomalous, 1)],
    hooks: {
      draw: [
        (plot) => {
          const { left: x, top, width: wide, height: tall } = plot.bbox;
          const ratio = devicePixelRatio;
          words(plot, "normal", x + wide - 4 * ratio, top + 14 * ratio, theme().normal, "right");
          if (category.anomalous.length) words(plot, "anomalous", x + 6 * ratio, top + tall - 8 * ratio, theme().anomalous);
        },
      ],
    },
  };
});

// Lanes: normal images, then defects from the one that is hardest to tell from them.
const lanesOf = (category) => {
  const kinds = new Map();
  for (let k = 0; k < category.count; k += 1) {
    const kind = category.kind(k);
    const key = `${category.rows.label[k]} ${kind}`;
    if (!kinds.has(key)) kinds.set(key, { title: kind, label: category.rows.label[k], scores: [] });
    kinds.get(key).scores.push(category.scores[k]);
  }
  const auroc = (lane) => {
    const found = category.numbers.by_defect[lane.title]?.image.auroc;
    return lane.label ? (found ?? 1) : -1;
  };
  return [...kinds.values()].map((lane) => ({ ...lane, scores: rising(lane.scores) })).sort((one, other) => auroc(one) - auroc(other));
};

let lanes = [];

const jitter = (k) => (((k * 0.6180339887) % 1) - 0.5) * 0.5;

const dots = makeChart(lanesHost, (width) => {
  const { category } = state;
  if (category.count === 0) return null;
  lanes = lanesOf(category);
  const { left, right } = gutters();
  const x = [].concat(...lanes.map((lane) => [...lane.scores]));
  const order = x.map((_, k) => k).sort((one, other) => x[one] - x[other]);
  let start = 0;
  const ys = lanes.map((lane, row) => {
    const end = start + lane.scores.length;
    const from = start;
    start = end;
    return order.map((k) => (k >= from && k < end ? -row + jitter(k) : null));
  });
  return {
    data: [order.map((k) => x[k]), ...ys],
    width,
    height: lanes.length * LANE + 8,
    padding: [4, right, 4, 0],
    cursor: still,
    scales: { x: scoreScale(category), y: { range: () => [0.5 - lanes.length, 0.5] } },
    axes: [
      { show: true, size: 0, grid: { stroke: faint(theme().line, 0.7), width: 1 }, ticks: still, values: (_, values) => values.map(() => ""), space: 60 },
      { size: left, side: 3, values: () => [], grid: { stroke: faint(theme().line, 0.5), width: 1 }, ticks: still, splits: () => lanes.map((_, row) => -row) },
    ],
    series: [
      {},
      ...lanes.map((lane) => {
        const colour = lane.label ? theme().anomalous : theme().normal;
        return { paths: () => null, points: { show: true, size: 6, width: 0, fill: faint(colour, lane.scores.length > 400 ? 0.25 : 0.6), stroke: "transparent" } };
      }),
    ],
  };
});

const laneWords = element("ul", { class: "lane-words", "aria-label": "Decisions by defect" });
byId("lanes").append(laneWords);

const showLanes = () => {
  const threshold = imageThreshold();
  laneWords.replaceChildren(
    ...lanes.map((lane, row) => {
      const passed = below(lane.scores, threshold);
      const flagged = lane.scores.length - passed;
      const wrong = lane.label ? passed : flagged;
      const says = lane.label ? `${flagged} of ${lane.scores.length} found` : `${flagged} of ${lane.scores.length} flagged`;
      const short = `${flagged}/${lane.scores.length}`;
      const at = { style: `top:${4 + row * LANE}px;height:${LANE}px` };
      return element(
        "li",
        at,
        element("span", { class: "lane-name", title: lane.title }, named(lane.title)),
        element("span", { class: `lane-count${wrong ? (lane.label ? " missed" : " false-alarm") : ""}`, title: says }, short),
      );
    }),
  );
};

const imageSay = () => {
  const found = imageDecisions(state.category, imageThreshold());
  return `${imageRule(imageThreshold())}: ${found.fn} of ${state.category.anomalous.length} anomalous images missed, ${plural(found.fp, "false alarm")}`;
};

// So many distinct scores on: each step changes a decision, also from between two scores.
const stepImage = (value, count) => {
  const { distinct } = state.category;
  const moved = below(distinct, value) + count;
  return moved < distinct.length ? distinct[Math.max(0, moved)] : scoreRange(state.category)[1];
};

const imageSlider = makeSlider(byId("image-threshold"), "Threshold of image scores", {
  chart: () => histogram.plot,
  read: () => (state.category.count ? imageThreshold() : null),
  say: imageSay,
  choose: chooseImageThreshold,
  pointed: (value) => Number(imageScore(value)),
  step: stepImage,
  ends: () => [state.category.distinct[0], scoreRange(state.category)[1]],
});

histogram.ready = () => imageSlider.place();

const showImageField = makeField("image", { presets: () => state.category.presets.image, read: imageThreshold, choose: chooseImageThreshold });

const verdict = (found) => {
  const anomalous = state.category.anomalous.length;
  const normal = state.category.normal.length;
  const parts = [];
  if (anomalous) parts.push(element("strong", {}, `${whole(found.tp)} of ${whole(anomalous)}`), ` anomalous images found (${percent(found.recall)})`);
  else parts.push("no anomalous image to find");
  parts.push(", ");
  if (normal) parts.push(element("strong", {}, `${whole(found.fp)} of ${whole(normal)}`), ` normal images flagged (${percent(found.fpr)})`);
  else parts.push("no normal image to pass");
  const worst = lanes.filter((lane) => lane.label && below(lane.scores, imageThreshold()) > 0).sort((one, other) => below(other.scores, imageThreshold()) / other.scores.length - below(one.scores, imageThreshold()) / one.scores.length)[0];
  if (worst && lanes.length > 2) parts.push("; most often missed: ", named(worst.title), ` (${below(worst.scores, imageThreshold())} of ${worst.scores.length})`);
  return parts;
};

// Of a class without elements there is nothing to count.
const showClasses = (level, { anomalous, normal }) => {
  for (const [name, count] of [["tp", anomalous], ["fp", normal]]) {
    const row = byId(`${level}-${name}`)?.closest("tr");
    if (row) row.hidden = count === 0;
  }
  for (const name of ["recall", "precision", "f1", "iou"]) {
    const place = byId(`${level}-${name}`);
    if (place) place.parentElement.hidden = anomalous === 0;
  }
  byId(`${level}-fpr`).parentElement.hidden = normal === 0;
};

const showDecisions = (level, found) => {
  for (const name of ["tp", "fp", "fn", "tn", "flagged"]) {
    const place = byId(`${level}-${name}`);
    if (place) place.textContent = found === null ? DASH : whole(found[name]);
  }
  for (const name of ["recall", "precision", "f1", "iou"]) {
    const place = byId(`${level}-${name}`);
    if (place) place.textContent = found === null ? DASH : shown(found[name]);
  }
  byId(`${level}-fpr`).textContent = found === null ? DASH : Number.isNaN(found.fpr) ? DASH : found.fpr > 0 && found.fpr < 0.001 ? found.fpr.toExponential(2) : shown(found.fpr);
};

watch(["category", "image", "scale"], (topics) => {
  const fresh = topics.has("category");
  if (fresh) byId("log-scores-label").hidden = !canBeLog(state.category);
  if (fresh || topics.has("scale")) {
    histogram.rebuild();
    dots.rebuild();
  } else histogram.plot?.setData(barData(), false);
  histogram.plot?.redraw();
  const found = imageDecisions(state.category, imageThreshold());
  showDecisions("image", found);
  if (fresh) showClasses("image", state.category.numbers.image);
  showLanes();
  byId("verdict").replaceChildren(...verdict(found));
  showImageField(fresh);
  imageSlider.place();
});

for (const id of ["log-counts", "log-scores"]) byId(id).addEventListener("change", () => changed("scale"));
