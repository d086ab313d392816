// What the properties panel edits: nodes (one or several), a comment, or the pipeline; as values by field. Pure.

import { baseName } from "./paths.js";

/** @typedef {import("../types.js").PipelineNode} PipelineNode */
/** @typedef {import("../types.js").View} View */
/** @typedef {import("../types.js").Field} Field */
/** @typedef {import("../types.js").Edit} Edit */
/** @typedef {"property"|"lyre"|"pipeline"|"default"|"parameters"} Part */

/**
 * Equal as JSON.
 * @param {any} a
 * @param {any} b
 */
export function equal(a, b) {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

/**
 * Whether a value counts as set: as the files have it, an empty one does not.
 * @param {any} value
 */
export function isSet(value) {
  if (value === null || value === undefined || value === "" || value === false) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === "object" && "widget" in value) return isSet(value.value);
  return typeof value === "object" ? Object.keys(value).length > 0 : true;
}

/**
 * The value of a field in one node.
 * @param {PipelineNode} node
 * @param {Field} field
 * @param {Part} part
 */
export function nodeValue(node, field, part) {
  if (part === "lyre") return node.lyre?.[field.name] ?? null;
  if (field.name === "label") {
    return node.file !== null && node.label === baseName(node.file) ? "" : node.label;
  }
  if (field.name === "filename") return node.file;
  const value = node.properties?.[field.name] ?? null;
  if (field.widgets?.length) return inputValue(value, field.widgets[0]);
  if (field.member && value !== null && typeof value === "object") return value[field.member] ?? null;
  return value;
}

/**
 * The value of a component's input, with its kind; null if there is none.
 * @param {any} value
 * @param {string} standard the kind of a value that does not name one
 * @returns {{widget: string, value: any}|null}
 */
function inputValue(value, standard) {
  if (value === null || value === undefined) return null;
  if (typeof value === "object" && typeof value.widget === "string") {
    return { widget: value.widget, value: value.value ?? null };
  }
  return { widget: standard, value };
}

/**
 * The value of a field in nodes: the common one, or mixed.
 * @param {PipelineNode[]} nodes
 * @param {Field} field
 * @param {Part} part
 */
export function commonValue(nodes, field, part) {
  const values = nodes.map((node) => nodeValue(node, field, part));
  const mixed = values.some((value) => !equal(value, values[0]));
  const inherited = field.inherits ? nodes.map((node) => node.inherited?.[field.inherits ?? ""]) : [];
  const above = inherited.length > 0 && inherited.every((value) => equal(value, inherited[0]))
    ? inherited[0] ?? undefined
    : undefined;
  return {
    value: mixed ? null : values[0],
    mixed,
    inherited: field.member && above && typeof above === "object" ? above[field.member] : above,
  };
}

/**
 * The edit that gives nodes a value.
 * @param {PipelineNode[]} nodes
 * @param {Field} field
 * @param {Part} part
 * @param {any} value
 * @returns {Edit[]}
 */
export function nodeEdits(nodes, field, part, value) {
  const ids = nodes.map(({ id }) => id);
  if (part === "lyre") return [{ op: "set_lyre", ids, name: field.name, value }];
  if (field.name === "label") return ids.map((id) => ({ op: "set_label", id, label: value === "" ? null : value }));
  if (field.name === "filename") return value ? ids.map((id) => ({ op: "set_file", id, file: value })) : [];
  if (field.widgets?.length) {
    const { widget, value: inner } = inputValue(value, field.widgets[0]) ?? { widget: field.widgets[0], value: "" };
    return [{ op: "set_property", ids, name: field.name, value: { widget, value: inner ?? "" } }];
  }
  return [{ op: "set_property", ids, name: field.name, value }];
}

/**
 * The value of a field of the pipeline.
 * @param {View} view
 * @param {Field} field
 * @param {Part} part
 */
export function pipelineValue(view, field, part) {
  if (part === "parameters") return view.parameters;
  if (part === "pipeline") {
    if (field.name === "name") return view.name;
    if (field.name === "runtime") return view.runtime_type ?? "Generic";
    return field.name === "description" ? view.description ?? "" : view.properties?.[field.name] ?? null;
  }
  // Elyra keeps a few defaults beside the others.
  const value = view.defaults?.[field.name] ?? view.properties?.[field.name] ?? null;
  return field.member && value !== null && typeof value === "object" ? value[field.member] ?? null : value;
}

/**
 * @param {Field} field
 * @param {Part} part
 * @param {any} value
 * @returns {Edit[]}
 */
export function pipelineEdits(field, part, value) {
  if (part === "parameters") return [{ op: "set_parameters", parameters: value ?? [] }];
  return [{ op: part === "pipeline" ? "set_pipeline_property" : "set_default", name: field.name, value }];
}
