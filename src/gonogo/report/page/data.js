// The report's data, and what is looked up in it all the time.

const report = JSON.parse(byId("report-data").textContent);
const colours = JSON.parse(byId("theme-data").textContent);

const rising = (values) => Float64Array.from(values).sort();

const readCategory = (name) => {
  const part = report.categories[name];
  const { rows } = part;
  const scores = Float64Array.from(rows.score);
  const normal = rising(scores.filter((_, k) => !rows.label[k]));
  const anomalous = rising(scores.filter((_, k) => rows.label[k]));
  // Without anomalous pixels there are no stops with counts; outlines move along the steps of heat.
  const thresholds = part.stops.threshold.length ? part.stops.threshold : [...(part.heat?.steps ?? [])].reverse();
  const lows = rows.map_min.filter((one) => one !== null);
  const mapRange = lows.length ? [Math.min(...lows), Math.max(...rows.map_max.filter((one) => one !== null))] : [0, 0];
  const distinct = Float64Array.from(new Set(rising(scores)));
  const places = Object.keys(part.pictures).map(Number);
  return {
    ...part,
    thresholds,
    name,
    numbers: report.results.categories[name],
    count: scores.length,
    scores,
    normal,
    anomalous,
    distinct,
    mapRange,
    digits: {
      image: digitsFor(distinct[0] ?? 0, distinct[distinct.length - 1] ?? 0),
      pixel: digitsFor(...mapRange),
    },
    kind: (k) => (rows.label[k] ? (rows.defect[k] ?? "anomalous") : "normal"),
    pictured: new Set(places),
  };
};

const categories = Object.keys(report.results.categories).map((name) => readCategory(name));
