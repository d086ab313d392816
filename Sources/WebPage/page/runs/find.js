// The search in a log: in slices, so that a long log does not block the page. No access to the page.

import { plainText } from "./ansi.js";

/** @typedef {{line: number, from: number, to: number}} Match Places in the visible text of a line. */
/** @typedef {{text: string, matchCase: boolean, isPattern: boolean}} Query */

/** How many matches are counted at most. */
export const MOST_MATCHES = 100_000;

/**
 * The matches of a query in a line.
 *
 * @param {string} line its visible text
 * @param {RegExp} pattern with the flag g
 * @returns {{from: number, to: number}[]}
 */
export function matchesIn(line, pattern) {
  const found = [];
  pattern.lastIndex = 0;
  for (const match of line.matchAll(pattern)) {
    if (match[0] !== "") found.push({ from: match.index, to: match.index + match[0].length });
    if (found.length >= 1000) break;
  }
  return found;
}

/**
 * The pattern of a query; null if it is empty or not valid.
 *
 * @param {Query} query
 * @returns {RegExp | null}
 */
export function patternOf({ text, matchCase, isPattern }) {
  if (text === "") return null;
  const flags = matchCase ? "gu" : "giu";
  try {
    return new RegExp(isPattern ? text : text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), flags);
  } catch {
    return null;
  }
}

/** A search that goes on as lines arrive. */
export class Search {
  /** @type {Match[]} */
  matches = [];
  /** The number of the first line that was not searched. */
  next;

  /**
   * @param {import("./lines.js").Lines} lines
   * @param {RegExp} pattern
   */
  constructor(lines, pattern) {
    this.lines = lines;
    this.pattern = pattern;
    this.next = lines.dropped;
  }

  /** Whether more matches are not counted. */
  get isFull() {
    return this.matches.length >= MOST_MATCHES;
  }

  /**
   * Searches for a while.
   *
   * @param {() => boolean} goesOn whether there is time left, asked every 256 lines
   * @param {boolean} isWhole whether the last line has ended
   * @returns {boolean} whether everything is searched
   */
  step(goesOn, isWhole) {
    this.next = Math.max(this.next, this.lines.dropped);
    if (this.matches.length > 0 && this.matches[0].line < this.lines.dropped) {
      this.matches = this.matches.filter((match) => match.line >= this.lines.dropped);
    }
    const end = isWhole ? this.lines.end : this.lines.complete;
    while (this.next < end && !this.isFull) {
      if (this.next % 256 === 0 && !goesOn()) return false;
      for (const match of matchesIn(plainText(this.lines.line(this.next)), this.pattern)) {
        this.matches.push({ line: this.next, ...match });
      }
      this.next += 1;
    }
    return true;
  }

  /** The first match at or after a line; the first of all if there is none. @param {number} line */
  from(line) {
    let low = 0;
    let high = this.matches.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.matches[middle].line < line) low = middle + 1;
      else high = middle;
    }
    return low < this.matches.length ? low : 0;
  }
}
