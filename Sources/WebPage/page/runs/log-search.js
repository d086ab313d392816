// The search field of a log: matches with their number, next and previous.

import { h } from "../dom.js";
import { MOST_MATCHES, patternOf, Search } from "./find.js";
import { button, searchField, toggle } from "./parts.js";

/** @typedef {import("./log.js").LogView} LogView */
/** @typedef {import("./log-line.js").Mark} Mark */

/** For how many milliseconds a slice of the search runs. */
const SLICE = 12;

export class LogSearch {
  /** @type {Search | null} */
  #search = null;
  #current = -1;
  #timer = 0;
  #query = { text: "", matchCase: false, isPattern: false };
  #wantsFirst = false;

  /** @param {LogView} view */
  constructor(view) {
    this.view = view;
    this.field = searchField("Search the output", "", (text) => this.#change({ text }));
    this.count = h("span", { class: "log-count", role: "status" });
    this.element = h(
      "div",
      { class: "log-search" },
      this.field,
      toggle("Aa", "Match case", false, (matchCase) => this.#change({ matchCase })),
      toggle(".*", "Regular expression", false, (isPattern) => this.#change({ isPattern })),
      this.count,
      button("up", "Previous match (Shift+Enter)", () => this.move(-1), { iconOnly: true }),
      button("down", "Next match (Enter)", () => this.move(1), { iconOnly: true }),
    );
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.move(event.shiftKey ? -1 : 1);
    });
  }

  close() {
    clearTimeout(this.#timer);
  }

  focus() {
    this.field.focus();
    this.field.select();
  }

  /** @param {Partial<{text: string, matchCase: boolean, isPattern: boolean}>} change */
  #change(change) {
    Object.assign(this.#query, change);
    this.restart();
    this.#wantsFirst = this.#search !== null;
    this.view.draw();
  }

  /** Searches again from the first line. */
  restart() {
    const pattern = patternOf(this.#query);
    this.field.setAttribute("aria-invalid", String(pattern === null && this.#query.text !== ""));
    this.#search = pattern ? new Search(this.view.source.lines, pattern) : null;
    this.#current = -1;
    this.#drawCount();
  }

  /** Searches the lines that were not searched, in slices between which the page can draw. */
  goOn() {
    const search = this.#search;
    if (!search || this.#timer) return;
    const before = search.matches.length;
    const start = performance.now();
    const isDone = search.step(() => performance.now() - start < SLICE, this.view.source.isWhole);
    if (!isDone) {
      this.#timer = setTimeout(() => {
        this.#timer = 0;
        this.goOn();
      }, 0);
    }
    if (this.#wantsFirst && search.matches.length > 0) {
      this.#wantsFirst = false;
      this.#select(search.from(this.view.firstLine));
    } else if (search.matches.length > before) {
      this.view.draw();
    }
    this.#drawCount(!isDone);
  }

  /** Goes to another match. @param {number} step 1 or -1 */
  move(step) {
    const count = this.#search?.matches.length ?? 0;
    if (!this.#search || count === 0) return;
    const from = this.#current < 0 ? this.#search.from(this.view.firstLine) - (step > 0 ? 1 : 0) : this.#current;
    this.#select((from + step + count) % count);
  }

  /** @param {number} index */
  #select(index) {
    this.#current = index;
    const match = this.#search?.matches[index];
    if (match) this.view.reveal(match.line);
    this.#drawCount();
  }

  /** @param {boolean} [isSearching] */
  #drawCount(isSearching = this.#timer !== 0) {
    const search = this.#search;
    let text = "";
    if (!search && this.#query.text !== "") text = "not a valid expression";
    else if (search) {
      const total = search.matches.length >= MOST_MATCHES
        ? `${MOST_MATCHES.toLocaleString("en")}+`
        : search.matches.length.toLocaleString("en");
      text = search.matches.length === 0
        ? (isSearching ? "searching…" : "no match")
        : this.#current < 0
        ? total
        : `${(this.#current + 1).toLocaleString("en")} of ${total}`;
    }
    if (this.count.textContent !== text) this.count.textContent = text;
  }

  /** The matches in a line. @param {number} line @returns {Mark[]} */
  marks(line) {
    const search = this.#search;
    if (!search || search.matches.length === 0) return [];
    /** @type {Mark[]} */
    const marks = [];
    const first = search.from(line);
    for (let index = first; index < search.matches.length && search.matches[index].line === line; index += 1) {
      const { from, to } = search.matches[index];
      marks.push({ from, to, isCurrent: index === this.#current });
    }
    return marks;
  }
}
