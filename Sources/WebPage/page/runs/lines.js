// The lines of a log in bounded memory, in blocks. No access to the page.

import { endStyle, hasEscapes, PLAIN } from "./ansi.js";

/** @typedef {import("./ansi.js").Style} Style */

/** The number of lines in a block. */
const BLOCK = 1024;
/** A longer line is continued on the next one, so that no line is slow to show. */
export const LONGEST_LINE = 8192;

/** @typedef {{text: string, ends: Uint32Array, styles: Map<number, Readonly<Style>> | null}} Block */

/**
 * The lines of a log. The oldest are removed when there are too many.
 */
export class Lines {
  /** @type {Block[]} */
  #blocks = [];
  /** The last lines, which are not in a block yet. @type {string[]} */
  #open = [];
  /** @type {Map<number, Readonly<Style>>} */
  #openStyles = new Map();
  /** @type {Readonly<Style>} */
  #style = PLAIN;
  /** The text after the last line break. */
  #rest = "";
  #characters = 0;
  #mostLines;
  #mostCharacters;

  /** The number of lines at the beginning that were removed. */
  dropped = 0;

  /**
   * @param {number} mostLines how many lines are kept at least
   * @param {number} mostCharacters about how many characters are kept
   */
  constructor(mostLines = 1_000_000, mostCharacters = 160_000_000) {
    this.#mostLines = mostLines;
    this.#mostCharacters = mostCharacters;
  }

  /** The number of lines that were ever added; those before `dropped` are gone. */
  get end() {
    return this.dropped + this.#blocks.length * BLOCK + this.#open.length + (this.#rest === "" ? 0 : 1);
  }

  /** The number of lines that will not change any more. */
  get complete() {
    return this.dropped + this.#blocks.length * BLOCK + this.#open.length;
  }

  /** The number of lines that are kept. */
  get count() {
    return this.end - this.dropped;
  }

  /** Appends text, which may end within a line. @param {string} text */
  append(text) {
    let from = 0;
    for (;;) {
      const end = text.indexOf("\n", from);
      if (end < 0) break;
      this.#addLine(this.#rest + text.slice(from, end));
      this.#rest = "";
      from = end + 1;
    }
    this.#rest = overwritten(this.#rest + text.slice(from), false);
    while (this.#rest.length > LONGEST_LINE) {
      const part = this.#rest.slice(0, cut(this.#rest));
      this.#rest = this.#rest.slice(part.length);
      this.#push(part);
    }
    this.#forget();
  }

  /** @param {string} text */
  #addLine(text) {
    let line = overwritten(text, true);
    while (line.length > LONGEST_LINE) {
      const part = line.slice(0, cut(line));
      line = line.slice(part.length);
      this.#push(part);
    }
    this.#push(line);
  }

  /** @param {string} line */
  #push(line) {
    if (this.#style !== PLAIN) this.#openStyles.set(this.#open.length, this.#style);
    if (hasEscapes(line)) this.#style = endStyle(line, this.#style);
    this.#open.push(line);
    this.#characters += line.length;
    if (this.#open.length < BLOCK) return;
    const ends = new Uint32Array(BLOCK);
    let end = 0;
    for (const [index, text] of this.#open.entries()) ends[index] = end += text.length;
    const styles = this.#openStyles.size > 0 ? this.#openStyles : null;
    this.#blocks.push({ text: this.#open.join(""), ends, styles });
    this.#open = [];
    this.#openStyles = new Map();
  }

  #forget() {
    let first = 0;
    let lines = this.#blocks.length * BLOCK + this.#open.length;
    while (
      first < this.#blocks.length &&
      (lines - BLOCK >= this.#mostLines || this.#characters > this.#mostCharacters)
    ) {
      lines -= BLOCK;
      this.#characters -= this.#blocks[first].text.length;
      first += 1;
    }
    if (first === 0) return;
    this.#blocks.splice(0, first);
    this.dropped += first * BLOCK;
  }

  /** The line with a number from `dropped` to `end`, with its escape sequences. @param {number} number */
  line(number) {
    const index = number - this.dropped;
    if (index < 0) return "";
    const place = Math.floor(index / BLOCK);
    if (place < this.#blocks.length) {
      const { text, ends } = this.#blocks[place];
      const offset = index % BLOCK;
      return text.slice(offset === 0 ? 0 : ends[offset - 1], ends[offset]);
    }
    const offset = index - this.#blocks.length * BLOCK;
    return offset < this.#open.length ? this.#open[offset] : offset === this.#open.length ? this.#rest : "";
  }

  /** The style at the beginning of a line. @param {number} number @returns {Readonly<Style>} */
  style(number) {
    const index = number - this.dropped;
    const place = Math.floor(index / BLOCK);
    if (place < this.#blocks.length) return this.#blocks[place]?.styles?.get(index % BLOCK) ?? PLAIN;
    const offset = index - this.#blocks.length * BLOCK;
    return offset >= this.#open.length ? this.#style : this.#openStyles.get(offset) ?? PLAIN;
  }

  /** All lines that are kept, with their escape sequences. @returns {Generator<string>} */
  *[Symbol.iterator]() {
    for (let number = this.dropped; number < this.end; number += 1) yield this.line(number);
  }
}

/** Where a long line is cut: not within a character of two code units. @param {string} line */
function cut(line) {
  const code = line.charCodeAt(LONGEST_LINE - 1);
  return code >= 0xd800 && code < 0xdc00 ? LONGEST_LINE - 1 : LONGEST_LINE;
}

/**
 * What a terminal shows of a line with carriage returns: the text after the last one, as of a progress bar.
 *
 * @param {string} line
 * @param {boolean} isWhole whether the line has ended
 */
function overwritten(line, isWhole) {
  if (!line.includes("\r")) return line;
  const text = isWhole ? line.replace(/\r+$/, "") : line;
  // The last return of a line that has not ended may still belong to its line break.
  const last = text.lastIndexOf("\r", text.endsWith("\r") ? text.replace(/\r+$/, "").length - 1 : undefined);
  return last < 0 ? text : text.slice(last + 1);
}
