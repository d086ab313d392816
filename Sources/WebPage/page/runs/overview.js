// All runs, of pipelines and of notebooks, newest first.

import { explain } from "../api.js";
import { debounced, fill, h } from "../dom.js";
import { keepOption, option } from "./options.js";
import { badge, blank, button, countText, drawCountBar, hashPath, link, searchField, select } from "./parts.js";
import { Stream } from "./streams.js";
import { ago, baseName, clock, counted, duration, isFailure, isOver, timeOf } from "./words.js";

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
    const reload = debounced(150, () => this.#load());
    this.stream = new Stream(context.api, "watch", () => ({}), { runs: () => reload.call() });
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
      fill(
        this.list,
        blank(
          "The runs could not be loaded.",
          h("p", null, explain(error)),
          button("refresh", "Load again", () => this.#load()),
        ),
      );
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
    const top = this.list.scrollTop;
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.focus : undefined;
    const heads = ["", "Status", "Run", "File", "Nodes", "Started", "Duration"];
    fill(
      this.list,
      h(
        "table",
        { class: "run-table runs-table" },
        h(
          "thead",
          null,
          h(
            "tr",
            null,
            heads.map((name, index) =>
              h(index === 0 ? "td" : "th", {
                scope: index === 0 ? null : "col",
                class: name === "Duration" ? "number" : null,
              }, name)
            ),
          ),
        ),
        h("tbody", null, shown.map((run) => this.#row(run))),
      ),
      this.#runs.length >= this.#limit
        ? h("p", { class: "runs-more" }, button("down", "Show earlier runs", () => this.#more()))
        : null,
    );
    this.list.scrollTop = top;
    if (focused) {
      /** @type {HTMLElement | null} */ (this.list.querySelector(`[data-focus="${CSS.escape(focused)}"]`))?.focus();
    }
  }

  #more() {
    this.#limit += PAGE;
    this.#load();
  }

  /** @param {Run} run */
  #row(run) {
    const id = String(run.run);
    const address = `#/runs/${encodeURIComponent(id)}`;
    const started = timeOf(run.started);
    const isPipeline = run.kind !== "notebook";
    const check = h("input", {
      type: "checkbox",
      "aria-label": `Choose run ${id} to compare`,
      data: { focus: `check-${id}` },
    });
    check.checked = this.#chosen.includes(id);
    check.addEventListener("change", () => {
      this.#chosen = check.checked ? [...this.#chosen, id].slice(-2) : this.#chosen.filter((other) => other !== id);
      this.#draw();
    });
    const bar = h("div", { class: "run-count-bar" });
    if (isPipeline) drawCountBar(bar, run.counts ?? {});
    const file = String(run.file ?? "");
    const row = h(
      "tr",
      { data: { run: id } },
      h("td", { class: "runs-check" }, isPipeline ? check : null),
      h("td", null, badge(String(run.status))),
      h("td", null, h("a", { href: address, class: "run-link", data: { focus: `run-${id}` } }, id)),
      h(
        "td",
        { class: "file" },
        isPipeline && run.inside !== false ? link(`#/history/${hashPath(file)}`, file) : h("span", null, file),
        run.name && !baseName(file).startsWith(run.name) ? h("span", { class: "muted" }, ` ${run.name}`) : null,
      ),
      h(
        "td",
        { class: "counts" },
        isPipeline
          ? [bar, h("span", { class: "hidden-text" }, countText(run.counts ?? {}))]
          : h("span", { class: "muted" }, "notebook"),
      ),
      h(
        "td",
        { title: started === null ? null : new Date(started).toLocaleString() },
        started === null ? "" : `${clock(started, Date.now())}`,
        h("span", { class: "muted" }, started === null ? "" : ` ${ago(started, Date.now())}`),
      ),
      h(
        "td",
        { class: "number", data: { running: isOver(String(run.status)) ? null : String(started) } },
        runTime(run),
      ),
    );
    row.addEventListener("click", (event) => {
      if (/** @type {Element} */ (event.target).closest("a, input")) return;
      if (getSelection()?.toString()) return;
      this.context.navigate(address);
    });
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
    this.context.navigate(`#/compare/${encodeURIComponent(a)}/${encodeURIComponent(b)}`);
  }
}

/** @param {Run} run */
function runTime(run) {
  const started = timeOf(run.started);
  if (isOver(String(run.status)) || started === null) return duration(run.seconds);
  return duration((Date.now() - started) / 1000);
}

/**
 * Whether a run fits the filter.
 *
 * @param {Run} run
 * @param {string} text
 * @param {string} status
 * @param {string} kind
 */
export function fits(run, text, status, kind) {
  const state = String(run.status);
  const isStopped = state === "interrupted" || state === "stopped" || state === "killed";
  const isGood = state === "succeeded" || state === "cached";
  if (status === "running" && isOver(state)) return false;
  if (status === "good" && !isGood) return false;
  if (status === "stopped" && !isStopped) return false;
  if (status === "bad" && (isStopped || !isFailure(state))) return false;
  if (kind !== "" && (run.kind === "notebook" ? "notebook" : "pipeline") !== kind) return false;
  const all = `${run.run} ${run.file} ${run.name ?? ""} ${
    (run.nodes ?? []).map((/** @type {any} */ node) => node.label).join(" ")
  }`.toLowerCase();
  return text.toLowerCase().split(/\s+/).every((word) => all.includes(word));
}
