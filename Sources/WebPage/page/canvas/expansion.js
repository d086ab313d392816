// Super nodes expanded in a drawing that changes no document. Pure.

/** @typedef {import("../types.js").View} View */

/** As the server gives them where the file has no size. */
const sizes = { collapsed: { width: 160, height: 40 }, expanded: { width: 300, height: 200 } };

/**
 * The view with a super node expanded or collapsed.
 * @param {View} view
 * @param {string} id
 * @param {boolean} expanded
 * @returns {View}
 */
export function withExpanded(view, id, expanded) {
  const size = expanded ? sizes.expanded : sizes.collapsed;
  return {
    ...view,
    flows: view.flows.map((flow) =>
      flow.nodes.some((node) => node.id === id)
        ? { ...flow, nodes: flow.nodes.map((node) => (node.id === id ? { ...node, expanded, ...size } : node)) }
        : flow
    ),
  };
}
