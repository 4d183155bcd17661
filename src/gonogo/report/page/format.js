// Numbers and names as a person reads them.

const DASH = "-";

const shown = (value, digits = 4) => (value === null || Number.isNaN(value) ? DASH : value.toFixed(digits));

const brief = (value) => (value === null || !Number.isFinite(value) ? DASH : String(Number(value.toPrecision(6))));

// Of a number beside others of a range: what is nothing there is 0.
const tidy = (value, range) => brief(Math.abs(value) < 1e-6 * range ? 0 : value);

const whole = (count) => count.toLocaleString("en-US");

const plural = (count, one, many = `${one}s`) => `${whole(count)} ${count === 1 ? one : many}`;

const percent = (share) => {
  if (Number.isNaN(share)) return DASH;
  if (share > 0 && share < 0.001) return `${(100 * share).toPrecision(2)} %`;
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
