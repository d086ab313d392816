// The notebook of a node as the run leaves it, in a frame that has no access to this page.

import { fill, h } from "../dom.js";
import { keepOption, option } from "./options.js";
import { button, select, toggle } from "./parts.js";
import { failedCell } from "./state.js";
import { statusSign } from "./words.js";

/** @typedef {import("../types.js").Context} Context */
/** @typedef {import("./state.js").NodeState} NodeState */

/** The time between two loads of a notebook that runs, in milliseconds. */
const PAUSE = 1500;

export class NotebookView {
  /** @type {HTMLIFrameElement | null} */
  #frame = null;
  /** @type {HTMLIFrameElement | null} */
  #coming = null;
  #follows = option("notebook-follow", true);
  #shownCells = -1;
  #version = 0;
  #isClosed = false;
  #timer = 0;
  #loaded = 0;
  #listed = "";
  /** @type {number | null} */
  #cell;

  /**
   * @param {Context} context
   * @param {{run: string, place: number, label: string}} subject
   * @param {number | null} cell the number of the cell to show, from 1
   * @param {(cell: number) => void} chosen
   */
  constructor(context, subject, cell, chosen) {
    this.context = context;
    this.subject = subject;
    this.chosen = chosen;
    this.#cell = cell;
    this.path = `runs/${encodeURIComponent(subject.run)}/nodes/${subject.place}/notebook`;
    this.cells = h("span", { class: "notebook-cells" });
    this.failed = button("error", "Failed cell", () => this.#toFailed(), { kind: "small danger-text" });
    this.failed.hidden = true;
    this.follow = toggle("Follow", "Reload as cells finish, and show the last one", this.#follows, (isOn) => {
      this.#follows = isOn;
      keepOption("notebook-follow", isOn);
      if (isOn) this.#load();
    });
    this.more = button("refresh", "Reload", () => this.#load(), { kind: "small" });
    this.frames = h("div", { class: "notebook-frames" });
    const open = h("a", {
      class: "button small",
      href: context.api.address(this.path),
      target: "_blank",
      rel: "noopener",
    }, "Open in a tab");
    const download = h("a", {
      class: "button small",
      href: context.api.address(this.path, { download: 1 }),
      download: true,
    }, "Download .ipynb");
    this.element = h(
      "div",
      { class: "notebook" },
      h(
        "div",
        { class: "log-bar", role: "toolbar", "aria-label": "Notebook" },
        this.cells,
        this.failed,
        this.follow,
        this.more,
        h("span", { class: "spring" }),
        open,
        download,
      ),
      this.frames,
    );
  }

  close() {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** @param {NodeState} node */
  show(node) {
    this.node = node;
    const isOver = node.settled;
    const done = isOver ? 1_000_000 : node.cellsDone;
    this.follow.hidden = isOver;
    const failed = failedCell(node);
    this.failed.hidden = failed === null;
    if (failed) {
      setLabel(this.failed, `Cell ${failed.index + 1} ${failed.status === "failed" ? "failed" : "ended the run"}`);
    }
    this.#drawCells(node);
    if (this.#shownCells < 0) this.#load();
    else if (done !== this.#shownCells && (this.#follows || isOver)) this.#later();
    this.more.hidden = isOver || this.#follows;
    const missing = done - this.#shownCells;
    if (!isOver && !this.#follows && missing > 0) setLabel(this.more, `Reload: ${missing} more`);
    else setLabel(this.more, "Reload");
  }

  /** @param {NodeState} node */
  #drawCells(node) {
    const code = node.cells.filter((cell) => cell.code);
    const key = code.map((cell) => `${cell.index}${cell.status}`).join();
    if (key === this.#listed) return;
    this.#listed = key;
    if (code.length === 0) return fill(this.cells);
    const choices = code.map((cell) => ({
      value: String(cell.index + 1),
      label: `${statusSign(cell.status)} ${cell.index + 1}  ${cell.firstLine}`.slice(0, 70),
    }));
    const list = select("Go to a cell", [{ value: "", label: `${code.length} cells` }, ...choices], "", (value) => {
      if (value !== "") this.chosen(Number(value));
      list.value = "";
    });
    fill(this.cells, list);
  }

  #toFailed() {
    const cell = this.node && failedCell(this.node);
    if (cell) this.chosen(cell.index + 1);
  }

  /** Shows a cell. @param {number} cell its number, from 1 */
  goTo(cell) {
    this.#cell = cell;
    if (this.#follows && this.node && !this.node.settled) {
      this.#follows = false;
      this.follow.setAttribute("aria-pressed", "false");
    }
    this.#load();
  }

  #later() {
    if (this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      this.#load();
    }, Math.max(0, this.#loaded + PAUSE - performance.now()));
  }

  /** Loads the notebook behind the one that is shown, and shows it when it is there, so that nothing flickers. */
  #load() {
    const { api } = this.context;
    if (api.state !== "online") {
      // The browser's own page of errors would replace what is shown.
      api.addEventListener("connection", () => !this.#isClosed && this.#load(), { once: true });
      return;
    }
    const node = this.node;
    const isFollowing = this.#follows && node && !node.settled;
    const last = isFollowing ? node.cells.findLast((cell) => cell.status !== "pending" && cell.code)?.index : undefined;
    const anchor = this.#cell ?? (last === undefined ? null : last + 1);
    const hash = anchor === null ? "" : `#cell-${anchor}`;
    this.#shownCells = node?.settled ? 1_000_000 : node?.cellsDone ?? 0;
    this.#loaded = performance.now();
    this.#coming?.remove();
    const frame = h("iframe", {
      class: "notebook-frame coming",
      sandbox: "allow-scripts",
      title: `Notebook of ${this.subject.label}`,
      src: api.address(this.path, { v: this.#version++ }) + hash,
    });
    this.#coming = frame;
    frame.addEventListener("load", () => {
      if (this.#coming !== frame) return;
      this.#frame?.remove();
      this.#frame = frame;
      this.#coming = null;
      frame.classList.remove("coming");
    });
    this.frames.append(frame);
  }
}

/** @param {HTMLElement} element @param {string} text */
function setLabel(element, text) {
  const label = element.lastChild;
  if (label && label.textContent !== text) label.textContent = text;
}
