// Texts of the drawing: shortened to their place, and names for screen readers.

/** @typedef {import("../types.js").PipelineNode} PipelineNode */
/** @typedef {import("../types.js").NodeState} NodeState */

/** @type {CanvasRenderingContext2D|null} */
let context = null;
/** @type {Map<string, string>} */
const cache = new Map();

/**
 * A text cut with "…" so that it fits.
 * @param {string} text
 * @param {number} width
 * @param {string} font as CSS writes it
 */
export function shortened(text, width, font) {
  const key = `${font}|${Math.round(width)}|${text}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  context ??= document.createElement("canvas").getContext("2d");
  if (!context) return text;
  if (context.font !== font) context.font = font;
  const draw = context;
  const result = cut(text.slice(0, 400).replace(/\s+/g, " "), width, (part) => draw.measureText(part).width);
  if (cache.size > 20000) cache.clear();
  cache.set(key, result);
  return result;
}

/**
 * The longest start of a text that fits with "…" behind it; the whole text if that fits.
 * @param {string} text
 * @param {number} width
 * @param {(text: string) => number} measure
 */
export function cut(text, width, measure) {
  if (measure(text) <= width) return text;
  const letters = [...text];
  let fits = 0;
  let fails = letters.length;
  while (fails - fits > 1) {
    const middle = (fits + fails) >> 1;
    if (measure(letters.slice(0, middle).join("").trimEnd() + "…") <= width) fits = middle;
    else fails = middle;
  }
  return letters.slice(0, fits).join("").trimEnd() + "…";
}

/** @type {Record<string, string>} */
export const kindNames = {
  notebook: "Notebook",
  python: "Python script",
  r: "R script",
  script: "Script",
  component: "Component",
  super: "Super node",
  binding: "Connection of the super node",
  unknown: "Node of an unknown kind",
};

/**
 * The name of a node for screen readers.
 * @param {PipelineNode} node
 * @param {string[]} before labels of the nodes whose links lead to it
 * @param {NodeState|undefined} state
 */
export function nodeName(node, before, state) {
  const parts = [`${kindNames[node.kind] ?? node.kind} ${node.label}`];
  if (state) parts.push(state.text ? `${state.status}, ${state.text}` : state.status);
  if (node.severity) parts.push(node.severity === "error" ? "has an error" : "has a warning");
  if (node.kind === "super") parts.push(node.expanded ? "expanded" : "collapsed");
  if (before.length > 0) parts.push(`after ${before.slice(0, 5).join(", ")}${before.length > 5 ? " and others" : ""}`);
  return parts.join(", ");
}
