// Controls for one value: text, number, check box, choice, file, check boxes. Each shows a value, and tells a new one
// while it is typed.

import { dragType } from "../canvas/overlays.js";
import { debounced, fill, h, uniqueID } from "../dom.js";
import { icon } from "../icons.js";
import { checksControl } from "./checks.js";
import { inputControl } from "./inputs.js";
import { listControl, rowsControl } from "./lists.js";

/** @typedef {import("../types.js").Field} Field */
/** @typedef {{value: any, mixed: boolean, inherited: any}} Shown */
/** @typedef {{element: HTMLElement, show: (shown: Shown) => void, flush: () => void, focus: () => void}} Control */
/**
 * @typedef {object} Services
 * @property {(value: any) => void} change
 * @property {string} labelledBy id of the field's label
 * @property {string} describedBy id of the field's help
 * @property {boolean} readOnly
 * @property {() => Promise<string|null>} browse asks for a file of the folder
 * @property {(pattern: string) => Promise<number|null>} matches how many files a pattern finds
 * @property {() => {value: any, label: string}[]} choices
 * @property {() => {value: any, label: string}[]} outputs of the nodes before the node, for inputs of components
 * @property {() => {value: any, label: string}[]} parameters of the pipeline
 * @property {(path: string) => string} relative a file of the folder as the field writes it
 */

/**
 * @param {Field} field
 * @param {Services} services
 * @returns {Control}
 */
export function makeControl(field, services) {
  if (hasWidgets(field)) return inputControl(field, services, plainControl);
  return plainControl(field, services);
}

/**
 * Whether a field is an input of a component, whose value may come from elsewhere.
 * @param {Field} field
 * @returns {field is Field & {widgets: string[]}}
 */
export function hasWidgets(field) {
  return (field.widgets?.length ?? 0) > 0;
}

/**
 * @param {Field} field
 * @param {Services} services
 * @returns {Control}
 */
function plainControl(field, services) {
  switch (field.type) {
    case "boolean":
      return booleanControl(field, services);
    case "choice":
      return field.name === "runtime_image" ? textControl(field, services, true) : choiceControl(services);
    case "checks":
      return checksControl(services);
    case "list":
      return listControl(field, services);
    case "rows":
      return rowsControl(field, services);
    default:
      return textControl(field, services, false);
  }
}

/**
 * A value typed into a number field; the text itself if it is no number, so that the findings name it.
 * @param {string} text
 * @param {string} type
 */
export function typed(text, type) {
  if (text.trim() === "") return null;
  if (type !== "integer" && type !== "number") return text;
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

/**
 * @param {any} value
 */
export function asText(value) {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/**
 * @param {Field} field
 * @param {Services} services
 * @param {boolean} suggests
 * @returns {Control}
 */
function textControl(field, services, suggests) {
  const numeric = field.type === "integer" || field.type === "number";
  const listID = uniqueID("choices");
  /** @type {any} */
  const input = field.type === "multiline"
    ? h("textarea", { class: "textarea", rows: 3 })
    : h("input", { class: "input", type: "text", spellcheck: "false", autocomplete: "off" });
  for (
    const [name, value] of Object.entries({
      id: `${services.labelledBy}-control`,
      "aria-required": field.required ? "true" : null,
      "aria-describedby": services.describedBy,
      inputmode: numeric ? "decimal" : null,
      list: suggests ? listID : null,
    })
  ) {
    if (value) input.setAttribute(name, value);
  }
  input.readOnly = services.readOnly;
  const later = debounced(300, () => services.change(typed(input.value, field.type)));
  let shown = "";
  input.addEventListener("input", () => {
    shown = input.value;
    later.call();
  });
  input.addEventListener("change", later.flush);
  input.addEventListener("blur", later.flush);
  const parts = /** @type {(Node)[]} */ ([input]);
  if (suggests) {
    parts.push(
      h("datalist", { id: listID }, services.choices().map(({ value, label }) => h("option", { value }, label))),
    );
  }
  if (field.type === "file" && !services.readOnly) {
    const button = h("button", {
      class: "icon-button",
      type: "button",
      title: "Choose a file",
      "aria-label": `Choose a file for ${field.label}`,
    }, icon("folder"));
    button.addEventListener("click", async () => {
      const path = await services.browse();
      if (path !== null) services.change(services.relative(path));
    });
    input.addEventListener("dragover", (/** @type {DragEvent} */ event) => {
      if (event.dataTransfer?.types.includes(dragType)) event.preventDefault();
    });
    input.addEventListener("drop", (/** @type {DragEvent} */ event) => {
      const items = JSON.parse(event.dataTransfer?.getData(dragType) || "[]");
      if (!("file" in (items[0] ?? {}))) return;
      event.preventDefault();
      services.change(services.relative(items[0].file));
    });
    parts.push(button);
  }
  return {
    element: h("div", { class: "control-line" }, parts),
    show({ value, mixed, inherited }) {
      const text = mixed ? "" : asText(value);
      input.placeholder = mixed
        ? "Several values"
        : inherited !== undefined
        ? asText(inherited)
        : field.placeholder ?? "";
      if (later.waits()) return; // What is typed at this moment is newer than the document.
      if (text === shown && input.value === shown) return;
      if (document.activeElement === input && typed(input.value, field.type) === value) return;
      shown = text;
      input.value = text;
    },
    flush: later.flush,
    focus: () => input.focus(),
  };
}

/**
 * @param {Field} field
 * @param {Services} services
 * @returns {Control}
 */
function booleanControl(field, services) {
  const input = h("input", { type: "checkbox", "aria-describedby": services.describedBy, disabled: services.readOnly });
  input.addEventListener("change", () => services.change(input.checked));
  return {
    element: h("label", { class: "check" }, input, field.label),
    show({ value, mixed }) {
      input.indeterminate = mixed;
      input.checked = value === true;
    },
    flush() {},
    focus: () => input.focus(),
  };
}

/**
 * @param {Services} services
 * @returns {Control}
 */
function choiceControl(services) {
  const select = h("select", {
    class: "select",
    id: `${services.labelledBy}-control`,
    "aria-describedby": services.describedBy,
    disabled: services.readOnly,
  });
  /** @type {any[]} */
  let values = [];
  select.addEventListener("change", () => services.change(values[select.selectedIndex] ?? null));
  return {
    element: select,
    show({ value, mixed, inherited }) {
      const choices = services.choices();
      const current = mixed ? null : value ?? null;
      const empty = mixed
        ? "Several values"
        : inherited !== undefined && inherited !== null
        ? `${asText(inherited)} (pipeline default)`
        : "Not set";
      const known = current === null || choices.some((choice) => same(choice.value, current));
      const all = [
        { value: null, label: empty },
        ...choices.filter((choice) => choice.value !== ""),
        ...(known ? [] : [{ value: current, label: asText(current) }]),
      ];
      values = all.map((choice) => choice.value);
      fill(select, all.map(({ label }) => h("option", null, label)));
      select.selectedIndex = Math.max(0, values.findIndex((candidate) => same(candidate, current)));
    },
    flush() {},
    focus: () => select.focus(),
  };
}

/**
 * @param {any} a
 * @param {any} b
 */
function same(a, b) {
  return a === b || (a !== null && b !== null && String(a).toLowerCase() === String(b).toLowerCase());
}
