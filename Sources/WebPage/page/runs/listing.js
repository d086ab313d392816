// Which nodes of a run are listed, in which order, and what is said about each. No access to the page.

import { cellText, nodeSeconds } from "./state.js";
import { statusOrder, statusWord } from "./words.js";

/** @typedef {import("./state.js").RunState} RunState */
/** @typedef {import("./state.js").NodeState} NodeState */
/** @typedef {"pipeline" | "start" | "duration" | "status" | "label"} Order */

/**
 * The nodes to list, in order.
 *
 * @param {RunState} state
 * @param {{text: string, status: string, order: Order, now: number}} choice `status`: a status, or empty for all
 * @returns {NodeState[]}
 */
export function listed(state, { text, status, order, now }) {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const fits = (/** @type {NodeState} */ node) => {
    if (status !== "" && node.status !== status) return false;
    const all = `${node.label} ${node.file ?? ""} ${statusWord(node.status)} ${node.reason ?? ""}`.toLowerCase();
    return words.every((word) => all.includes(word));
  };
  const nodes = state.nodes.filter(fits);
  /** @type {Record<Order, (a: NodeState, b: NodeState) => number>} */
  const comparisons = {
    pipeline: () => 0,
    label: (a, b) => a.label.localeCompare(b.label, "en", { numeric: true }),
    start: (a, b) => (a.started ?? Infinity) - (b.started ?? Infinity) || 0,
    duration: (a, b) => (nodeSeconds(b, now) ?? -1) - (nodeSeconds(a, now) ?? -1),
    status: (a, b) => statusOrder(a.status) - statusOrder(b.status),
  };
  return nodes.sort((a, b) => comparisons[order](a, b) || a.place - b.place);
}

/** What a node does, or why it is as it is, in a few words. @param {NodeState} node */
export function causeOf(node) {
  if (node.progress) return node.progress;
  const cell = cellText(node);
  if (cell !== null) return cell;
  if (node.status === "cached") return node.cachedRun === null ? "" : `as in run ${node.cachedRun}`;
  return node.message ?? node.reason ?? "";
}
