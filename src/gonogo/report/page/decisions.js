// What a threshold decides, counted exactly: score >= threshold.

// How many of rising scores are below a threshold.
const below = (scores, threshold) => {
  let low = 0;
  let high = scores.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (scores[middle] < threshold) low = middle + 1;
    else high = middle;
  }
  return low;
};

const rates = (tp, fp, fn, tn) => ({
  tp,
  fp,
  fn,
  tn,
  recall: tp / (tp + fn),
  fpr: fp / (fp + tn),
  precision: tp / (tp + fp),
  f1: (2 * tp) / (2 * tp + fp + fn),
  iou: tp / (tp + fp + fn),
  flagged: tp + fp,
});

const imageDecisions = (category, threshold) => {
  const fn = below(category.anomalous, threshold);
  const tn = below(category.normal, threshold);
  return rates(category.anomalous.length - fn, category.normal.length - tn, fn, tn);
};

const pixelDecisions = (category, stop) => {
  const { pixel } = category.numbers;
  const tp = category.stops.true_positives[stop];
  const fp = category.stops.false_positives[stop];
  return rates(tp, fp, pixel.anomalous - tp, pixel.normal - fp);
};

const OUTCOMES = {
  missed: { title: "Missed", mark: "✕" },
  false_alarm: { title: "False alarms", mark: "!" },
  right: { title: "Right", mark: "✓" },
};

const outcome = (label, score, threshold) => {
  const flagged = score >= threshold;
  if (flagged === label) return "right";
  return label ? "missed" : "false_alarm";
};
