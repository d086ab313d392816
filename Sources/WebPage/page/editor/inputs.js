// The control for an input of a component: a value, the output of a node before it, a file, or a parameter of the
// pipeline. The value in the document is `{widget, value}`; that of an output is `{value: node, option: output}`.

import { fill, h } from "../dom.js";

/** @typedef {import("../types.js").Field} Field */
/** @typedef {import("./controls.js").Control} Control */
/** @typedef {import("./controls.js").Services} Services */
/** @typedef {{value: any, label: string}} Choice */

/** @type {Record<string, string>} */
const names = { inputpath: "Output of a node", file: "File", parameter: "Pipeline parameter" };

/** What is shown where there is nothing to choose from. */
/** @type {Record<string, string>} */
const nothing = {
  inputpath: "No node before this one has an output: connect one.",
  parameter: "The pipeline has no parameters. They are made in the properties of the pipeline.",
};

/**
 * @param {Field & {widgets: string[]}} field
 * @param {Services} services
 * @param {(field: Field, services: Services) => Control} plain makes the control of a value or a file
 * @returns {Control}
 */
export function inputControl(field, services, plain) {
  const [standard] = field.widgets;
  let kind = "";
  /** @type {Control|null} */
  let inner = null;
  /** The value's kind in the document; a kind that was only looked at is none. */
  let written = "";
  const place = h("div", { class: "input-value" });
  const select = h(
    "select",
    { class: "select", "aria-label": `Where ${field.label} comes from`, disabled: services.readOnly },
    field.widgets.map((name) => h("option", { value: name }, names[name] ?? "Value")),
  );
  const element = h("div", { class: "input-control" }, field.widgets.length > 1 ? select : null, place);

  const become = (/** @type {string} */ wanted) => {
    if (wanted === kind) return;
    inner?.flush();
    kind = wanted;
    select.value = wanted;
    const own = { ...services, change: (/** @type {any} */ value) => services.change({ widget: kind, value }) };
    inner = names[kind] && kind !== "file"
      ? chosen(field, own, kind)
      : plain({ ...field, type: kind === "file" ? "file" : field.type === "file" ? "text" : field.type }, own);
    fill(place, inner.element);
  };
  select.addEventListener("change", () => {
    become(select.value);
    inner?.show({ value: null, mixed: false, inherited: undefined });
    inner?.focus();
  });
  become(standard);
  return {
    element,
    show({ value, mixed, inherited }) {
      const widget = value?.widget ?? standard;
      if (field.widgets.includes(widget) && widget !== written) {
        written = widget;
        become(widget);
      }
      const shown = kind === written ? value?.value ?? null : null;
      inner?.show({ value: shown, mixed, inherited });
    },
    flush: () => inner?.flush(),
    focus: () => inner?.focus(),
  };
}

/**
 * One of the outputs or parameters that there are; a value that is none of them stays, and is shown as it is.
 * @param {Field} field
 * @param {Services} services
 * @param {string} kind
 * @returns {Control}
 */
function chosen(field, services, kind) {
  const select = h("select", {
    class: "select",
    id: `${services.labelledBy}-control`,
    "aria-describedby": services.describedBy,
    "aria-required": field.required ? "true" : null,
    disabled: services.readOnly,
  });
  const note = h("p", { class: "muted" });
  let texts = [""];
  select.addEventListener("change", () => {
    const text = texts[select.selectedIndex] ?? "";
    services.change(text === "" ? null : JSON.parse(text));
  });
  return {
    element: h("div", null, select, note),
    show({ value, mixed }) {
      const choices = kind === "inputpath" ? services.outputs() : services.parameters();
      const isThere = !mixed && value !== null && value !== "";
      const current = isThere ? JSON.stringify(key(value)) : "";
      const known = choices.map((choice) => ({ text: JSON.stringify(key(choice.value)), label: choice.label }));
      const all = [
        { text: "", label: mixed ? "Several values" : "Not set" },
        ...known,
        ...(current === "" || known.some(({ text }) => text === current)
          ? []
          : [{ text: current, label: `${label(value)} (not there)` }]),
      ];
      texts = all.map(({ text }) => text);
      fill(select, all.map((choice) => h("option", null, choice.label)));
      select.selectedIndex = Math.max(0, texts.indexOf(current));
      note.textContent = choices.length === 0 ? nothing[kind] ?? "" : "";
      note.hidden = note.textContent === "";
    },
    flush() {},
    focus: () => select.focus(),
  };
}

/**
 * A value without members that older files have besides.
 * @param {any} value
 */
function key(value) {
  return value !== null && typeof value === "object" ? { value: value.value, option: value.option } : value;
}

/** @param {any} value */
function label(value) {
  if (value === null || typeof value !== "object") return String(value);
  return value.label ?? [value.value, value.option].filter((part) => part).join(": ");
}
