// One cell of a row in a list: a text, a choice, or a check box.

import { h } from "../dom.js";
import { asText } from "./controls.js";

/**
 * @typedef {object} Place
 * @property {string} label for screen readers
 * @property {boolean} isStacked whether the cells of a row stand below one another, each with its name
 * @property {boolean} readOnly
 * @property {() => void} changed the row has another value
 * @property {() => void} typed it may have, when the person pauses
 * @property {(input: HTMLInputElement) => void} left
 * @property {() => void} entered Enter was pressed
 */

/**
 * @param {Record<string, any>} row
 * @param {any} column
 * @param {Place} place
 */
export function makeCell(row, column, place) {
  if (column.type === "boolean") return checkCell(row, column, place);
  const name = place.isStacked ? h("span", { class: "cell-label muted" }, column.label) : null;
  return h(
    "div",
    { class: "cell" },
    name,
    column.type === "choice" ? choice(row, column, place) : text(row, column, place),
  );
}

/**
 * @param {Record<string, any>} row
 * @param {any} column
 * @param {Place} place
 */
function checkCell(row, column, { readOnly, changed }) {
  const input = h("input", { type: "checkbox", disabled: readOnly });
  input.checked = row[column.name] === true;
  input.addEventListener("change", () => {
    row[column.name] = input.checked;
    changed();
  });
  return h("label", { class: "check cell" }, input, column.label);
}

/**
 * @param {Record<string, any>} row
 * @param {any} column
 * @param {Place} place
 */
function choice(row, column, { label, readOnly, changed }) {
  const choices = [...new Set([...(column.choices ?? []), asText(row[column.name])])];
  const select = h(
    "select",
    { class: "select", "aria-label": label, disabled: readOnly },
    choices.map((value) => h("option", { value }, value === "" ? "–" : value)),
  );
  select.value = asText(row[column.name]);
  select.addEventListener("change", () => {
    row[column.name] = select.value;
    changed();
  });
  return select;
}

/**
 * @param {Record<string, any>} row
 * @param {any} column
 * @param {Place} place
 */
function text(row, column, { label, readOnly, typed, left, entered }) {
  const input = h("input", {
    class: "input",
    type: "text",
    value: asText(row[column.name]),
    placeholder: column.placeholder ?? column.label,
    "aria-label": label,
    "aria-required": column.required ? "true" : null,
    spellcheck: "false",
    autocomplete: "off",
  });
  input.readOnly = readOnly;
  input.addEventListener("input", () => {
    row[column.name] = input.value;
    typed();
  });
  input.addEventListener("blur", () => left(input));
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    entered();
  });
  return input;
}
