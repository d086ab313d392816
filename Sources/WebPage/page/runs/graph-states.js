// The states of a run for the drawing of its pipeline. No access to the page.

import { cellText, nodeSeconds } from "./state.js";
import { isFailure, isOver, statusOrder, statusWord } from "./words.js";

/** @typedef {import("../types.js").View} View */
/** @typedef {import("../types.js").NodeState} Drawn */
/** @typedef {import("./state.js").RunState} RunState */
/** @typedef {import("./state.js").NodeState} NodeState */

/**
 * The states by the id of the drawn node; a super node has that of the nodes in it.
 *
 * @param {View} view
 * @param {RunState} state
 * @param {number} now milliseconds since 1970
 * @returns {Map<string, Drawn>}
 */
export function statesOf(view, state, now) {
  /** @type {Map<string, Drawn>} */
  const states = new Map();
  const byId = new Map(state.nodes.map((node) => [node.id, node]));
  for (const node of state.nodes) states.set(node.id, drawn(node, now));
  const flows = new Map(view.flows.map((flow) => [flow.id, flow]));
  /** @type {(flow: string, depth: number) => NodeState[]} */
  const inside = (flow, depth) =>
    (depth > 20 ? [] : flows.get(flow)?.nodes ?? []).flatMap((node) =>
      node.subflow ? inside(node.subflow, depth + 1) : byId.get(node.id) ?? []
    );
  for (const flow of view.flows) {
    for (const node of flow.nodes) {
      if (!node.subflow) continue;
      const nodes = inside(node.subflow, 0);
      if (nodes.length > 0) states.set(node.id, together(nodes));
    }
  }
  return states;
}

/** @param {NodeState} node @param {number} now @returns {Drawn} */
function drawn(node, now) {
  const seconds = nodeSeconds(node, now);
  return {
    status: shape(node.status),
    text: cellText(node) ?? statusWord(node.status),
    seconds: seconds !== null && !isOver(node.status) ? Math.floor(seconds) : seconds,
    attempt: node.attempts > 1 ? node.attempts : null,
  };
}

/** @param {NodeState[]} nodes @returns {Drawn} */
function together(nodes) {
  const done = nodes.filter((node) => isOver(node.status)).length;
  const worst = [...nodes].sort((a, b) => statusOrder(a.status) - statusOrder(b.status))[0].status;
  const isOpen = done < nodes.length;
  const status = isOpen && !isFailure(worst)
    ? (nodes.every((node) => node.status === "waiting") ? "waiting" : "running")
    : worst;
  return {
    status: shape(status),
    text: isOpen ? `${done} of ${nodes.length} nodes` : `${statusWord(worst)}: ${nodes.length} nodes`,
  };
}

/** The status of the drawing that looks like this one; its text says which it is. @param {string} status */
function shape(status) {
  if (isFailure(status)) return "failed";
  if (status === "comparing" || status === "retrying") return "running";
  return status === "blocked" || status === "not_run" ? "skipped" : status;
}
