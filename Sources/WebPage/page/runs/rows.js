// The rows that the lines of a log take on the screen: one each, or more if they wrap. No access to the page.

import { plainText } from "./ansi.js";

const BLOCK = 512;

/**
 * The width of a text in columns of a terminal: 2 for wide characters, 0 for marks.
 *
 * @param {string} text without escape sequences
 */
export function columnsOf(text) {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let columns = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code === 9) columns += 8 - (columns % 8);
    else if (code >= 0x300 && code < 0x370 || code >= 0x200b && code <= 0x200f || code >= 0xfe00 && code < 0xfe10) {
      continue;
    } else columns += isWide(code) ? 2 : 1;
  }
  return columns;
}

/** @param {number} code */
function isWide(code) {
  return code >= 0x1100 && (code <= 0x115f || code >= 0x2e80 && code <= 0xa4cf || code >= 0xac00 && code <= 0xd7a3 ||
    code >= 0xf900 && code <= 0xfaff || code >= 0xfe30 && code <= 0xfe6f || code >= 0xff00 && code <= 0xff60 ||
    code >= 0x1f300 && code <= 0x1faff || code >= 0x20000 && code <= 0x3fffd);
}

/** Which line is in which row. */
export class Rows {
  /** The number of rows of each line, from `first`. */
  #counts = new Uint16Array(4096);
  /** The number of rows of each block of lines. @type {number[]} */
  #sums = [];
  #length = 0;
  #total = 0;

  /**
   * @param {import("./lines.js").Lines} lines
   * @param {number} columns the width in columns; 0 if lines do not wrap
   */
  constructor(lines, columns) {
    this.lines = lines;
    this.columns = columns;
    this.first = lines.dropped;
    this.update();
  }

  /** Takes lines into account that were added or removed. */
  update() {
    if (this.columns === 0) {
      this.first = this.lines.dropped;
      return;
    }
    if (this.lines.dropped > this.first) this.#drop(this.lines.dropped - this.first);
    // The last line may have grown.
    const last = this.#length - 1;
    if (last >= 0) this.#set(last, this.#rowsOf(this.first + last));
    for (let number = this.first + this.#length; number < this.lines.end; number += 1) {
      if (this.#length === this.#counts.length) {
        const larger = new Uint16Array(this.#counts.length * 2);
        larger.set(this.#counts);
        this.#counts = larger;
      }
      this.#length += 1;
      this.#set(this.#length - 1, this.#rowsOf(number));
    }
  }

  /** @param {number} number */
  #rowsOf(number) {
    return Math.min(65535, Math.max(1, Math.ceil(columnsOf(plainText(this.lines.line(number))) / this.columns)));
  }

  /** @param {number} index @param {number} rows */
  #set(index, rows) {
    const block = Math.floor(index / BLOCK);
    const change = rows - this.#counts[index];
    this.#counts[index] = rows;
    this.#sums[block] = (this.#sums[block] ?? 0) + change;
    this.#total += change;
  }

  /** @param {number} count */
  #drop(count) {
    const dropped = Math.min(count, this.#length);
    this.#counts.copyWithin(0, dropped, this.#length);
    this.#counts.fill(0, this.#length - dropped, this.#length);
    this.#length -= dropped;
    this.first += count;
    this.#sums = [];
    this.#total = 0;
    for (let index = 0; index < this.#length; index += 1) {
      const block = Math.floor(index / BLOCK);
      this.#sums[block] = (this.#sums[block] ?? 0) + this.#counts[index];
      this.#total += this.#counts[index];
    }
  }

  /** The number of rows of all lines. */
  get total() {
    return this.columns === 0 ? this.lines.count : this.#total;
  }

  /** The number of rows of a line. @param {number} number */
  rows(number) {
    return this.columns === 0 ? 1 : this.#counts[number - this.first] || 1;
  }

  /**
   * The line in a row, and its first row.
   *
   * @param {number} row from 0
   * @returns {{line: number, row: number}}
   */
  lineAt(row) {
    if (this.columns === 0) return { line: this.lines.dropped + Math.max(0, row), row };
    let start = 0;
    let block = 0;
    while (block < this.#sums.length - 1 && start + this.#sums[block] <= row) start += this.#sums[block++];
    let index = block * BLOCK;
    while (index < this.#length - 1 && start + this.#counts[index] <= row) start += this.#counts[index++];
    return { line: this.first + index, row: start };
  }

  /** The first row of a line. @param {number} number */
  rowOf(number) {
    if (this.columns === 0) return number - this.lines.dropped;
    const index = Math.max(0, Math.min(number - this.first, this.#length));
    let start = 0;
    const block = Math.floor(index / BLOCK);
    for (let place = 0; place < block; place += 1) start += this.#sums[place];
    for (let place = block * BLOCK; place < index; place += 1) start += this.#counts[place];
    return start;
  }
}
