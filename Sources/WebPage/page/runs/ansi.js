// Escape sequences of terminals: texts with colours as spans. No access to the page.

/**
 * @typedef {object} Style
 * @property {number | string | null} color 0 to 15, or a colour of CSS
 * @property {number | string | null} back
 * @property {boolean} bold
 * @property {boolean} faint
 * @property {boolean} italic
 * @property {boolean} underline
 * @property {boolean} strike
 * @property {boolean} inverse
 *
 * @typedef {{text: string, style: Style}} Span
 */

/** @type {Readonly<Style>} */
export const PLAIN = Object.freeze({
  color: null,
  back: null,
  bold: false,
  faint: false,
  italic: false,
  underline: false,
  strike: false,
  inverse: false,
});

const ESCAPE = "\x1b";

// Sequences with parameters (CSI), texts for the terminal (OSC and the like), character sets, and single ones;
// an escape without a known end counts alone. The length is limited so that the search stays linear.
const SEQUENCE =
  // deno-lint-ignore no-control-regex
  /\x1b(?:\[([0-?]{0,256})[ -/]{0,8}([@-~])|[\]P_^X][^\x07\x1b\n]{0,4096}(?:\x07|\x1b\\)?|[ -/][ -~]|[0-Z\\`-~])?/g;

// Control characters that a page would show as boxes or that move the cursor.
// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f]/g;

/** The text without escape sequences and control characters. @param {string} text */
export function plainText(text) {
  const visible = text.includes(ESCAPE) ? text.replace(SEQUENCE, "") : text;
  return visible.replace(CONTROL, "");
}

/** Whether a text changes the style of the text after it. @param {string} text */
export function hasEscapes(text) {
  return text.includes(ESCAPE);
}

/**
 * The parts of a line with their styles.
 *
 * @param {string} text
 * @param {Readonly<Style>} start the style at its beginning
 * @returns {{spans: Span[], end: Readonly<Style>}}
 */
export function spansOf(text, start = PLAIN) {
  /** @type {Span[]} */
  const spans = [];
  let style = start;
  let from = 0;
  const put = (/** @type {string} */ part) => {
    const visible = part.replace(CONTROL, "");
    if (visible !== "") spans.push({ text: visible, style });
  };
  if (text.includes(ESCAPE)) {
    for (const match of text.matchAll(SEQUENCE)) {
      put(text.slice(from, match.index));
      from = match.index + match[0].length;
      if (match[2] === "m") style = styleAfter(style, match[1] ?? "");
    }
  }
  put(text.slice(from));
  return { spans, end: style };
}

/** The style after a text. @param {string} text @param {Readonly<Style>} start @returns {Readonly<Style>} */
export function endStyle(text, start = PLAIN) {
  if (!text.includes(ESCAPE)) return start;
  let style = start;
  for (const match of text.matchAll(SEQUENCE)) {
    if (match[2] === "m") style = styleAfter(style, match[1] ?? "");
  }
  return style;
}

/** @param {Readonly<Style>} style @param {string} parameters @returns {Readonly<Style>} */
function styleAfter(style, parameters) {
  if (!/^[0-9;:]*$/.test(parameters)) return style;
  const groups = parameters.split(";");
  const codes = groups.map(number);
  /** @type {Style} */
  let next = { ...style };
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index];
    if (groups[index].includes(":")) {
      applyGroup(next, groups[index].split(":").map(number));
    } else if (code === 38 || code === 48 || code === 58) {
      const found = extendedColor(codes, index + 1);
      if (!found) break;
      setColor(next, code, found.color);
      index += found.length;
    } else if (code === 0) {
      next = { ...PLAIN };
    } else {
      apply(next, code);
    }
  }
  return isPlain(next) ? PLAIN : next;
}

/** @param {string} code */
function number(code) {
  return Math.min(Number(code.split(":", 1)[0].slice(0, 5)), 65535);
}

/** @param {Style} style @param {number} code 38, 48, or 58, which gives underlines a colour @param {number | string} color */
function setColor(style, code, color) {
  if (code === 38) style.color = color;
  else if (code === 48) style.back = color;
}

/** Codes that belong together: `38:2::255:0:0`, `4:3`. @param {Style} style @param {number[]} codes */
function applyGroup(style, codes) {
  const [code, kind] = codes;
  if (code === 4) style.underline = kind !== 0;
  else if (code === 38 || code === 48 || code === 58) {
    // The name of the colour space may stand before red, green and blue.
    const found = extendedColor(kind === 2 && codes.length > 5 ? [2, ...codes.slice(3)] : codes.slice(1), 0);
    if (found) setColor(style, code, found.color);
  } else apply(style, code);
}

/** @param {Style} style @param {number} code */
function apply(style, code) {
  if (code >= 30 && code <= 37) style.color = code - 30;
  else if (code === 39) style.color = null;
  else if (code >= 40 && code <= 47) style.back = code - 40;
  else if (code === 49) style.back = null;
  else if (code >= 90 && code <= 97) style.color = code - 82;
  else if (code >= 100 && code <= 107) style.back = code - 92;
  else if (code === 1) style.bold = true;
  else if (code === 2) style.faint = true;
  else if (code === 3) style.italic = true;
  else if (code === 4 || code === 21) style.underline = true;
  else if (code === 7) style.inverse = true;
  else if (code === 9) style.strike = true;
  else if (code === 22) style.bold = style.faint = false;
  else if (code === 23) style.italic = false;
  else if (code === 24) style.underline = false;
  else if (code === 27) style.inverse = false;
  else if (code === 29) style.strike = false;
}

/** @param {Style} style */
function isPlain(style) {
  return style.color === null && style.back === null && !style.bold && !style.faint &&
    !style.italic && !style.underline && !style.strike && !style.inverse;
}

/**
 * A colour by number, or by red, green and blue, and the number of its codes.
 *
 * @param {number[]} codes
 * @param {number} at
 * @returns {{color: number | string, length: number} | null}
 */
function extendedColor(codes, at) {
  if (codes[at] === 5 && codes[at + 1] < 256) {
    return { color: numberedColor(codes[at + 1]), length: 2 };
  }
  const parts = codes.slice(at + 1, at + 4);
  if (codes[at] === 2 && parts.length === 3 && parts.every((part) => part < 256)) {
    return { color: `rgb(${parts.join(",")})`, length: 4 };
  }
  return null;
}

/** A colour of xterm's table of 256. @param {number} number @returns {number | string} */
function numberedColor(number) {
  if (number < 16) return number;
  if (number >= 232) {
    const gray = (number - 232) * 10 + 8;
    return `rgb(${gray},${gray},${gray})`;
  }
  const levels = [0, 95, 135, 175, 215, 255];
  const cube = number - 16;
  const parts = [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6];
  return `rgb(${parts.map((part) => levels[part]).join(",")})`;
}
