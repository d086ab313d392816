// A line of a log as elements: its number, colours, and the matches of a search.

import { h } from "../dom.js";
import { hasEscapes, PLAIN, plainText, spansOf } from "./ansi.js";
import { readable } from "./contrast.js";

/** @typedef {import("./lines.js").Lines} Lines */
/** @typedef {import("./ansi.js").Style} Style */
/** @typedef {{from: number, to: number, isCurrent: boolean}} Mark */

/**
 * @param {Lines} lines
 * @param {number} number
 * @param {number} height in pixels
 * @param {number} digits of the largest line number
 * @param {Mark[]} marks
 */
export function drawLine(lines, number, height, digits, marks) {
  const text = lines.line(number);
  const style = lines.style(number);
  const content = h("span", { class: "log-text" });
  const spans = style === PLAIN && !hasEscapes(text)
    ? [{ text: plainText(text), style: PLAIN }]
    : spansOf(text, style).spans;
  let at = 0;
  for (const span of spans) {
    for (const part of split(span.text, at, marks)) {
      content.append(element(part.text, span.style, part.mark));
    }
    at += span.text.length;
  }
  const line = h(
    "div",
    { class: "log-line", data: { line: number } },
    h("span", { class: "log-number", "aria-hidden": "true" }, String(number + 1).padStart(digits)),
    content,
  );
  line.style.height = `${height}px`;
  return line;
}

/**
 * A text in parts, so that each is within a match or outside.
 *
 * @param {string} text
 * @param {number} start its place in the line
 * @param {Mark[]} marks
 */
function split(text, start, marks) {
  /** @type {{text: string, mark: Mark | null}[]} */
  const parts = [];
  let at = 0;
  for (const mark of marks) {
    const from = Math.max(at, mark.from - start);
    const to = Math.min(text.length, mark.to - start);
    if (to <= from) continue;
    if (from > at) parts.push({ text: text.slice(at, from), mark: null });
    parts.push({ text: text.slice(from, to), mark });
    at = to;
  }
  if (at < text.length) parts.push({ text: text.slice(at), mark: null });
  return parts;
}

/** @param {string} text @param {Readonly<Style>} style @param {Mark | null} mark @returns {Node} */
function element(text, style, mark) {
  if (style === PLAIN && !mark) return document.createTextNode(text);
  const span = h(mark ? "mark" : "span", { class: mark?.isCurrent ? "current" : null }, text);
  if (style === PLAIN) return span;
  const front = style.inverse ? style.back ?? "back" : style.color;
  const back = style.inverse ? style.color ?? "text" : style.back;
  if (typeof front === "number") span.classList.add(`ansi-${style.bold && front < 8 ? front + 8 : front}`);
  else if (front === "back") span.classList.add("ansi-inverse");
  else if (front !== null) span.style.color = back === null ? readable(front) : front;
  if (typeof back === "number") span.classList.add(`ansi-back-${back}`);
  else if (back === "text") span.classList.add("ansi-back-text");
  else if (back !== null) span.style.backgroundColor = back;
  if (style.bold) span.classList.add("ansi-bold");
  if (style.faint) span.classList.add("ansi-faint");
  if (style.italic) span.classList.add("ansi-italic");
  if (style.underline) span.classList.add("ansi-underline");
  if (style.strike) span.classList.add("ansi-strike");
  return span;
}
