// The history of a pipeline: a grid of its nodes and runs, with durations.

import { fill, h } from "../dom.js";
import { compareAddress, editAddress, runAddress } from "./addresses.js";
import { gridOf } from "./grid.js";
import { headCell, labelCell, squareCell } from "./history-cells.js";
import { badge, blank, button, link, loadProblem } from "./parts.js";
import { watchRuns } from "./streams.js";
import { clock, counted, duration, isOver, timeOf } from "./words.js";

/** @typedef {import("../types.js").Context} Context */
/** @typedef {import("./grid.js").Grid} Grid */

const MOST = 60;
const MOST_SQUARES = 9000;

export class History {
  /** @type {Grid} */
  #grid = { runs: [], rows: [], longest: 1 };
  /** The selected column, and the row below its head from 0; -1 is the head. */
  #at = { column: -1, row: -1 };
  /** @type {string | null} */
  #marked = null;
  /** Whether there are earlier runs. */
  #isCut = false;
  #isClosed = false;

  /**
   * @param {Context} context
   * @param {string} path
   */
  constructor(context, path) {
    this.context = context;
    this.path = path;
    this.count = h("span", { class: "muted", role: "status" });
    this.body = h("div", { class: "history-body" }, h("p", { class: "run-wait" }, "The history is loading …"));
    this.foot = h("div", { class: "history-foot" });
    this.element = h(
      "div",
      { class: "run-board" },
      h(
        "header",
        { class: "run-head" },
        h("nav", { class: "run-crumbs", "aria-label": "Place" }, link("#/runs", "Runs"), " › ", h("span", null, path)),
        h(
          "div",
          { class: "run-title" },
          h("h1", null, link(editAddress(path), path)),
          this.count,
          h("span", { class: "spring" }),
          button("play", "Run…", () => this.context.openRunForm(path), { kind: "primary" }),
        ),
      ),
      this.body,
      this.foot,
    );
    // Not clicks: the grid may be drawn anew between the press and the release of a button.
    this.body.addEventListener("mousedown", (event) => this.#press(event));
    this.body.addEventListener("dblclick", () => this.#open());
    this.body.addEventListener("keydown", (event) => this.#key(event));
    this.stream = watchRuns(context.api, () => this.#load());
    this.#load();
  }

  update() {
    this.#load();
  }

  close() {
    this.#isClosed = true;
    this.stream.close();
  }

  async #load() {
    try {
      const { runs } = await this.context.api.get("runs", { pipeline: this.path, limit: MOST });
      if (this.#isClosed) return;
      const selected = this.#grid.runs[this.#at.column]?.run;
      const wasLast = this.#at.column === this.#grid.runs.length - 1;
      // The grid stays small enough to be drawn at once.
      const nodes = Math.max(1, ...runs.map((/** @type {any} */ run) => run.nodes?.length ?? 0));
      const kept = runs.slice(0, Math.max(10, Math.floor(MOST_SQUARES / nodes)));
      this.#isCut = kept.length < runs.length || runs.length >= MOST;
      this.#grid = gridOf(kept);
      const place = this.#grid.runs.findIndex((run) => run.run === selected);
      this.#at.column = wasLast || place < 0 ? this.#grid.runs.length - 1 : place;
      this.#draw();
    } catch (error) {
      if (this.#isClosed) return;
      const again = button("refresh", "Load again", () => this.#load());
      fill(this.body, loadProblem("The history could not be loaded.", error, again));
    }
  }

  #draw() {
    const { runs, rows } = this.#grid;
    this.count.textContent = this.#isCut ? `the last ${counted(runs.length, "run")}` : counted(runs.length, "run");
    if (runs.length === 0) {
      fill(
        this.body,
        blank(
          "This pipeline did not run yet.",
          button("play", "Run…", () => this.context.openRunForm(this.path), { kind: "primary" }),
        ),
      );
      fill(this.foot);
      return;
    }
    this.#at.row = Math.min(this.#at.row, rows.length - 1);
    const hasFocus = this.body.contains(document.activeElement);
    const scroll = this.table ? { left: this.body.scrollLeft, top: this.body.scrollTop } : null;
    const table = h("table", {
      class: "history-grid",
      role: "grid",
      "aria-label": `Runs of ${this.path}`,
      "aria-rowcount": rows.length + 1,
      "aria-colcount": runs.length + 1,
    });
    this.table = table;
    table.append(
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          h(
            "th",
            { class: "history-corner", scope: "col" },
            h("span", null, "Node"),
            h("span", { class: "muted" }, "usual time"),
          ),
          runs.map((run, column) => headCell(run, column, this.#grid.longest)),
        ),
      ),
    );
    table.append(
      h(
        "tbody",
        null,
        rows.map((row, index) =>
          h(
            "tr",
            null,
            labelCell(row),
            runs.map((run, column) => squareCell(row.squares[column], run, column, index)),
          )
        ),
      ),
    );
    const isLarge = rows.length === 0;
    fill(
      this.body,
      table,
      isLarge ? blank("Runs with more than 1,000 nodes are listed without them. Open a run.") : null,
    );
    if (scroll) Object.assign(this.body, { scrollLeft: scroll.left, scrollTop: scroll.top });
    else this.body.scrollLeft = this.body.scrollWidth;
    this.#select(this.#at.column, this.#at.row, hasFocus);
  }

  /** @param {number} column @param {number} row @param {boolean} [focus] */
  #select(column, row, focus = false) {
    for (const old of this.body.querySelectorAll("[aria-selected], .in-column")) {
      old.removeAttribute("aria-selected");
      old.classList.remove("in-column");
      old.setAttribute("tabindex", "-1");
    }
    this.#at = { column, row };
    for (const cell of this.body.querySelectorAll(`[data-column="${column}"]`)) cell.classList.add("in-column");
    const cell =
      /** @type {HTMLElement | null} */ (this.body.querySelector(`[data-column="${column}"][data-row="${row}"]`));
    cell?.setAttribute("aria-selected", "true");
    cell?.setAttribute("tabindex", "0");
    if (focus) cell?.focus();
    this.#drawFoot();
  }

  #drawFoot() {
    const run = this.#grid.runs[this.#at.column];
    if (!run) return fill(this.foot);
    const square = this.#at.row < 0 ? null : this.#grid.rows[this.#at.row]?.squares[this.#at.column] ?? null;
    const before = this.#grid.runs[this.#at.column - 1];
    const other = this.#marked ?? (before ? String(before.run) : null);
    const isOther = other !== null && other !== String(run.run);
    fill(
      this.foot,
      h("strong", null, `Run ${run.run}`),
      badge(String(run.status)),
      h(
        "span",
        { class: "muted" },
        `${clock(timeOf(run.started), Date.now())}${isOver(String(run.status)) ? `, ${duration(run.seconds)}` : ""}`,
      ),
      square
        ? [
          h("strong", { class: "history-foot-node" }, square.label),
          badge(square.status),
          h("span", { class: "muted" }, duration(square.seconds)),
        ]
        : null,
      h("span", { class: "spring" }),
      isOther
        ? button("horizontal", `Compare with run ${other}`, () => this.#compare(/** @type {string} */ (other)), {
          kind: "small",
        })
        : null,
      button("link", this.#marked === String(run.run) ? "Marked to compare" : "Mark to compare", () => this.#mark(), {
        kind: "small",
        title: "Mark this run, then select the one to compare it with (M)",
      }),
      button("open", square ? "Open the node" : "Open the run", () => this.#open(), {
        kind: "small primary",
        title: "Open it (Enter)",
      }),
    );
  }

  #mark() {
    const run = String(this.#grid.runs[this.#at.column]?.run);
    this.#marked = this.#marked === run ? null : run;
    this.#drawFoot();
  }

  /** @param {string} other */
  #compare(other) {
    const [a, b] = [other, String(this.#grid.runs[this.#at.column].run)].sort((x, y) => Number(x) - Number(y));
    this.context.navigate(compareAddress(a, b));
  }

  #open() {
    const run = this.#grid.runs[this.#at.column];
    if (!run) return;
    const square = this.#at.row < 0 ? null : this.#grid.rows[this.#at.row]?.squares[this.#at.column] ?? null;
    this.context.navigate(runAddress(run.run, square?.place));
  }

  /** @param {MouseEvent} event */
  #press(event) {
    if (event.button !== 0) return;
    const cell = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-column]"));
    if (!cell) return;
    event.preventDefault();
    this.#select(Number(cell.dataset.column), Number(cell.dataset.row), true);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || !this.table?.contains(/** @type {Node} */ (event.target))) {
      return;
    }
    const { column, row } = this.#at;
    const last = { column: this.#grid.runs.length - 1, row: this.#grid.rows.length - 1 };
    /** @type {Record<string, [number, number]>} */
    const moves = {
      ArrowLeft: [column - 1, row],
      ArrowRight: [column + 1, row],
      ArrowUp: [column, row - 1],
      ArrowDown: [column, row + 1],
      Home: [0, row],
      End: [last.column, row],
      PageUp: [column, -1],
      PageDown: [column, last.row],
    };
    const move = moves[event.key];
    if (move) {
      this.#select(Math.max(0, Math.min(last.column, move[0])), Math.max(-1, Math.min(last.row, move[1])), true);
    } else if (event.key === "Enter" || event.key === " ") this.#open();
    else if (event.key.toLowerCase() === "m") this.#mark();
    else return;
    event.preventDefault();
  }
}
