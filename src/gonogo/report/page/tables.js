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

// Headings and rows as text; numbers in full, or as they are shown.
const tableText = (table, full) => {
  const headings = [...table.tHead.rows[table.tHead.rows.length - 1].cells].map((cell) => cell.dataset.column);
  const rows = [...table.tBodies[0].rows, ...(table.tFoot?.rows ?? [])];
  return [headings, ...rows.map((row) => [...row.cells].map((cell) => (full && cell.dataset.value !== undefined ? cell.dataset.value.replace("nan", "") : cell.textContent.trim())))];
};

const inCsv = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const inMarkdown = (text) => text.replace(/[\\|<>`*_]/g, "\\$&").replace(/\s+/g, " ");
const LATEX = { "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "±": "$\\pm$" };
const inLatex = (text) => text.replace(/[\\{}~^±&%$#_]/g, (letter) => LATEX[letter] ?? `\\${letter}`);

const FORMS = {
  csv: (table) => `${tableText(table, true).map((row) => row.map(inCsv).join(",")).join("\n")}\n`,
  markdown: (table) => {
    const [headings, ...rows] = tableText(table, false).map((row) => row.map(inMarkdown));
    const rule = headings.map((_, k) => (k ? "---:" : "---"));
    return `${[headings, rule, ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n")}\n`;
  },
  latex: (table) => {
    const [headings, ...rows] = tableText(table, false).map((row) => row.map(inLatex));
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
