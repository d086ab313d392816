// One field of the panel: its label, control, help, tags and findings.

import { fill, h, uniqueID } from "../dom.js";
import { browseFiles } from "./browse.js";
import { outputs, parameters } from "./component-fields.js";
import { hasWidgets, makeControl } from "./controls.js";
import { isSet } from "./panel-source.js";

/** @typedef {import("../types.js").Field} Field */
/** @typedef {import("../types.js").PipelineNode} PipelineNode */
/** @typedef {import("./panel-source.js").Part} Part */
/** @typedef {import("./properties.js").Properties} Properties */
/** @typedef {{field: Field, part: Part, element: HTMLElement, control: import("./controls.js").Control, extra: HTMLElement, tag: HTMLElement, finding: HTMLElement}} Line */

/**
 * @param {Properties} panel
 * @param {Field} field
 * @param {Part} part
 * @returns {Line}
 */
export function makeLine(panel, field, part) {
  const labelID = uniqueID("label"), helpID = uniqueID("help");
  const readOnly = panel.editor.document.readOnly || field.read_only === true;
  const commit = (/** @type {any} */ value) => panel.commit(field, part, value);
  const control = makeControl(field, {
    change: commit,
    labelledBy: labelID,
    describedBy: helpID,
    readOnly,
    browse: () => browseFiles(panel.editor, field),
    matches: (pattern) => panel.facts.matches(panel.nodes[0]?.file ?? null, pattern),
    choices: () => choices(panel, field),
    outputs: () => outputs(panel.editor, panel.nodes),
    parameters: () => parameters(panel.editor),
    relative: (path) => panel.facts.relative(path, field.name, panel.nodes[0]?.file ?? null),
  });
  const tag = h("span", { class: "tags" });
  const extra = h("div", { class: "field-extra" });
  const finding = h("div", { class: "field-findings" });
  const help = field.help
    ? h("button", {
      class: "help-button",
      type: "button",
      "aria-label": `Help: ${field.label}`,
      "aria-expanded": "false",
    }, "?")
    : null;
  const text = h("p", { class: "field-help muted", id: helpID, hidden: true }, field.help ?? "");
  help?.addEventListener("click", () => {
    text.hidden = !text.hidden;
    help.setAttribute("aria-expanded", String(!text.hidden));
  });
  const isCheck = field.type === "boolean" && !hasWidgets(field);
  const element = h(
    "div",
    { class: `field type-${field.type}`, data: { name: field.name, part } },
    h(
      "div",
      { class: "field-head" },
      h(
        isCheck || ["rows", "list", "checks"].includes(field.type) ? "span" : "label",
        { class: isCheck ? "hidden-text" : "field-label", id: labelID, for: `${labelID}-control` },
        field.label,
        field.required ? h("span", { class: "required", "aria-hidden": "true" }, " *") : null,
      ),
      isCheck ? control.element : null,
      tag,
      h("span", { class: "spring" }),
      help,
    ),
    text,
    isCheck ? null : control.element,
    extra,
    finding,
  );
  return { field, part, element, control, extra, tag, finding };
}

/**
 * @param {Properties} panel
 * @param {Field} field
 */
function choices(panel, field) {
  const { session } = panel.editor.context;
  if (field.type === "checks") return parameters(panel.editor);
  if (field.name === "runtime_image") {
    return session.runtime_images.map(({ image, label }) => ({ value: image, label: label || image }));
  }
  return (field.choices ?? []).map((
    choice,
  ) => (choice !== null && typeof choice === "object" ? choice : { value: choice, label: String(choice) }));
}

/**
 * @param {Properties} panel
 * @param {Line} line
 * @param {{value: any, mixed: boolean, inherited: any}} shown
 * @param {boolean} set
 */
export function drawTags(panel, { field, part, tag, control }, { inherited }, set) {
  const above = inherited ?? (field.inherits ? panel.editor.view?.defaults?.[field.inherits] : undefined);
  const hasDefault = isSet(above);
  const state = JSON.stringify([hasDefault, set, field.remote_only, above]);
  if (tag.dataset.state === state) return;
  tag.dataset.state = state;
  const plain = !["rows", "list"].includes(field.type) && !panel.editor.document.readOnly;
  fill(
    tag,
    field.remote_only ? h("span", { class: "tag", title: "Matters only in containers and clusters" }, "remote") : null,
    hasDefault && !set ? h("span", { class: "tag" }, "pipeline default") : null,
    hasDefault && !set && plain
      ? h("button", {
        class: "link-button",
        type: "button",
        on: {
          click: () => {
            panel.commit(field, part, above);
            control.focus();
          },
        },
      }, "Override")
      : null,
    hasDefault && set && plain
      ? h("button", {
        class: "link-button",
        type: "button",
        title: `Pipeline default: ${JSON.stringify(above)}`,
        on: { click: () => panel.commit(field, part, null) },
      }, "Reset")
      : null,
  );
}

/**
 * @param {Properties} panel
 * @param {Line} line
 * @param {PipelineNode[]} nodes
 */
export function drawFindings(panel, { field, finding }, nodes) {
  const ids = new Set(nodes.map(({ id }) => id));
  const found = panel.editor.document.findings.filter(({ property, node_id }) =>
    property === field.name && (nodes.length > 0 ? node_id && ids.has(node_id) : !node_id)
  );
  const text = JSON.stringify(found);
  if (finding.dataset.text === text) return;
  finding.dataset.text = text;
  fill(
    finding,
    [...new Map(found.map((entry) => [entry.message, entry])).values()].map(({ severity, message }) =>
      h("p", { class: severity }, message)
    ),
  );
}
