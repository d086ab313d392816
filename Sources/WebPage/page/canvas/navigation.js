// Where the focus goes on the canvas: groups of linked nodes for Tab, neighbours for arrows. Pure.

import { center, objectsOf } from "./geometry.js";

/** @typedef {import("../types.js").Flow} Flow */
/** @typedef {import("../types.js").Box} Box */
/** @typedef {"left"|"right"|"up"|"down"} Direction */

/**
 * The groups of nodes and comments that are linked with one another, each in reading order, as ids.
 * @param {Flow} flow
 * @returns {string[][]}
 */
export function groups(flow) {
  const items = objectsOf(flow);
  /** @type {Map<string, string>} */
  const leader = new Map(items.map(({ id }) => [id, id]));
  const find = (/** @type {string} */ id) => {
    let at = id;
    while (leader.get(at) !== at) {
      const next = /** @type {string} */ (leader.get(at));
      leader.set(at, /** @type {string} */ (leader.get(next)));
      at = /** @type {string} */ (leader.get(at));
    }
    return at;
  };
  for (const { source, target } of flow.links) {
    if (leader.has(source) && leader.has(target)) leader.set(find(source), find(target));
  }
  const order = [...items].sort(reading);
  /** @type {Map<string, string[]>} */
  const result = new Map();
  for (const { id } of order) {
    const key = find(id);
    const group = result.get(key);
    if (group) group.push(id);
    else result.set(key, [id]);
  }
  return [...result.values()];
}

/**
 * @param {{x: number, y: number}} a
 * @param {{x: number, y: number}} b
 */
function reading(a, b) {
  return Math.abs(a.y - b.y) > 20 ? a.y - b.y : a.x - b.x;
}

/**
 * The object that an arrow key leads to: along links to the left and right (first to the link, then to its other
 * end), else to the nearest object in that direction; null at the end.
 * @param {Flow} flow
 * @param {string} id of a node, comment or link
 * @param {Direction} direction
 * @returns {string|null}
 */
export function neighbour(flow, id, direction) {
  const byPosition = new Map([...flow.nodes, ...flow.comments].map((item) => [item.id, item]));
  const height = (/** @type {string} */ end) => byPosition.get(end)?.y ?? 0;
  const link = flow.links.find((candidate) => candidate.id === id);
  if (link) {
    if (direction === "right") return link.target;
    if (direction === "left") return link.source;
    const siblings = flow.links
      .filter(({ source, target }) => source === link.source || target === link.target)
      .sort((a, b) => height(a.target) - height(b.target) || height(a.source) - height(b.source));
    const at = siblings.indexOf(link);
    return siblings[at + (direction === "down" ? 1 : -1)]?.id ?? null;
  }
  const from = byPosition.get(id);
  if (!from) return null;
  if (direction === "right" || direction === "left") {
    const links = flow.links
      .filter(({ source, target }) => (direction === "right" ? source : target) === id)
      .sort((a, b) =>
        height(direction === "right" ? a.target : a.source) - height(direction === "right" ? b.target : b.source)
      );
    if (links.length > 0) return links[0].id;
  }
  return nearest(
    from,
    objectsOf(flow).filter((item) => item !== from),
    direction,
  )?.id ?? null;
}

/**
 * The nearest of boxes in a direction; one that lies straight ahead counts as nearer.
 * @template {Box} B
 * @param {Box} from
 * @param {B[]} candidates
 * @param {Direction} direction
 * @returns {B|null}
 */
export function nearest(from, candidates, direction) {
  const ahead = direction === "left" || direction === "right" ? "x" : "y";
  const aside = ahead === "x" ? "y" : "x";
  const sign = direction === "right" || direction === "down" ? 1 : -1;
  const start = center(from);
  /** @type {B|null} */
  let best = null;
  let least = Infinity;
  for (const candidate of candidates) {
    const point = center(candidate);
    const forward = (point[ahead] - start[ahead]) * sign;
    if (forward <= 1) continue;
    const distance = forward + 2.5 * Math.abs(point[aside] - start[aside]);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}
