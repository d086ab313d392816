// How an object looks: what its parts show (the signature: other parts are drawn when it differs), and the attributes
// of its element, with its name for screen readers.

import { nodeName } from "./labels.js";

/** @typedef {import("../types.js").Box} Box */
/** @typedef {import("../types.js").Link} Link */
/** @typedef {import("../types.js").PipelineNode} PipelineNode */
/** @typedef {import("../types.js").PipelineComment} PipelineComment */
/** @typedef {import("../types.js").NodeState} NodeState */
/** @typedef {{signature: string, attributes: Record<string, string|null>}} Look */

/**
 * @param {PipelineNode} node
 * @param {Box} box
 * @param {{state: NodeState|undefined, isSelected: boolean, readOnly: boolean}} how
 * @param {string[]} before labels of the nodes whose links lead to it
 * @returns {Look}
 */
export function nodeLook(node, { x, y, width, height }, { state, isSelected, readOnly }, before) {
  const { label, kind, severity, inputs, outputs, expanded } = node;
  const names = ["node", `kind-${kind}`];
  if (expanded) names.push("expanded");
  if (severity) names.push(`has-${severity}`);
  if (isSelected) names.push("selected");
  const attributes = {
    class: names.join(" "),
    transform: `translate(${x} ${y})`,
    "data-status": state?.status ?? null,
  };
  return {
    signature: JSON.stringify([label, kind, severity, inputs, outputs, expanded, width, height, state, readOnly]),
    attributes: kind === "binding" ? attributes : {
      ...attributes,
      role: "button",
      "aria-label": nodeName(node, before, state),
      "aria-pressed": String(isSelected),
    },
  };
}

/**
 * @param {PipelineComment} comment
 * @param {Box} box
 * @param {{isSelected: boolean, readOnly: boolean}} how
 * @returns {Look}
 */
export function commentLook({ text, html }, { x, y, width, height }, { isSelected, readOnly }) {
  return {
    signature: JSON.stringify([text, html, width, height, readOnly]),
    attributes: {
      class: `comment${isSelected ? " selected" : ""}`,
      transform: `translate(${x} ${y})`,
      role: "group",
      "aria-label": `Comment: ${text.replace(/\s+/g, " ").slice(0, 200) || "empty"}`,
    },
  };
}

/**
 * @param {Link} link
 * @param {{isSelected: boolean}} how
 * @param {string|undefined} from the label of its source, unless that is a comment
 * @param {string} to the label of its target
 * @returns {Look}
 */
export function linkLook({ kind, in_cycle: inCycle }, { isSelected }, from, to) {
  return {
    signature: kind,
    attributes: {
      class: `link ${kind}${inCycle ? " cycle" : ""}${isSelected ? " selected" : ""}`,
      role: "button",
      "aria-label": kind === "comment" && from === undefined
        ? `Link from a comment to ${to}`
        : `Link from ${from ?? ""} to ${to}${inCycle ? ", part of a cycle" : ""}`,
      "aria-pressed": String(isSelected),
      transform: null,
    },
  };
}
