// All images by outcome, of which only those in sight are there: thousands scroll as well as ten.

const gallery = byId("gallery");
const GAP = 14;
const TEXT = 62;
const HEADING = 46;
const AHEAD = 700;
const PRINTED = 24;

const EXPLAINS = {
  missed: "anomalous, but below the threshold; the farthest first",
  false_alarm: "normal, but flagged; the farthest first",
  right: "on their side of the threshold; the nearest first",
};

const shortName = (name) => name.split("/").slice(-2).join("/");

const isWanted = (category, k) =>
  (state.defect === "all" || kindKey(category, k) === state.defect) && (!state.onlyPictures || category.pictured.has(k));

const kindKey = (category, k) => `${category.rows.label[k] ? 1 : 0}${category.kind(k)}`;

// Places of images by outcome, in the order in which they are shown.
const grouped = (category, threshold) => {
  const groups = { missed: [], false_alarm: [], right: [] };
  const counts = { missed: 0, false_alarm: 0, right: 0 };
  for (let k = 0; k < category.count; k += 1) {
    const kind = outcome(category.rows.label[k], category.scores[k], threshold);
    if (state.defect === "all" || kindKey(category, k) === state.defect) counts[kind] += 1;
    if (isWanted(category, k)) groups[kind].push(k);
  }
  const distance = (k) => Math.abs(category.scores[k] - threshold);
  groups.missed.sort((one, other) => distance(other) - distance(one));
  groups.false_alarm.sort((one, other) => distance(other) - distance(one));
  groups.right.sort((one, other) => distance(one) - distance(other));
  return { groups, counts };
};

let layout = { items: [], order: [], height: 0, width: 0, card: 0, media: 0 };
const nodes = new Map();
let current = null;

const mediaShare = (category) => {
  const k = Object.keys(category.pictures).find((one) => canBeDrawn(category.pictures[one]));
  if (k === undefined) return 1;
  const { height, width } = shapeOf(category, k);
  return Math.max(0.6, Math.min(1.25, height / width));
};

const arrange = () => {
  const { category } = state;
  const { groups, counts } = grouped(category, imageThreshold());
  const width = gallery.clientWidth;
  const columns = Math.max(2, Math.floor((width + GAP) / (width < 560 ? 150 + GAP : 214 + GAP)));
  const card = Math.floor((width - GAP * (columns - 1)) / columns);
  const media = category.pictured.size ? Math.round(card * mediaShare(category)) : 34;
  const items = [];
  const order = [];
  let top = 0;
  for (const kind of Object.keys(groups)) {
    if (state.outcome !== "all" && state.outcome !== kind) continue;
    const places = groups[kind];
    if (counts[kind] === 0) continue;
    items.push({ heading: kind, count: counts[kind], shown: places.length, top, height: HEADING });
    top += HEADING;
    places.forEach((k, number) => {
      const row = Math.floor(number / columns);
      items.push({ k, kind, left: (number % columns) * (card + GAP), top: top + row * (media + TEXT + GAP), height: media + TEXT });
      order.push(k);
    });
    top += Math.ceil(places.length / columns) * (media + TEXT + GAP) + 6;
  }
  layout = { items, order, counts, height: top, width, card, media, columns };
  gallery.style.height = `${top}px`;
  gallery.style.setProperty("--card", `${card}px`);
  gallery.style.setProperty("--media", `${media}px`);
  if (!order.includes(current)) current = order[0] ?? null;
  return layout;
};

const describe = (category, k, kind) => {
  const what = category.rows.label[k] ? "anomalous" : "normal";
  const defect = category.rows.label[k] && category.rows.defect[k] ? ` (${category.rows.defect[k]})` : "";
  return `${shortName(category.rows.name[k])}: ${what}${defect}, score ${imageScore(category.scores[k], category)}, ${OUTCOMES[kind].title.toLowerCase()}`;
};

const fileLink = (category, k, text) => {
  const link = category.rows.link[k];
  const inside = named(text);
  return link === null ? element("span", { title: category.rows.name[k] }, inside) : element("a", { href: link, title: category.rows.name[k] }, inside);
};

const canBeDrawn = (picture) => Boolean(picture?.photograph ?? picture?.heat);

const makeCard = (category, k) => {
  const picture = category.pictures[k];
  const button = element("button", { type: "button", class: "enlarge" });
  const mark = element("span", { class: "mark", "aria-hidden": "true" });
  const says = element("span", { class: "hidden" });
  const score = element("span", { class: "score" }, imageScore(category.scores[k], category));
  const kindText = element("span", { class: "kind-of", title: category.kind(k) }, named(category.kind(k)));
  const link = fileLink(category, k, shortName(category.rows.name[k]));
  const node = element("div", { class: "card", role: "listitem" }, button, element("div", { class: "under" }, element("div", { class: "line1" }, mark, score, kindText), element("div", { class: "line2" }, link)));
  let drawn = null;
  if (canBeDrawn(picture)) {
    drawn = makePicture(category, k, "");
    drawn.frame.removeAttribute("role");
    drawn.frame.removeAttribute("aria-label");
    button.append(drawn.outer);
  } else if (category.pictured.size === 0) {
    button.classList.add("plain");
    button.append(element("span", { "aria-hidden": "true" }, "details"));
  } else button.append(element("span", { class: "without" }, picture?.problem ? "picture could not be read" : "no picture in this file"));
  button.append(says);
  button.addEventListener("click", () => enlarge(k));
  button.addEventListener("focus", () => {
    current = k;
    showTabStops();
  });
  const show = (kind) => {
    node.dataset.outcome = kind;
    mark.textContent = OUTCOMES[kind].mark;
    mark.className = `mark ${kind.replace("_", "-")}`;
    says.textContent = `${describe(category, k, kind)}. Enlarge.`;
  };
  return { node, button, link, drawn, show };
};

const makeHeading = ({ heading, count, shown: some }) => {
  const without = count - some;
  const note = without > 0 ? `; ${whole(without)} without a picture are not shown` : "";
  return element("div", { class: `group ${heading.replace("_", "-")}`, role: "listitem" }, element("h3", {}, `${OUTCOMES[heading].mark} ${OUTCOMES[heading].title} `, element("span", { class: "count" }, whole(count))), element("p", { class: "quiet" }, EXPLAINS[heading] + note));
};

const showTabStops = () => {
  for (const [k, card] of nodes) {
    if (!card.button) continue;
    const stop = k === current ? 0 : -1;
    card.button.tabIndex = stop;
    if (card.link.tagName === "A") card.link.tabIndex = stop;
  }
};

const inSight = () => {
  if (onPaper) return layout.items.filter((item) => item.heading || layout.order.indexOf(item.k) < PRINTED);
  const top = -gallery.getBoundingClientRect().top;
  return layout.items.filter((item) => (item.top + item.height > top - AHEAD && item.top < top + innerHeight + AHEAD) || (item.k !== undefined && nodes.get(item.k)?.node.contains(document.activeElement)));
};

const render = () => {
  const { category } = state;
  const wanted = inSight();
  const keys = new Set();
  for (const item of wanted) {
    const key = item.heading ?? item.k;
    keys.add(key);
    let made = nodes.get(key);
    if (item.heading) {
      made?.node.remove();
      made = { node: makeHeading(item) };
      nodes.set(key, made);
      gallery.append(made.node);
    } else if (!made) {
      made = makeCard(category, item.k);
      nodes.set(key, made);
      gallery.append(made.node);
    }
    if (made.show) made.show(item.kind);
    made.node.style.transform = `translate(${item.left ?? 0}px, ${item.top}px)`;
    made.node.style.order = String(layout.items.indexOf(item));
  }
  for (const [key, made] of nodes) {
    if (!keys.has(key)) {
      made.node.remove();
      nodes.delete(key);
    }
  }
  showTabStops();
};

const drawLines = () => {
  for (const made of nodes.values()) made.drawn?.draw();
};

const emptyGallery = () => {
  for (const made of nodes.values()) made.node.remove();
  nodes.clear();
};

const showChips = () => {
  const total = Object.values(layout.counts).reduce((sum, one) => sum + one, 0);
  const { anomalous, normal } = state.category.numbers.image;
  const possible = { missed: anomalous > 0, false_alarm: normal > 0, right: true };
  const all = [["all", "All", "", total], ...Object.entries(OUTCOMES).filter(([kind]) => possible[kind]).map(([kind, { title, mark }]) => [kind, title, mark, layout.counts[kind]])];
  const focused = document.activeElement?.dataset?.kind;
  byId("outcomes").replaceChildren(
    ...all.map(([kind, title, mark, count]) => {
      const chip = element("button", { type: "button", class: `chip ${kind.replace("_", "-")}`, "aria-pressed": String(state.outcome === kind), "data-kind": kind }, mark ? element("span", { "aria-hidden": "true" }, `${mark} `) : null, `${title} `, element("span", { class: "count" }, whole(count)));
      chip.addEventListener("click", () => {
        state.outcome = kind;
        changed("gallery");
      });
      return chip;
    }),
  );
  if (focused) byId("outcomes").querySelector(`[data-kind="${focused}"]`)?.focus();
};

const showDefects = () => {
  const { category } = state;
  const kinds = new Map();
  for (let k = 0; k < category.count; k += 1) kinds.set(kindKey(category, k), (kinds.get(kindKey(category, k)) ?? 0) + 1);
  byId("defect").replaceChildren(element("option", { value: "all" }, "all"), ...[...kinds].sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, count]) => element("option", { value: key }, `${key.slice(1)} (${count})`)));
  byId("defect").value = state.defect;
  byId("defect").closest("p").hidden = kinds.size < 2;
};

// Only what does something on these pictures.
const showControls = () => {
  const pictures = Object.values(state.category.pictures);
  const some = (wanted) => pictures.some(wanted);
  const labels = ["show-truth", "show-predicted", "only-pictures"].map((id) => byId(id).closest("label"));
  byId("mix").closest("p").hidden = !some((one) => one.photograph && one.heat);
  labels[0].hidden = !some((one) => one.truth);
  labels[1].hidden = !some((one) => one.heat) || pixelThreshold() === null;
  labels[2].hidden = pictures.length === 0 || pictures.length === state.category.count;
  labels[0].parentElement.hidden = labels.every((one) => one.hidden);
  byId("gallery-heading").textContent = pictures.length ? "Pictures" : "Images by outcome";
};

const showScale = () => {
  const { heat } = state.category;
  const scale = byId("scale");
  scale.hidden = !heat || state.category.pictured.size === 0;
  if (scale.hidden) return;
  const stops = colours.heat.filter((_, k) => k % 15 === 0).map((one) => `rgb(${one.join(",")})`);
  const beyond = state.category.rows.map_max.some((one) => one !== null && one > heat.high);
  const level = outlineLevel();
  const drawn = level === null ? null : heat.steps[level - 1];
  const share = drawn === null ? null : Math.max(0, Math.min(1, (drawn - heat.low) / (heat.high - heat.low || 1)));
  scale.replaceChildren(
    element("span", { class: "quiet" }, "Heat map"),
    element("span", { class: "end" }, tidy(heat.low, heat.high - heat.low, state.category.digits.pixel)),
    element("span", { class: "ramp", style: `background:linear-gradient(90deg,${stops.join(",")})` }, share === null ? null : element("span", { class: "at", style: `left:${100 * share}%` })),
    element("span", { class: "end" }, `${tidy(heat.high, heat.high - heat.low, state.category.digits.pixel)}${beyond ? " and more" : ""}`),
    element("span", { class: "quiet" }, drawn === null ? "fixed for all pictures" : `fixed for all pictures; flagged pixels outlined at ${drawn}`),
  );
};

const showGallery = () => {
  const { category } = state;
  arrange();
  render();
  showChips();
  const shownImages = layout.order.length;
  const total = Object.values(layout.counts).reduce((sum, one) => sum + one, 0);
  const without = category.count - category.pictured.size;
  byId("gallery-says").textContent = category.pictured.size
    ? `${whole(shownImages)} of ${whole(total)} images.${without ? ` This file holds pictures of ${whole(category.pictured.size)}; gonogo report RUN --images all makes one with all.` : ""}`
    : `This file holds no pictures${category.rows.map_max.some((one) => one !== null) ? "" : ", for there are no maps"}; the images are listed by their scores.`;
};

watch(["category"], () => {
  emptyGallery();
  state.defect = "all";
  state.onlyPictures = state.category.pictured.size > 0 && state.category.pictured.size < state.category.count;
  byId("only-pictures").checked = state.onlyPictures;
  showControls();
  showDefects();
});
watch(["category", "image", "gallery"], showGallery);
watch(["category", "pixel", "lines"], () => {
  drawLines();
  showScale();
});

byId("defect").addEventListener("change", (event) => {
  state.defect = event.target.value;
  changed("gallery");
});
for (const [id, name] of [["show-truth", "truth"], ["show-predicted", "predicted"]]) {
  byId(id).addEventListener("change", (event) => {
    state[name] = event.target.checked;
    changed("lines");
  });
}
byId("only-pictures").addEventListener("change", (event) => {
  state.onlyPictures = event.target.checked;
  changed("gallery");
});

const mixers = [byId("mix"), byId("enlarged-mix")];
const showMix = () => {
  // Up to the middle heat comes over the photograph, beyond it covers that.
  document.documentElement.style.setProperty("--glow", String(Math.min(1, state.mix / 50)));
  document.documentElement.style.setProperty("--heat", String(Math.max(0, state.mix / 50 - 1)));
  for (const mixer of mixers) mixer.value = state.mix;
};
for (const mixer of mixers) {
  mixer.addEventListener("input", () => {
    state.mix = Number(mixer.value);
    showMix();
  });
}
showMix();

addEventListener("scroll", () => requestAnimationFrame(() => render()), { passive: true });
new ResizeObserver(() => {
  if (gallery.clientWidth !== layout.width) {
    changed("gallery");
    changed("lines");
  }
}).observe(gallery);

// Arrow keys move from picture to picture.
gallery.addEventListener("keydown", (event) => {
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: layout.columns, ArrowUp: -layout.columns };
  const here = layout.order.indexOf(current);
  if (here < 0 || !event.target.classList.contains("enlarge")) return;
  let to = null;
  if (event.key in steps) to = here + steps[event.key];
  else if (event.key === "Home") to = 0;
  else if (event.key === "End") to = layout.order.length - 1;
  if (to === null) return;
  event.preventDefault();
  focusCard(layout.order[Math.max(0, Math.min(layout.order.length - 1, to))]);
});

const focusCard = (k) => {
  const item = layout.items.find((one) => one.k === k);
  if (!item) return;
  const top = gallery.getBoundingClientRect().top + item.top;
  if (top < 80 || top + item.height > innerHeight) scrollBy(0, top - innerHeight / 2 + item.height / 2);
  current = k;
  render();
  nodes.get(k)?.button.focus({ preventScroll: true });
};
