// Controls for lists of texts and of rows: add, remove, reorder, drop files. An empty row stays on the page alone.

import { dragType } from "../canvas/overlays.js";
import { debounced, fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { asText } from "./controls.js";
import { makeCell } from "./list-cells.js";

/** @typedef {import("../types.js").Field} Field */
/** @typedef {import("./controls.js").Control} Control */
/** @typedef {import("./controls.js").Services} Services */

/**
 * @param {Field} field
 * @param {Services} services
 * @returns {Control}
 */
export function listControl(field, services) {
  return editor({
    field,
    services,
    columns: [{ name: "", label: field.label, ...(field.placeholder ? { placeholder: field.placeholder } : {}) }],
    read: (value) => (Array.isArray(value) ? value.map((text) => ({ "": text })) : []),
    write: (rows) => rows.map((row) => row[""]).filter((text) => text !== undefined && text !== null && text !== ""),
    blank: () => ({ "": "" }),
    counts: true,
  });
}

/**
 * @param {Field} field
 * @param {Services} services
 * @returns {Control}
 */
export function rowsControl(field, services) {
  const columns = field.columns ?? [];
  return editor({
    field,
    services,
    columns,
    read: (
      value,
    ) => (Array.isArray(value) ? value.map((row) => (row !== null && typeof row === "object" ? { ...row } : {})) : []),
    write: (rows) =>
      rows.filter((row) => columns.some(({ name }) => ![undefined, null, "", false].includes(row[name]))),
    blank: () =>
      Object.fromEntries(
        columns.filter(({ type }) => type === "choice").map(({ name, choices }) => [name, choices?.[0] ?? ""]),
      ),
    counts: false,
  });
}

/**
 * @param {{field: Field, services: Services, columns: any[], read: (value: any) => Record<string, any>[],
 *   write: (rows: Record<string, any>[]) => any[], blank: () => Record<string, any>, counts: boolean}} options
 * @returns {Control}
 */
function editor({ field, services, columns, read, write, blank, counts }) {
  const body = h("div", { class: columns.length > 2 ? "rows stacked" : "rows" });
  const inherited = h("div", { class: "rows inherited" });
  const tools = h("div", { class: "rows-tools" });
  const element = h(
    "div",
    { class: "rows-control", role: "group", "aria-labelledby": services.labelledBy },
    inherited,
    body,
    tools,
  );
  /** @type {Record<string, any>[]} */
  let rows = [];
  let shown = "";
  const tell = () => {
    const value = write(rows);
    shown = meaning(value);
    services.change(value.length > 0 ? value : null);
  };
  const later = debounced(300, tell);

  const redraw = (/** @type {{row: number, column: number}|null} */ focus = null) => {
    fill(body, rows.map((row, index) => rowElement(row, index)));
    if (focus) {
      /** @type {HTMLElement|null} */ (body.children[focus.row]?.querySelectorAll("input, select")[focus.column])
        ?.focus();
    }
  };
  const rowElement = (/** @type {Record<string, any>} */ row, /** @type {number} */ index) => {
    const cells = columns.map((column) => cell(row, column, index));
    const count = h("span", { class: "match-count muted" });
    if (counts) showCount(count, row[""], services);
    const line = h(
      "div",
      { class: "row", role: "group", "aria-label": `${field.label}, row ${index + 1}` },
      h("div", { class: "row-cells" }, cells),
      counts ? count : null,
      services.readOnly ? null : h(
        "div",
        { class: "row-tools" },
        tool("up", "Move up", index === 0, () => swap(index, -1)),
        tool("down", "Move down", index === rows.length - 1, () => swap(index, 1)),
        tool("close", `Remove row ${index + 1}`, false, () => removeRow(index)),
      ),
    );
    return line;
  };
  const tool = (
    /** @type {string} */ name,
    /** @type {string} */ label,
    /** @type {boolean} */ disabled,
    /** @type {() => void} */ click,
  ) =>
    h("button", {
      class: "icon-button tiny",
      type: "button",
      title: label,
      "aria-label": `${label}: ${field.label}`,
      disabled,
      on: { click },
    }, icon(name));
  const swap = (/** @type {number} */ index, /** @type {number} */ by) => {
    [rows[index], rows[index + by]] = [rows[index + by], rows[index]];
    redraw({ row: index + by, column: 0 });
    tell();
  };
  const removeRow = (/** @type {number} */ index) => {
    rows.splice(index, 1);
    redraw();
    tell();
    const next =
      /** @type {HTMLElement|null} */ (body.children[Math.min(index, rows.length - 1)]?.querySelector("input, select"));
    (next ?? /** @type {HTMLElement|null} */ (tools.querySelector("button")))?.focus();
  };
  const add = (/** @type {Record<string, any>} */ row) => {
    rows.push(row);
    redraw({ row: rows.length - 1, column: 0 });
    if (write([row]).length > 0) tell();
  };
  const cell = (/** @type {Record<string, any>} */ row, /** @type {any} */ column, /** @type {number} */ index) =>
    makeCell(row, column, {
      label: `${column.name === "" ? field.label : column.label}, row ${index + 1}`,
      isStacked: columns.length > 2,
      readOnly: services.readOnly,
      changed: tell,
      typed: later.call,
      left: (input) => {
        later.flush();
        const count = input.closest(".row")?.querySelector(".match-count");
        if (counts && count instanceof HTMLElement) showCount(count, row[""], services);
      },
      entered: () => {
        later.flush();
        if (index === rows.length - 1) add(blank());
        else redraw({ row: index + 1, column: 0 });
      },
    });

  if (!services.readOnly) {
    tools.append(
      h("button", { class: "button small", type: "button", on: { click: () => add(blank()) } }, icon("plus"), "Add"),
    );
    if (counts) {
      const browse = h("button", { class: "button small", type: "button" }, icon("folder"), "Browse…");
      browse.addEventListener("click", async () => {
        const path = await services.browse();
        if (path !== null) add({ "": services.relative(path) });
      });
      tools.append(browse);
      element.addEventListener("dragover", (event) => {
        if (!event.dataTransfer?.types.includes(dragType)) return;
        event.preventDefault();
        event.stopPropagation();
        element.classList.add("receiving");
      });
      element.addEventListener("dragleave", () => element.classList.remove("receiving"));
      element.addEventListener("drop", (event) => {
        const data = event.dataTransfer?.getData(dragType);
        element.classList.remove("receiving");
        if (!data) return;
        event.preventDefault();
        for (const item of JSON.parse(data)) {
          if ("file" in item) rows.push({ "": services.relative(item.file) });
        }
        redraw();
        tell();
      });
    }
  }
  return {
    element,
    show({ value, mixed, inherited: above }) {
      const text = meaning(write(read(value)));
      // What is typed at this moment is newer than the document.
      if (!later.waits() && text !== shown) {
        shown = text;
        rows = mixed ? [] : read(value);
        const active = element.contains(document.activeElement);
        const at = active ? position(body) : null;
        redraw(at);
      }
      element.dataset.mixed = mixed ? "true" : "";
      fill(
        inherited,
        mixed ? h("p", { class: "muted" }, "Several values: a new row replaces them all.") : null,
        (Array.isArray(above) ? above : []).map((row) =>
          h(
            "div",
            { class: "inherited-row" },
            columns.map(({ name }) => asText(name === "" ? row : row?.[name])).filter((part) => part !== "").join(
              " = ",
            ),
            h("span", { class: "tag" }, "pipeline default"),
          )
        ),
      );
    },
    flush: later.flush,
    focus: () => /** @type {HTMLElement|null} */ (element.querySelector("input, select, button"))?.focus(),
  };
}

/**
 * A value without empty members, which files have or leave out.
 * @param {any[]} rows
 */
function meaning(rows) {
  return JSON.stringify(rows, (_, value) => (value === "" || value === null || value === false ? undefined : value));
}

/** @param {HTMLElement} body */
function position(body) {
  const row = [...body.children].findIndex((child) => child.contains(document.activeElement));
  if (row < 0) return null;
  return {
    row,
    column: [...body.children[row].querySelectorAll("input, select")].indexOf(
      /** @type {any} */ (document.activeElement),
    ),
  };
}

/**
 * @param {HTMLElement} element
 * @param {string} pattern
 * @param {Services} services
 */
async function showCount(element, pattern, services) {
  element.textContent = "";
  if (!pattern) return;
  const count = await services.matches(pattern);
  if (count === null) return;
  element.textContent = count === 1 ? "1 file" : `${count} files`;
  element.classList.toggle("none", count === 0);
}
