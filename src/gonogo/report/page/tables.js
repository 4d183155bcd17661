// Tables that sort by a click and are copied for a spreadsheet, a README or a paper.

const cellValue = (row, column) => {
  const cell = row.cells[column];
  if (cell.dataset.value === undefined) return cell.textContent;
  return cell.dataset.value === "" || cell.dataset.value === "nan" ? null : Number(cell.dataset.value);
};

const compare = (one, other, rising) => {
  if (one === null || other === null) return (one === null) - (other === null);
  const less = typeof one === "string" ? one.localeCompare(other) : one - other;
  return rising ? less : -less;
};

const sortBy = (table, heading) => {
  const column = heading.cellIndex;
  const first = column === 0 ? "ascending" : "descending";
  const now = heading.getAttribute("aria-sort");
  const next = now === null ? first : now === "ascending" ? "descending" : "ascending";
  for (const other of heading.parentElement.cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", next);
  const body = table.tBodies[0];
  const rows = [...body.rows].sort((one, other) => compare(cellValue(one, column), cellValue(other, column), next === "ascending"));
  body.append(...rows);
};

const headingsOf = (table) => [...table.tHead.rows[table.tHead.rows.length - 1].cells].map((cell) => cell.dataset.column);
const rowsOf = (table) => [...table.tBodies[0].rows, ...(table.tFoot?.rows ?? [])].map((row) => [...row.cells]);

// Headings and rows as they are shown.
const tableText = (table) => [headingsOf(table), ...rowsOf(table).map((cells) => cells.map((cell) => cell.textContent.trim()))];

// Headings and rows with numbers in full; beside a column that has an interval, its two ends.
const tableValues = (table) => {
  const rows = rowsOf(table);
  const headings = headingsOf(table);
  const wide = headings.map((_, column) => rows.some((cells) => cells[column].dataset.low !== undefined));
  const value = ({ dataset, textContent }) => (dataset.value === undefined ? textContent.trim() : dataset.value.replace("nan", ""));
  const ends = (cell) => [cell.dataset.low ?? value(cell), cell.dataset.high ?? value(cell)];
  return [
    headings.flatMap((heading, column) => (wide[column] ? [heading, `${heading} low`, `${heading} high`] : [heading])),
    ...rows.map((cells) => cells.flatMap((cell, column) => (wide[column] ? [value(cell), ...ends(cell)] : [value(cell)]))),
  ];
};

const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
// A name that a spreadsheet would take for a formula is told to be text, by the rule of Python's escaped_cell.
const FORMULA = /^'*[=+\-@\t\r]/;
const NUMBER = /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/;
const inCsv = (text) => quoted(FORMULA.test(text) && text !== DASH && !NUMBER.test(text) ? `'${text}` : text);
const inMarkdown = (text) => text.replace(/\s+/g, " ").replace(/[\\|<>`*_[\]&~$!#]/g, "\\$&");
const LATEX = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "±": "$\\pm$",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  '"': "\\char34{}",
};
// A row must not start with what `\\` before it takes for its option.
const inLatex = (text) =>
  text
    .replace(/\s+/g, " ")
    .replace(/[\\{}~^±&%$#_<>|"]/g, (letter) => LATEX[letter] ?? `\\${letter}`)
    .replace(/^[[*]/, "{$&}");

const FORMS = {
  csv: (table) => `${tableValues(table).map((row) => row.map(inCsv).join(",")).join("\n")}\n`,
  markdown: (table) => {
    const [headings, ...rows] = tableText(table).map((row) => row.map(inMarkdown));
    const rule = headings.map((_, k) => (k ? "---:" : "---"));
    return `${[headings, rule, ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n")}\n`;
  },
  latex: (table) => {
    const [headings, ...rows] = tableText(table).map((row) => row.map(inLatex));
    const foot = table.tFoot ? rows.splice(rows.length - 1) : [];
    const lines = (some) => some.map((row) => `${row.join(" & ")} \\\\`);
    return ["% needs the package booktabs", `\\begin{tabular}{l${"r".repeat(headings.length - 1)}}`, "\\toprule", ...lines([headings]), "\\midrule", ...lines(rows), ...(foot.length ? ["\\midrule", ...lines(foot)] : []), "\\bottomrule", "\\end{tabular}", ""].join("\n");
  },
};

const copyText = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = element("textarea", { "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
};

for (const panel of document.querySelectorAll("[data-table]")) {
  const table = panel.querySelector("table");
  for (const button of table.querySelectorAll(".sort")) button.addEventListener("click", () => sortBy(table, button.closest("th")));
  for (const button of panel.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      const done = await copyText(FORMS[button.dataset.copy](table));
      button.focus();
      panel.querySelector(".copied").textContent = done ? `copied as ${button.textContent}` : "could not copy: select the table instead";
    });
  }
}

watch(["category"], () => {
  for (const panel of document.querySelectorAll('[data-table="defects"]')) panel.hidden = Number(panel.dataset.category) !== categories.indexOf(state.category);
});
