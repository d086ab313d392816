// Where things lie on the canvas: boxes, ports, links. Pure arithmetic.

/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("../types.js").Box} Box */

/** Space between an expanded super node's frame and its contents. */
export const frame = { side: 12, top: 34, bottom: 12 };

/**
 * The nodes and comments of a flow, without the connections of a super node: those stand where the others leave room.
 * @param {import("../types.js").Flow} flow
 */
export function objectsOf({ nodes, comments }) {
  return [...nodes.filter(({ kind }) => kind !== "binding"), ...comments];
}

/**
 * The smallest box around boxes; null around none.
 * @param {Iterable<Box>} boxes
 * @returns {Box|null}
 */
export function bounds(boxes) {
  let left = Infinity, top = Infinity, right = -Infinity, bottom = -Infinity;
  for (const box of boxes) {
    left = Math.min(left, box.x);
    top = Math.min(top, box.y);
    right = Math.max(right, box.x + box.width);
    bottom = Math.max(bottom, box.y + box.height);
  }
  return left > right ? null : { x: left, y: top, width: right - left, height: bottom - top };
}

/**
 * The box with two corners, in any order.
 * @param {Point} a
 * @param {Point} b
 * @returns {Box}
 */
export function boxBetween(a, b) {
  return { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
}

/**
 * @param {Box} a
 * @param {Box} b
 */
export function overlap(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/**
 * @param {Box} box
 * @param {Point} point
 */
export function contains(box, { x, y }) {
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
}

/**
 * @param {Box} box
 * @returns {Point}
 */
export function center(box) {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/**
 * The point of a port on a box's side.
 * @param {Box} box
 * @param {"input"|"output"} side
 * @param {number} index
 * @param {number} count
 * @returns {Point}
 */
export function portPoint(box, side, index, count) {
  const x = side === "input" ? box.x : box.x + box.width;
  return { x, y: box.y + (box.height * (index + 1)) / (Math.max(count, 1) + 1) };
}

/**
 * The four points of the curve between an output and an input.
 * @param {Point} from
 * @param {Point} to
 * @returns {[Point, Point, Point, Point]}
 */
export function linkCurve(from, to) {
  const dx = to.x - from.x;
  // Backwards the curve swings out, more when it would lie flat over the nodes.
  const reach = dx >= 0 ? Math.max(24, dx / 2) : Math.min(160, 48 - dx / 3);
  const lift = dx < 0 && Math.abs(to.y - from.y) < 48 ? 72 : 0;
  return [from, { x: from.x + reach, y: from.y + lift }, { x: to.x - reach, y: to.y + lift }, to];
}

/**
 * @param {[Point, Point, Point, Point]} curve
 * @param {number} t
 * @returns {Point}
 */
export function curvePoint([a, b, c, d], t) {
  const u = 1 - t;
  const [p, q, r, s] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
  return { x: p * a.x + q * b.x + r * c.x + s * d.x, y: p * a.y + q * b.y + r * c.y + s * d.y };
}

/** @param {number} value */
function short(value) {
  return Math.round(value * 10) / 10;
}

/**
 * The path of a curve; it ends 6 px early, where the arrow head begins.
 * @param {[Point, Point, Point, Point]} curve
 */
export function curvePath([a, b, c, d]) {
  return `M${short(a.x)} ${short(a.y)}C${short(b.x)} ${short(b.y)} ${short(c.x - 6)} ${short(c.y)} ${short(d.x - 6)} ${
    short(d.y)
  }`;
}

/**
 * An arrow head that points right, with its tip at a point.
 * @param {Point} tip
 */
export function arrowPath({ x, y }) {
  return `M${short(x)} ${short(y)}L${short(x - 8)} ${short(y - 4)}L${short(x - 8)} ${short(y + 4)}Z`;
}

/**
 * Where the straight line from a box's centre towards a point leaves the box.
 * @param {Box} box
 * @param {Point} towards
 * @returns {Point}
 */
export function edgePoint(box, towards) {
  const from = center(box);
  const dx = towards.x - from.x, dy = towards.y - from.y;
  if (dx === 0 && dy === 0) return from;
  const scale = Math.min(
    dx === 0 ? Infinity : box.width / 2 / Math.abs(dx),
    dy === 0 ? Infinity : box.height / 2 / Math.abs(dy),
  );
  return { x: from.x + dx * Math.min(scale, 1), y: from.y + dy * Math.min(scale, 1) };
}

/**
 * The straight line between two boxes' edges.
 * @param {Box} a
 * @param {Box} b
 */
export function straightPath(a, b) {
  const from = edgePoint(a, center(b)), to = edgePoint(b, center(a));
  return `M${short(from.x)} ${short(from.y)}L${short(to.x)} ${short(to.y)}`;
}

/**
 * Whether a curve passes through a box.
 * @param {[Point, Point, Point, Point]} curve
 * @param {Box} box
 */
export function curveCrosses(curve, box) {
  for (let step = 1; step < 24; step += 1) {
    if (contains(box, curvePoint(curve, step / 24))) return true;
  }
  return false;
}

/**
 * How the contents of a super node fit into its box: the scale, and the move after it.
 * @param {Box} box of the super node
 * @param {Box|null} contents
 * @returns {{scale: number, x: number, y: number}}
 */
export function fitInside(box, contents) {
  const width = Math.max(box.width - 2 * frame.side, 8);
  const height = Math.max(box.height - frame.top - frame.bottom, 8);
  if (!contents) return { scale: 1, x: box.x + frame.side, y: box.y + frame.top };
  const scale = Math.min(1, width / Math.max(contents.width, 1), height / Math.max(contents.height, 1));
  return {
    scale,
    x: box.x + frame.side + (width - contents.width * scale) / 2 - contents.x * scale,
    y: box.y + frame.top + (height - contents.height * scale) / 2 - contents.y * scale,
  };
}

/**
 * A free place for a box near a point: the point itself, else steps to the right and down.
 * @param {Box} wanted
 * @param {Box[]} others
 * @returns {Point}
 */
export function freePlace(wanted, others) {
  const box = { ...wanted };
  for (let tries = 0; tries < 200 && others.some((other) => overlap(grown(box, 8), other)); tries += 1) {
    box.y += 20;
    if (tries % 12 === 11) {
      box.x += 40;
      box.y = wanted.y;
    }
  }
  return { x: box.x, y: box.y };
}

/**
 * @param {Box} box
 * @param {number} by
 * @returns {Box}
 */
export function grown(box, by) {
  return { x: box.x - by, y: box.y - by, width: box.width + 2 * by, height: box.height + 2 * by };
}
