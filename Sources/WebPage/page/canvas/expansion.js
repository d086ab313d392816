// Super nodes expanded in a drawing that changes no document. Pure.

/** @typedef {import("../types.js").View} View */

/** As the server gives them where the file has no size. */
const sizes = { collapsed: { width: 160, height: 40 }, expanded: { width: 300, height: 200 } };

/**
 * The view with a super node expanded or collapsed; what is right of it and below makes room, or comes back.
 * @param {View} view
 * @param {string} id
 * @param {boolean} expanded
 * @returns {View}
 */
export function withExpanded(view, id, expanded) {
  const size = expanded ? sizes.expanded : sizes.collapsed;
  return {
    ...view,
    flows: view.flows.map((flow) => {
      const own = flow.nodes.find((node) => node.id === id);
      if (!own) return flow;
      const [right, bottom] = [own.x + own.width, own.y + own.height];
      /** @template {import("../types.js").Box} B @param {B} box @returns {B} */
      const aside = (box) => ({
        ...box,
        x: box.x + (box.x >= right ? size.width - own.width : 0),
        y: box.y + (box.y >= bottom ? size.height - own.height : 0),
      });
      return {
        ...flow,
        nodes: flow.nodes.map((node) => (node === own ? { ...node, expanded, ...size } : aside(node))),
        comments: flow.comments.map(aside),
      };
    }),
  };
}
