// All runs, of pipelines and of notebooks, newest first.

import { fill, h } from "../dom.js";
import { compareAddress, runAddress } from "./addresses.js";
import { keepOption, option } from "./options.js";
import { blank, button, loadProblem, searchField, select } from "./parts.js";
import { fits } from "./run-filter.js";
import { fillRow, updateRow } from "./overview-row.js";
import { watchRuns } from "./streams.js";
import { counted, duration } from "./words.js";

/** @typedef {import("../types.js").Context} Context */
/** @typedef {Record<string, any>} Run */

const PAGE = 100;

export class Overview {
  /** @type {Run[]} */
  #runs = [];
  #limit = PAGE;
  #text = option("runs-text", "");
  #status = option("runs-status", "");
  #kind = option("runs-kind", "");
  /** @type {string[]} */
  #chosen = [];
  /** @type {Map<string, {row: HTMLTableRowElement, key: string}>} */
  #rows = new Map();
  #isClosed = false;
  #timer = 0;

  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    const statuses = [
      { value: "", label: "Any status" },
      { value: "running", label: "Running" },
      { value: "good", label: "Ok" },
      { value: "bad", label: "Failed" },
      { value: "stopped", label: "Stopped or killed" },
    ];
    const kinds = [{ value: "", label: "Any kind" }, { value: "pipeline", label: "Pipelines" }, {
      value: "notebook",
      label: "Notebooks",
    }];
    this.compare = button("horizontal", "Compare", () => this.#compare(), {
      title: "Choose two runs of one pipeline to compare them",
    });
    this.count = h("span", { class: "muted", role: "status" });
    const heads = ["", "Status", "Run", "File", "Nodes", "Started", "Duration"];
    const head = heads.map((name, index) =>
      h(index === 0 ? "td" : "th", {
        scope: index === 0 ? null : "col",
        class: name === "Duration" ? "number" : null,
      }, name)
    );
    this.table = h(
      "table",
      { class: "run-table runs-table" },
      h("thead", null, h("tr", null, head)),
      h("tbody", null),
    );
    this.more = h("p", { class: "runs-more" }, button("down", "Show earlier runs", () => this.#more()));
    this.list = h("div", { class: "runs-list" }, h("p", { class: "run-wait" }, "Runs are loading …"));
    this.element = h(
      "div",
      { class: "run-board runs-overview" },
      h(
        "header",
        { class: "run-head" },
        h(
          "div",
          { class: "run-title" },
          h("h1", null, "Runs"),
          this.count,
          h("span", { class: "spring" }),
          this.compare,
        ),
        h(
          "div",
          { class: "run-tools" },
          searchField("Filter by file, name or number", this.#text, (text) => this.#filter({ text })),
          select("Status", statuses, this.#status, (status) => this.#filter({ status })),
          select("Kind", kinds, this.#kind, (kind) => this.#filter({ kind })),
        ),
      ),
      this.list,
    );
    this.stream = watchRuns(context.api, () => this.#load());
    this.#timer = setInterval(() => this.#tick(), 1000);
    this.#load();
  }

  update() {
    this.#load();
  }

  close() {
    this.#isClosed = true;
    this.stream.close();
    clearInterval(this.#timer);
  }

  async #load() {
    try {
      const { runs } = await this.context.api.get("runs", { limit: this.#limit });
      if (this.#isClosed) return;
      this.#runs = runs;
      this.#draw();
    } catch (error) {
      if (this.#isClosed || this.#runs.length > 0) return;
      const again = button("refresh", "Load again", () => this.#load());
      fill(this.list, loadProblem("The runs could not be loaded.", error, again));
    }
  }

  /** @param {{text?: string, status?: string, kind?: string}} change */
  #filter({ text = this.#text, status = this.#status, kind = this.#kind }) {
    [this.#text, this.#status, this.#kind] = [text, status, kind];
    keepOption("runs-text", text);
    keepOption("runs-status", status);
    keepOption("runs-kind", kind);
    this.#draw();
  }

  #draw() {
    const shown = this.#runs.filter((run) => fits(run, this.#text, this.#status, this.#kind));
    this.count.textContent = shown.length === this.#runs.length
      ? counted(shown.length, "run")
      : `${shown.length} of ${counted(this.#runs.length, "run")}`;
    this.#chosen = this.#chosen.filter((run) => shown.some((other) => String(other.run) === run));
    this.#drawCompare();
    if (this.#runs.length === 0) {
      fill(
        this.list,
        blank(
          "Nothing ran yet.",
          h(
            "p",
            null,
            "Run a pipeline in its editor, or in a terminal: ",
            h("code", null, "lyre pipeline run FILE"),
            ". Runs appear here by themselves.",
          ),
        ),
      );
      return;
    }
    if (shown.length === 0) {
      fill(this.list, blank("No run fits the filter."));
      return;
    }
    this.#drawTable(shown);
  }

  /**
   * Draws the rows that changed. The others stay as they are: a row that were made anew under the pointer would lose
   * its click.
   *
   * @param {Run[]} shown
   */
  #drawTable(shown) {
    if (this.table.parentElement !== this.list) fill(this.list, this.table, this.more);
    this.more.hidden = this.#runs.length < this.#limit;
    const rows = shown.map((run) => this.#row(run));
    const body = this.table.tBodies[0];
    if (rows.length !== body.children.length || rows.some((row, index) => row !== body.children[index])) {
      const focused = document.activeElement;
      body.replaceChildren(...rows);
      if (focused instanceof HTMLElement && body.contains(focused)) focused.focus();
    }
    const kept = new Set(this.#runs.map((run) => String(run.run)));
    for (const id of this.#rows.keys()) if (!kept.has(id)) this.#rows.delete(id);
  }

  #more() {
    this.#limit += PAGE;
    this.#load();
  }

  /** @param {Run} run */
  #row(run) {
    const id = String(run.run);
    const key = JSON.stringify([run.status, run.file, run.name, run.started, this.#chosen.includes(id)]);
    const old = this.#rows.get(id);
    const row = old?.row ?? h("tr", { data: { run: id } });
    if (!old) {
      row.addEventListener("click", (event) => {
        if (/** @type {Element} */ (event.target).closest("a, input")) return;
        if (getSelection()?.toString()) return;
        this.context.navigate(runAddress(id));
      });
    }
    if (old?.key !== key) {
      const focused = row.contains(document.activeElement)
        ? /** @type {HTMLElement} */ (document.activeElement).dataset.focus
        : undefined;
      fillRow(row, run, {
        isChosen: this.#chosen.includes(id),
        choose: (isChosen) => {
          this.#chosen = isChosen ? [...this.#chosen, id].slice(-2) : this.#chosen.filter((other) => other !== id);
          this.#draw();
        },
      });
      if (focused) /** @type {HTMLElement | null} */ (row.querySelector(`[data-focus="${focused}"]`))?.focus();
    }
    this.#rows.set(id, { row, key });
    updateRow(row, run);
    return row;
  }

  #tick() {
    if (document.hidden || !this.element.offsetParent) return;
    for (const cell of this.list.querySelectorAll("td[data-running]")) {
      const started = Number(/** @type {HTMLElement} */ (cell).dataset.running);
      if (started > 0) cell.textContent = duration((Date.now() - started) / 1000);
    }
  }

  #drawCompare() {
    const files = new Set(this.#chosen.map((id) => this.#runs.find((run) => String(run.run) === id)?.file));
    this.compare.disabled = this.#chosen.length !== 2 || files.size !== 1;
  }

  #compare() {
    const [a, b] = [...this.#chosen].sort((x, y) => Number(x) - Number(y));
    this.context.navigate(compareAddress(a, b));
  }
}
