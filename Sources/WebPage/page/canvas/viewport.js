// What part of the canvas the window shows: a scale and a move. Pure arithmetic.

/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("../types.js").Box} Box */
/** @typedef {{x: number, y: number, scale: number}} Viewport window = canvas × scale + (x, y) */
/** @typedef {{width: number, height: number}} Size */

export const limits = { least: 0.05, most: 3 };

/**
 * @param {Viewport} viewport
 * @param {Point} point of the window
 * @returns {Point} of the canvas
 */
export function toCanvas(viewport, { x, y }) {
  return { x: (x - viewport.x) / viewport.scale, y: (y - viewport.y) / viewport.scale };
}

/**
 * @param {Viewport} viewport
 * @param {Point} point of the canvas
 * @returns {Point} of the window
 */
export function toWindow(viewport, { x, y }) {
  return { x: x * viewport.scale + viewport.x, y: y * viewport.scale + viewport.y };
}

/**
 * Zooms by a factor, with the canvas under a point of the window staying there.
 * @param {Viewport} viewport
 * @param {number} factor
 * @param {Point} at
 * @returns {Viewport}
 */
export function zoomed(viewport, factor, at) {
  const scale = Math.min(limits.most, Math.max(limits.least, viewport.scale * factor));
  const fixed = toCanvas(viewport, at);
  return { scale, x: at.x - fixed.x * scale, y: at.y - fixed.y * scale };
}

/**
 * The viewport that shows a whole box in the middle, at most at natural size.
 * @param {Box|null} box
 * @param {Size} size
 * @param {number} [margin]
 * @returns {Viewport}
 */
export function fitted(box, size, margin = 40) {
  if (!box || size.width <= 0 || size.height <= 0) return { x: 0, y: 0, scale: 1 };
  // In a small window the margin is small, too.
  const room = (/** @type {number} */ length) => length - 2 * Math.min(margin, length / 8);
  const scale = Math.max(
    limits.least,
    Math.min(1, room(size.width) / Math.max(box.width, 1), room(size.height) / Math.max(box.height, 1)),
  );
  return {
    scale,
    x: (size.width - box.width * scale) / 2 - box.x * scale,
    y: (size.height - box.height * scale) / 2 - box.y * scale,
  };
}

/**
 * The viewport moved as little as needed to show a box.
 * @param {Viewport} viewport
 * @param {Box} box
 * @param {Size} size
 * @param {number} [margin]
 * @returns {Viewport}
 */
export function revealed(viewport, box, size, margin = 24) {
  const { scale } = viewport;
  const shift = (/** @type {number} */ from, /** @type {number} */ to, /** @type {number} */ length) => {
    if (to - from > length - 2 * margin) return length / 2 - (from + to) / 2;
    if (from < margin) return margin - from;
    return to > length - margin ? length - margin - to : 0;
  };
  const a = toWindow(viewport, box);
  return {
    scale,
    x: viewport.x + shift(a.x, a.x + box.width * scale, size.width),
    y: viewport.y + shift(a.y, a.y + box.height * scale, size.height),
  };
}
