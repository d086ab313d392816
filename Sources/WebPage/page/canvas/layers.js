// The groups of the drawing: one for each flow that is drawn, and where its objects lie.

import { s } from "../dom.js";
import { bounds, objectsOf } from "./geometry.js";

/** @typedef {import("../types.js").Flow} Flow */
/** @typedef {import("../types.js").Box} Box */
/** @typedef {import("../types.js").PipelineNode} PipelineNode */
/** @typedef {{flow: Flow, group: SVGGElement, comments: SVGGElement, links: SVGGElement, nodes: SVGGElement, nested: SVGGElement,
 *   x: number, y: number, scale: number, owner: string|null, local: string|null}} Layer world = flow × scale + (x, y) */

export function newLayer() {
  const [comments, links, nodes, nested] = ["comments", "links", "nodes", "nested"].map((name) =>
    s("g", { class: name })
  );
  return { comments, links, nodes, nested, group: s("g", { class: "layer" }, comments, links, nodes, nested) };
}

/**
 * A box of a layer as a box of the world.
 * @param {Box} box
 * @param {Layer} layer
 */
export function toWorld(box, { x, y, scale }) {
  return { x: box.x * scale + x, y: box.y * scale + y, width: box.width * scale, height: box.height * scale };
}

/**
 * A box of the world as a box of a layer.
 * @param {Box} box
 * @param {{x: number, y: number, scale: number}} layer
 */
export function toLayer(box, { x, y, scale }) {
  return { x: (box.x - x) / scale, y: (box.y - y) / scale, width: box.width / scale, height: box.height / scale };
}

/**
 * Boxes of a flow's objects. The connections of a super node have none of their own: they stand left and right.
 * @param {Flow} flow
 * @returns {Map<string, Box>}
 */
export function placed(flow) {
  /** @type {Map<string, Box>} */
  const result = new Map();
  for (const { id, x, y, width, height } of objectsOf(flow)) result.set(id, { x, y, width, height });
  const around = bounds(result.values()) ?? { x: 0, y: 0, width: 160, height: 40 };
  const bindings = flow.nodes.filter(({ kind }) => kind === "binding");
  const entries = bindings.filter(({ inputs }) => inputs.length === 0);
  const exits = bindings.filter(({ inputs }) => inputs.length > 0);
  for (
    const [list, x]
      of /** @type {[PipelineNode[], number][]} */ ([[entries, around.x - 64], [exits, around.x + around.width + 48]])
  ) {
    list.forEach(({ id }, index) => {
      result.set(id, { x, y: around.y + (around.height * (index + 1)) / (list.length + 1) - 8, width: 16, height: 16 });
    });
  }
  return result;
}
