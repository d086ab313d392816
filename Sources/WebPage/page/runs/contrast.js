// Colours of terminals as texts that can be read on light and on dark. No access to the page.

/** @typedef {[number, number, number]} Color Red, green and blue from 0 to 255. */

/** @type {Color} */
const LIGHT = [246, 247, 249];
/** @type {Color} */
const DARK = [43, 49, 57];
/** The contrast that small text needs. */
const ENOUGH = 4.6;
/** @type {Map<string, string>} */
const known = new Map();

/**
 * A colour for texts: darker on a light page and lighter on a dark one, as far as it must be to be read.
 *
 * @param {string} color `rgb(…)`
 */
export function readable(color) {
  const found = known.get(color);
  if (found) return found;
  const parts = color.match(/\d+/g)?.map(Number) ?? [];
  const own = /** @type {Color} */ ([parts[0] ?? 0, parts[1] ?? 0, parts[2] ?? 0]);
  const result = `light-dark(${text(moved(own, LIGHT, 0))}, ${text(moved(own, DARK, 255))})`;
  if (known.size > 2000) known.clear();
  known.set(color, result);
  return result;
}

/** @param {Color} color */
function text(color) {
  return `rgb(${color.join(",")})`;
}

/** The colour, moved towards black or white until it has contrast. @param {Color} color @param {Color} ground @param {number} end */
function moved(color, ground, end) {
  for (let step = 0; step <= 20; step += 1) {
    const next = /** @type {Color} */ (color.map((part) => Math.round(part + ((end - part) * step) / 20)));
    if (contrast(next, ground) >= ENOUGH) return next;
  }
  return /** @type {Color} */ ([end, end, end]);
}

/** The contrast of two colours, as the guidelines for accessibility define it. @param {Color} a @param {Color} b */
export function contrast(a, b) {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

/** @param {Color} color */
function luminance(color) {
  const [red, green, blue] = color.map((part) => {
    const value = part / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
