// The line that is dragged: a slider over a chart, for pointers and for keys.

// `chart()` is the uPlot below; `read` and `say` give the value and its words, `choose(value)` takes
// one, `step(value, count)` is the value so many decisions away, `ends()` the lowest and highest,
// `pointed(value)` the one that is meant by a place on the chart.
const makeSlider = (host, label, { chart, read, say, choose, step, ends, pointed = (value) => value }) => {
  const grip = element("span", { class: "grip", "aria-hidden": "true" });
  const line = element("div", { class: "threshold", role: "slider", tabindex: "0", "aria-label": label, "aria-orientation": "horizontal" }, grip);
  host.append(line);

  const place = () => {
    const plot = chart();
    const value = read();
    line.hidden = plot === null || value === null;
    if (line.hidden) return;
    const left = plot.over.offsetLeft + Math.max(0, Math.min(plot.over.clientWidth, plot.valToPos(value, "x")));
    line.style.transform = `translateX(${left}px)`;
    const [low, high] = ends();
    line.setAttribute("aria-valuemin", low);
    line.setAttribute("aria-valuemax", high);
    line.setAttribute("aria-valuenow", value);
    line.setAttribute("aria-valuetext", say());
  };

  const follow = (event) => {
    const plot = chart();
    if (plot === null) return;
    const edge = plot.over.getBoundingClientRect();
    const inside = Math.max(0, Math.min(edge.width, event.clientX - edge.left));
    choose(pointed(plot.posToVal(inside, "x")));
  };

  host.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.target.closest("[data-still]")) return;
    event.preventDefault();
    host.setPointerCapture(event.pointerId);
    host.classList.add("dragged");
    line.focus({ preventScroll: true });
    follow(event);
  });
  host.addEventListener("pointermove", (event) => {
    if (host.hasPointerCapture(event.pointerId)) follow(event);
  });
  for (const end of ["pointerup", "pointercancel"]) host.addEventListener(end, () => host.classList.remove("dragged"));

  const keys = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
  line.addEventListener("keydown", (event) => {
    if (event.key in keys) choose(step(read(), keys[event.key]));
    else if (event.key === "Home") choose(ends()[0]);
    else if (event.key === "End") choose(ends()[1]);
    else return;
    event.preventDefault();
  });
  return { line, place };
};

// A number that is typed, and policies to choose from.
const makeField = (level, { presets, read, choose }) => {
  const value = byId(`${level}-value`);
  const preset = byId(`${level}-preset`);
  const says = byId(`${level}-says`);
  const paper = byId(`${level}-value-on-paper`); // a box is cut where its number is too long
  // What was typed gives way to what was taken: pixels have stored thresholds alone.
  value.addEventListener("change", () => {
    const wanted = Number(value.value.trim().replace(",", "."));
    if (value.value.trim() === "" || !Number.isFinite(wanted)) value.value = read() ?? "";
    else choose(wanted);
  });
  preset.addEventListener("change", () => {
    const one = presets()[preset.value];
    if (one) choose(one.threshold);
  });
  return (fresh) => {
    if (fresh) {
      preset.replaceChildren(
        element("option", { value: "" }, "hand"),
        ...presets().map((one, k) => element("option", { value: k, disabled: one.threshold === null, title: one.says }, one.policy + (one.threshold === null ? ` ${DASH} not on this data` : ""))),
      );
    }
    const now = read();
    const found = presets().findIndex((one) => now !== null && one.threshold === now && (preset.value === "" || presets()[preset.value]?.threshold !== now));
    const kept = now !== null && preset.value !== "" && presets()[preset.value]?.threshold === now;
    if (!kept) preset.value = found >= 0 ? String(found) : "";
    const chosen = presets()[preset.value];
    says.textContent = chosen ? chosen.says : "chosen by hand; it promises nothing";
    value.value = now === null ? "" : String(now);
    paper.textContent = value.value;
  };
};
