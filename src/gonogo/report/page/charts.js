// uPlot in the colours of the page: drawn again when the theme, the width or the data change.

const charts = new Set();

// `build(width)` gives uPlot's options and data; `null` where there is nothing to draw.
const makeChart = (host, build) => {
  const chart = { host, plot: null, width: 0 };
  chart.rebuild = () => {
    chart.plot?.destroy();
    chart.plot = null;
    chart.width = Math.floor(host.clientWidth);
    if (chart.width < 40) return;
    const made = build(chart.width);
    if (made === null) return;
    const { data, ...options } = made;
    chart.plot = new uPlot(
      {
        width: chart.width,
        legend: { show: false },
        ...options,
        hooks: { ...options.hooks, ready: [() => chart.ready?.()] },
      },
      data,
      host,
    );
  };
  const observer = new ResizeObserver(() => {
    if (Math.floor(host.clientWidth) !== chart.width) chart.rebuild();
  });
  observer.observe(host);
  charts.add(chart);
  return chart;
};

const redrawAll = () => {
  for (const chart of charts) chart.rebuild();
};

darkness.addEventListener("change", redrawAll);

const axis = (more = {}) => ({
  size: more.label ? 24 : 28,
  stroke: theme().quiet,
  font: FONT,
  labelFont: FONT,
  labelSize: 18,
  gap: 4,
  grid: { stroke: faint(theme().line, 0.7), width: 1 },
  ticks: { stroke: theme().line, width: 1, size: 4 },
  ...more,
});

const still = { show: false };

// Lines at powers of ten alone, and those as people write them.
const powers = (_plot, _axis, low, high) => {
  const splits = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) splits.push(10 ** power);
  return splits;
};

const decades = (_, values) =>
  values.map((value) => {
    if (value === null || value <= 0) return "";
    const power = Math.log10(value);
    if (Math.abs(power - Math.round(power)) > 1e-9) return "";
    return value >= 0.001 && value <= 1000 ? String(Number(value.toPrecision(1))) : `1e${Math.round(power)}`;
  });

const ring = (plot, x, y, colour) => {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return;
  const { ctx } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.arc(plot.valToPos(x, "x", true), plot.valToPos(y, "y", true), 5.5 * ratio, 0, 2 * Math.PI);
  ctx.fillStyle = theme().background;
  ctx.fill();
  ctx.lineWidth = 3 * ratio;
  ctx.strokeStyle = colour;
  ctx.stroke();
  ctx.restore();
};

const upright = (plot, x, colour, dash = []) => {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const place = Math.round(plot.valToPos(x, "x", true)) + 0.5;
  ctx.save();
  ctx.beginPath();
  ctx.setLineDash(dash.map((one) => one * ratio));
  ctx.moveTo(place, bbox.top);
  ctx.lineTo(place, bbox.top + bbox.height);
  ctx.lineWidth = 1.2 * ratio;
  ctx.strokeStyle = colour;
  ctx.stroke();
  ctx.restore();
};

const words = (plot, text, x, y, colour, align = "left") => {
  const { ctx } = plot;
  ctx.save();
  ctx.font = FONT.replace("12px", `${12 * devicePixelRatio}px`);
  ctx.fillStyle = colour;
  ctx.textAlign = align;
  ctx.lineJoin = "round";
  ctx.lineWidth = 4 * devicePixelRatio;
  ctx.strokeStyle = theme().background;
  ctx.strokeText(text, x, y); // readable over bars and lines
  ctx.fillText(text, x, y);
  ctx.restore();
};
