// Numbers and names as a person reads them.

const DASH = "-";

// As Python formats it: what lies exactly between two decimals goes to the even one.
const decimals = (value, digits) => {
  const text = value.toFixed(digits);
  const odd = "13579".includes(text.at(-1));
  return odd && /50{19}$/.test(value.toFixed(digits + 20)) ? (value * (1 - Number.EPSILON)).toFixed(digits) : text;
};

const shown = (value, digits = 4) => (value === null || Number.isNaN(value) ? DASH : decimals(value, digits));

// One digit, never below what is given.
const upwards = (error) => {
  const power = 10 ** Math.floor(Math.log10(error));
  return (Math.ceil((error / power) * (1 - 1e-9)) * power).toExponential(0).replace(/(?<=[+-])(\d)$/, "0$1");
};

// A number of the results: an interval, unless its ends read alike, with as many digits as it leaves certain
// and how near the exact value is.
const bounded = (value) => {
  if (value === null || typeof value === "number") return shown(value);
  if (value.low === null || value.high === null) return DASH;
  const error = (value.high - value.low) / 2;
  const middle = value.low / 2 + value.high / 2;
  if (decimals(value.low, 4) === decimals(value.high, 4)) return shown(value.low);
  const text = decimals(middle, Math.min(4, Math.max(0, -Math.floor(Math.log10(error)))));
  return `${text}±${upwards(Math.max(value.high - text, text - value.low))}`;
};

const brief = (value, digits = 6) => (value === null || !Number.isFinite(value) ? DASH : String(Number(value.toPrecision(digits))));

// So many significant digits, the last one rounded down.
const roundedDown = (value, digits) => {
  const [digit, power] = value.toExponential(digits - 1).split("e");
  const near = Number(`${digit}e${power}`);
  return near <= value ? near : Number(`${BigInt(digit.replace(".", "")) - 1n}e${Number(power) - digits + 1}`);
};

// A threshold in the fewest digits, at least four, that decide as it does where no score lies between it and
// `lower`; in all digits where no lower score is known. As gonogo.shown does.
const deciding = (threshold, lower = null) => {
  if (lower !== null) {
    for (let digits = 4; digits < 17; digits += 1) {
      const some = roundedDown(threshold, digits);
      if (lower < some && some <= threshold) return String(some);
    }
  }
  return String(threshold);
};

// Room for numbers of so many digits along an axis, in pixels.
const roomFor = (digits) => (digits > 8 ? 8 * (digits + 3) : 60);

// Digits that tell a millionth of the way from `low` to `high`, however far both are from 0.
const digitsFor = (low, high) => {
  const more = Math.floor(Math.log10(Math.max(Math.abs(low), Math.abs(high)) / (high - low)));
  return Number.isFinite(more) ? Math.min(17, 6 + Math.max(0, more)) : high > low ? 6 : 17;
};

// Of a number beside others of a range: what is nothing there is 0.
const tidy = (value, range, digits = 6) => brief(Math.abs(value) < 1e-6 * range ? 0 : value, digits);

const whole = (count) => count.toLocaleString("en-US");

const plural = (count, one, many = `${one}s`) => `${whole(count)} ${count === 1 ? one : many}`;

const percent = (share) => {
  if (Number.isNaN(share)) return DASH;
  if (share > 0 && share < 0.001) return `${(100 * share).toPrecision(2)} %`;
  if (share > 0.9995 && share < 1) return `${(100 * share).toFixed(Math.min(12, 1 - Math.floor(Math.log10(100 * (1 - share)))))} %`;
  return `${(100 * share).toFixed(share > 0 && share < 0.1 ? 2 : 1)} %`;
};

const element = (tag, attributes = {}, ...inside) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") made.className = value;
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...inside.filter((one) => one !== null && one !== undefined));
  return made;
};

// A name from the data: text, with a direction of its own.
const named = (text) => element("bdi", { class: "name" }, text);

const byId = (id) => document.getElementById(id);
