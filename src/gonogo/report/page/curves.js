// ROC, PR and PRO curves with the operating point; a click takes the threshold of the nearest point.

const AXES = {
  roc: ["false-positive rate", "true-positive rate"],
  pr: ["recall", "precision"],
  pro: ["false-positive rate", "mean coverage of regions"],
};

const TITLES = { roc: "ROC", pr: "Precision and recall", pro: "PRO" };

// A curve of the data, or both ends of the band that certainly contains it.
const curveOf = (category, level, name) => {
  const curves = category.curves[level];
  if (curves[name]) return curves[name].x.length ? { lower: curves[name], upper: curves[name], band: false } : null;
  const lower = curves[`${name}/lower`];
  const upper = curves[`${name}/upper`];
  return lower?.x.length ? { lower, upper, band: true } : null;
};

const areaOf = (category, level, name) => {
  const numbers = category.numbers[level];
  if (name === "roc") return `AUROC ${bounded(numbers.auroc)}`;
  if (name === "pr") return `AP ${bounded(numbers.average_precision)}`;
  return numbers.aupro.map((one) => `AUPRO@${one.fpr_limit} ${bounded(one.value)}`).join(", ");
};

const between = (xs, ys, x) => {
  let k = 0;
  while (k < xs.length - 2 && xs[k + 1] < x) k += 1;
  const wide = xs[k + 1] - xs[k];
  return wide > 0 ? ys[k] + ((ys[k + 1] - ys[k]) * Math.min(1, Math.max(0, (x - xs[k]) / wide))) : ys[k + 1];
};

// Where on a curve the threshold of now is.
const operatingPoint = (curve, level, name) => {
  const stop = state.stop.get(state.category);
  if (level === "pixel" && state.category.stops.threshold.length === 0) return null;
  const found = level === "image" ? imageDecisions(state.category, imageThreshold()) : pixelDecisions(state.category, stop);
  if (name === "roc") return [found.fpr, found.recall];
  if (name === "pr") return found.flagged ? [found.recall, found.precision] : [0, 1];
  return [found.fpr, between(curve.lower.x, curve.lower.y, found.fpr)];
};

const chooseAt = (level, value) => (level === "image" ? chooseImageThreshold(value) : choosePixelThreshold(value));

const curveFigure = (level, name) => {
  const title = element("strong", {}, TITLES[name]);
  const area = element("span", { class: "area" });
  const log = element("input", { type: "checkbox" });
  const toggle = element("span", { class: "toggles" }, element("label", {}, log, " log FPR"));
  const host = element("div", { class: "chart", role: "img" });
  const reading = element("p", { class: "reading quiet", "aria-hidden": "true" });
  const figure = element("figure", { class: "panel" }, element("figcaption", {}, title, " ", area, name === "pr" ? null : toggle), host, reading);
  const hint = "Point at the curve to read it; click to take its threshold.";
  reading.textContent = hint;
  log.checked = level === "pixel" && name !== "pr";
  const over = (fpr) => (log.checked && name !== "pr" ? Math.max(fpr, lowest()) : fpr);
  const lowest = () => {
    const curve = curveOf(state.category, level, name);
    const positive = curve ? curve.lower.x.filter((x) => x > 0) : [];
    return positive.length ? 10 ** Math.floor(Math.log10(Math.min(...positive, 0.1))) : 0.001;
  };
  const rule = level === "image" ? (score) => imageRule(score) : String;
  const chart = makeChart(host, (width) => {
    const { category } = state;
    const curve = curveOf(category, level, name);
    figure.classList.toggle("nothing", curve === null);
    area.textContent = category.numbers[level] ? areaOf(category, level, name) : "";
    if (curve === null) {
      const metric = { roc: "auroc", pr: "average_precision", pro: `aupro[${report.results.settings.fpr_limits[0]}]` }[name];
      reading.textContent = `No curve: ${category.numbers.undefined[`${level}.${metric}`] ?? "not evaluated"}`;
      return null;
    }
    reading.textContent = hint;
    host.setAttribute("aria-label", `${TITLES[name]} curve of ${level}s, ${areaOf(category, level, name)}`);
    const line = { stroke: theme().accent, width: 2, points: still };
    const fall = (one) => [one.x.map(over), one.y];
    const [x, y] = fall(curve.lower);
    const data = curve.band ? uPlot.join([[x, y], fall(curve.upper)].map(increasing)) : [x, y];
    const series = curve.band ? [{}, { ...line, spanGaps: true }, { ...line, spanGaps: true }] : [{}, line];
    const logarithmic = log.checked && name !== "pr";
    return {
      data,
      width,
      height: Math.min(300, Math.max(onPaper ? 190 : 220, Math.round(width * 0.72))),
      padding: [8, 14, 0, 0],
      cursor: { drag: { x: false, y: false }, x: true, y: false, points: still },
      scales: { x: { time: false, distr: logarithmic ? 3 : 1, range: () => [logarithmic ? lowest() : 0, 1] }, y: { range: () => [0, 1.02] } },
      axes: [
        axis({ label: AXES[name][0], space: 50, ...(logarithmic ? { values: decades, splits: powers } : { incrs: [0.1, 0.2, 0.25, 0.5] }) }),
        axis({ label: AXES[name][1], size: 40, incrs: [0.2, 0.25, 0.5] }),
      ],
      series,
      bands: curve.band ? [{ series: [2, 1], fill: faint(theme().accent, 0.25) }] : [],
      hooks: {
        drawClear: [
          (plot) => {
            if (name !== "pro") return;
            const { ctx, bbox } = plot;
            for (const limit of report.results.settings.fpr_limits) {
              const end = plot.valToPos(limit, "x", true);
              ctx.fillStyle = faint(theme().accent, 0.07);
              ctx.fillRect(bbox.left, bbox.top, end - bbox.left, bbox.height);
            }
          },
        ],
        draw: [
          (plot) => {
            if (name === "pro") {
              const { fpr_limits: limits } = report.results.settings;
              for (const limit of limits) upright(plot, limit, theme().quiet, [4, 3]);
              limits.forEach((limit, k) => { // one above the other: limits may lie close together
                const up = (6 + 15 * k) * devicePixelRatio;
                words(plot, `${limit} `, plot.valToPos(limit, "x", true), plot.bbox.top + plot.bbox.height - up, theme().quiet, "right");
              });
            }
            const point = operatingPoint(curve, level, name);
            if (point) ring(plot, over(point[0]), point[1], theme().ink);
          },
        ],
        setCursor: [
          (plot) => {
            const k = plot.cursor.idx;
            if (curve.band || k === null || k === undefined || plot.cursor.left < 0) {
              reading.textContent = hint;
              return;
            }
            const score = curve.lower.threshold[k];
            reading.textContent = `${AXES[name][0]} ${brief(curve.lower.x[k])}, ${AXES[name][1]} ${shown(curve.lower.y[k])}${score === null ? "" : `, score ≥ ${rule(score)}`}`;
          },
        ],
      },
    };
  });
  host.addEventListener("click", () => {
    const curve = curveOf(state.category, level, name);
    const k = chart.plot?.cursor.idx;
    if (curve && !curve.band && Number.isInteger(k) && curve.lower.threshold[k] !== null) chooseAt(level, curve.lower.threshold[k]);
  });
  log.addEventListener("change", () => chart.rebuild());
  watch(["category"], () => chart.rebuild());
  watch([level], () => chart.plot?.redraw());
  return figure;
};

// uPlot joins only tables whose x rises: of points with one x, the highest and the last are kept.
const increasing = ([xs, ys]) => {
  const places = new Map();
  xs.forEach((x, k) => places.set(x, Math.max(places.get(x) ?? -Infinity, ys[k])));
  return [[...places.keys()], [...places.values()]];
};

byId("image-curves").append(...["roc", "pr"].map((name) => curveFigure("image", name)));
byId("pixel-curves")?.append(...["roc", "pr", "pro"].map((name) => curveFigure("pixel", name)));
