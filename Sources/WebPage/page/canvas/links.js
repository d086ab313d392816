// The elements of a link, and the curve that it takes.

import { s } from "../dom.js";
import {
  arrowPath,
  bounds,
  curveCrosses,
  curvePath,
  grown,
  linkCurve,
  overlap,
  portPoint,
  straightPath,
} from "./geometry.js";

/** @typedef {import("../types.js").PipelineNode} PipelineNode */
/** @typedef {import("../types.js").Link} Link */
/** @typedef {import("../types.js").Box} Box */
/** @typedef {{box: Box, node: PipelineNode|null}} End */
/** @typedef {{line: string, head: string}} Paths */

/**
 * The parts of a link.
 * @param {Paths} paths
 * @param {boolean} whole whether also what can be pressed, and the head
 */
export function linkParts({ line, head }, whole) {
  const drawn = s("path", { class: "link-line", d: line });
  return whole
    ? [s("path", { class: "link-hit", d: line }), drawn, s("path", { class: "link-head", d: head })]
    : [drawn];
}

/**
 * Gives the parts of a link other paths.
 * @param {Element} element
 * @param {Paths} paths
 */
export function setPaths(element, { line, head }) {
  for (const part of element.children) part.setAttribute("d", part.classList.contains("link-head") ? head : line);
}

/**
 * The paths of a link between two boxes.
 * @param {Link} link
 * @param {End} source
 * @param {End} target
 * @returns {Paths}
 */
export function linkPaths(link, source, target) {
  if (link.kind === "comment") return { line: straightPath(source.box, target.box), head: "" };
  const curve = curveOf(link, source, target);
  return { line: curvePath(curve), head: arrowPath(curve[3]) };
}

/**
 * The curve of a data link.
 * @param {Link} link
 * @param {End} source
 * @param {End} target
 */
function curveOf(link, source, target) {
  const from = portOf(source, "output", link.source_port);
  const to = portOf(target, "input", link.target_port);
  return linkCurve({ x: from.x + 4, y: from.y }, { x: to.x - 4, y: to.y });
}

/**
 * Whether a data link passes through a box.
 * @param {Link} link
 * @param {End} source
 * @param {End} target
 * @param {Box} box
 */
export function passes(link, source, target, box) {
  const curve = curveOf(link, source, target);
  const around = bounds(curve.map(({ x, y }) => ({ x, y, width: 0, height: 0 })));
  return around !== null && overlap(grown(around, 1), box) && curveCrosses(curve, box);
}

/**
 * The point of a port by its id; the middle of the side if there is no such port.
 * @param {End} end
 * @param {"input"|"output"} side
 * @param {string|null} port
 */
export function portOf({ box, node }, side, port) {
  const ports = side === "input" ? node?.inputs ?? [] : node?.outputs ?? [];
  const at = ports.findIndex(({ id }) => id === port);
  return at < 0 ? portPoint(box, side, 0, 1) : portPoint(box, side, at, ports.length);
}
