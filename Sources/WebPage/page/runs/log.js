// The output of a node: a log that follows, of which only the lines in the window exist as elements.

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { plainText } from "./ansi.js";
import { LogSearch } from "./log-search.js";
import { LogSource } from "./log-source.js";
import { drawLine } from "./log-line.js";
import { keepOption, option } from "./options.js";
import { copyText } from "./copying.js";
import { button, select, toggle } from "./parts.js";
import { Rows } from "./rows.js";
import { counted, size } from "./words.js";

/** @typedef {import("../types.js").Context} Context */
/** @typedef {import("./log-source.js").Choice} Choice */

const ROW = 18;
/** Browsers cannot scroll through elements of any height; a longer log scrolls faster. */
const TALLEST = 8_000_000;
const MOST_COPIED = 50_000_000;

export class LogView {
  #follows = true;
  #wraps = option("log-wrap", true);
  #frame = 0;
  #ownTop = -1;
  #character = 7.5;

  /**
   * @param {Context} context
   * @param {{run: string, place: number, label: string, isNotebook: boolean}} subject
   */
  constructor(context, subject) {
    this.context = context;
    this.subject = subject;
    this.lines = h("div", { class: "log-lines" });
    this.space = h("div", { class: "log-space" });
    this.probe = h("span", { class: "log-probe", "aria-hidden": "true" }, "0".repeat(40));
    this.body = h(
      "div",
      { class: "log-body", tabindex: 0, role: "region", "aria-label": `Output of ${subject.label}` },
      this.space,
      this.lines,
      this.probe,
    );
    this.state = h("span", { class: "log-state", role: "status" });
    this.source = this.#newSource("all");
    this.rows = new Rows(this.source.lines, 0);
    this.search = new LogSearch(this);
    this.follow = toggle("Follow", "Follow the end of the output (F)", true, (isOn) => this.#setFollow(isOn));
    this.wrap = toggle("Wrap", "Wrap long lines (W)", this.#wraps, (isOn) => this.#setWrap(isOn));
    this.element = h("div", { class: "log" }, this.#bar(), this.body, h("div", { class: "log-foot" }, this.state));
    this.body.addEventListener("scroll", () => this.#scrolled());
    this.element.addEventListener("keydown", (event) => this.#key(event));
    this.observer = new ResizeObserver(() => this.#resized());
    this.observer.observe(this.body);
  }

  #bar() {
    const path = `runs/${encodeURIComponent(this.subject.run)}/nodes/${this.subject.place}/log`;
    const streams = [
      { value: "all", label: "All output" },
      { value: "stdout", label: "stdout" },
      { value: "stderr", label: "stderr" },
    ];
    return h(
      "div",
      { class: "log-bar", role: "toolbar", "aria-label": "Output" },
      this.search.element,
      select("Stream", streams, "all", (value) => this.#change(/** @type {Choice} */ (value))),
      this.wrap,
      this.follow,
      button("copy", "Copy the output", () => this.#copy(), { iconOnly: true }),
      h("a", {
        class: "icon-button",
        href: this.context.api.address(path, { download: 1 }),
        download: true,
        title: "Download the whole log",
        "aria-label": "Download the whole log",
      }, icon("download")),
    );
  }

  /** @param {Choice} choice */
  #newSource(choice) {
    const { run, place, isNotebook } = this.subject;
    const source = new LogSource(this.context.api, run, place, choice, isNotebook);
    source.addEventListener("change", () => this.draw());
    return source;
  }

  /** @param {Choice} choice */
  #change(choice) {
    this.source.close();
    this.source = this.#newSource(choice);
    this.rows = new Rows(this.source.lines, this.#columns());
    this.search.restart();
    this.#setFollow(true);
  }

  close() {
    cancelAnimationFrame(this.#frame);
    this.source.close();
    this.search.close();
    this.observer.disconnect();
  }

  /** Draws before the next picture, however much has changed. */
  draw() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw() {
    this.rows.update();
    this.search.goOn();
    const height = this.body.clientHeight;
    const total = this.rows.total * ROW + 8;
    const tall = Math.max(height, Math.min(total, TALLEST));
    this.space.style.height = `${tall}px`;
    if (this.#follows) {
      this.body.scrollTop = tall;
      this.#ownTop = this.body.scrollTop;
    }
    const most = Math.max(1, tall - height);
    const top = total <= TALLEST ? this.body.scrollTop : (this.body.scrollTop / most) * (total - height);
    this.#drawLines(top, height);
    this.#drawState();
  }

  /** @param {number} top @param {number} height */
  #drawLines(top, height) {
    const { lines } = this.source;
    const start = this.rows.lineAt(Math.max(0, Math.floor(top / ROW)));
    const digits = String(lines.end).length;
    const elements = [];
    let row = start.row;
    for (let number = start.line; number < lines.end && row * ROW < top + height + ROW; number += 1) {
      const count = this.rows.rows(number);
      elements.push(drawLine(lines, number, count * ROW, digits, this.search.marks(number)));
      row += count;
    }
    this.lines.replaceChildren(...elements);
    this.lines.classList.toggle("wraps", this.#wraps);
    this.lines.style.transform = `translateY(${this.body.scrollTop + start.row * ROW - top}px)`;
  }

  #drawState() {
    const { lines, isWhole, bytes, left, problem, isCut } = this.source;
    let text = problem ??
      (lines.count === 0
        ? (isWhole ? "No output." : "No output yet.")
        : `${counted(lines.end, "line")}, ${size(bytes)}`);
    if (left > 0) text += `; the lines of the first ${size(left)} are not counted and only in the download`;
    if (lines.dropped > 0) text += `; the first ${counted(lines.dropped, "line")} are only in the download`;
    if (!isWhole && lines.count > 0) text += this.#follows ? " · following" : " · more arrives";
    if (isCut) text += ` · the record has the rest of this output without its streams: choose “All output”`;
    if (this.state.textContent !== text) this.state.textContent = text;
  }

  /** Scrolls to a line. @param {number} line */
  reveal(line) {
    this.#setFollow(false);
    this.rows.update();
    const height = this.body.clientHeight;
    const total = this.rows.total * ROW + 8;
    const wanted = Math.max(0, Math.min(this.rows.rowOf(line) * ROW - height / 3, total - height));
    const tall = Math.max(height, Math.min(total, TALLEST));
    this.space.style.height = `${tall}px`;
    this.body.scrollTop = total <= TALLEST ? wanted : (wanted / Math.max(1, total - height)) * (tall - height);
    this.#ownTop = this.body.scrollTop;
    this.draw();
  }

  /** The first line in the window. */
  get firstLine() {
    return Number(/** @type {HTMLElement | null} */ (this.lines.firstElementChild)?.dataset.line ?? 0);
  }

  #scrolled() {
    if (Math.abs(this.body.scrollTop - this.#ownTop) > 1) {
      const isAtEnd = this.body.scrollTop + this.body.clientHeight >= this.body.scrollHeight - ROW;
      if (isAtEnd !== this.#follows) this.#setFollow(isAtEnd);
    }
    this.#ownTop = -1;
    this.draw();
  }

  /** @param {boolean} isOn */
  #setFollow(isOn) {
    this.#follows = isOn;
    this.follow.setAttribute("aria-pressed", String(isOn));
    this.draw();
  }

  /** @param {boolean} isOn */
  #setWrap(isOn) {
    const line = this.firstLine;
    this.#wraps = isOn;
    this.wrap.setAttribute("aria-pressed", String(isOn));
    keepOption("log-wrap", isOn);
    this.rows = new Rows(this.source.lines, this.#columns());
    if (this.#follows) this.draw();
    else this.reveal(line);
  }

  #columns() {
    if (!this.#wraps) return 0;
    const gutter = 28 + String(this.source.lines.end).length * this.#character;
    return Math.max(20, Math.floor((this.body.clientWidth - gutter - 8) / this.#character));
  }

  #resized() {
    this.#character = this.probe.getBoundingClientRect().width / 40 || this.#character;
    const columns = this.#columns();
    if (columns !== this.rows.columns) this.rows = new Rows(this.source.lines, columns);
    this.draw();
  }

  async #copy() {
    const parts = [];
    let length = 0;
    for (const line of this.source.lines) {
      length += line.length + 1;
      if (length > MOST_COPIED) break;
      parts.push(plainText(line));
    }
    if (length > MOST_COPIED) {
      this.context.toast("This output is too long for the clipboard. Download it instead.", "warning");
      return;
    }
    const isCopied = await copyText(`${parts.join("\n")}\n`);
    const text = isCopied
      ? `${counted(parts.length, "line")} copied.`
      : "The browser did not allow copying. Download the output instead.";
    this.context.toast(text, isCopied ? "success" : "warning");
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const isFind = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "f";
    const isField = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (isFind || (event.key === "/" && !isField)) this.search.focus();
    else if (isField || event.ctrlKey || event.altKey || event.metaKey) return;
    else if (event.key === "w") this.#setWrap(!this.#wraps);
    else if (event.key === "f") this.#setFollow(!this.#follows);
    else if (event.key === "n") this.search.move(1);
    else if (event.key === "N") this.search.move(-1);
    else if (event.key === "Home" && event.target === this.body) this.reveal(this.source.lines.dropped);
    else if (event.key === "End" && event.target === this.body) this.#setFollow(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
