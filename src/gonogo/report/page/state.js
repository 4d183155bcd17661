// What the reader has chosen. Whoever shows it is told, once a frame, what has changed.

const nearest = (values, wanted) => {
  let best = 0;
  for (let k = 1; k < values.length; k += 1) {
    if (Math.abs(values[k] - wanted) < Math.abs(values[best] - wanted)) best = k;
  }
  return best;
};

const startStop = ({ thresholds, start }) => (thresholds.length && start.pixel !== null ? nearest(thresholds, start.pixel) : 0);

const state = {
  category: categories[0],
  image: new Map(categories.map((one) => [one, one.start.image ?? one.distinct[0] ?? 0])),
  stop: new Map(categories.map((one) => [one, startStop(one)])),
  outcome: "all",
  defect: "all",
  mix: 50,
  truth: true,
  predicted: true,
  onlyPictures: false,
};

const watchers = [];
const pending = new Set();

// Call `show` with a set of "category", "image", "pixel", "gallery" or "mix" after each change.
const watch = (topics, show) => watchers.push({ topics, show });

const tell = () => {
  const topics = new Set(pending);
  pending.clear();
  for (const one of watchers) if (one.topics.some((topic) => topics.has(topic))) one.show(topics);
};

const changed = (...topics) => {
  if (pending.size === 0) requestAnimationFrame(tell);
  for (const topic of topics) pending.add(topic);
};

const imageThreshold = () => state.image.get(state.category);
// Scores of images and of pixels, in digits that keep them apart.
const imageScore = (value, category = state.category) => brief(value, category.digits.image);
const pixelScore = (value, category = state.category) => brief(value, category.digits.pixel);
// A threshold on images, typed in again, gives the counts beside it; of pixels no scores are known, so those are whole.
const imageRule = (threshold, { distinct } = state.category) => deciding(threshold, distinct[below(distinct, threshold) - 1] ?? null);
const pixelThreshold = () => state.category.thresholds[state.stop.get(state.category)] ?? null;

const chooseImageThreshold = (value) => {
  if (!Number.isFinite(value)) return;
  state.image.set(state.category, value);
  changed("image");
};

const choosePixelStop = (stop) => {
  state.stop.set(state.category, Math.max(0, Math.min(state.category.thresholds.length - 1, stop)));
  changed("pixel");
};

const choosePixelThreshold = (value) => {
  if (Number.isFinite(value)) choosePixelStop(nearest(state.category.thresholds, value));
};
