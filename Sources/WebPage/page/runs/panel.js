// The panel of a node: its output, its notebook and its details in tabs.

import { fill, h } from "../dom.js";
import { runAddress } from "./addresses.js";
import { DetailsView } from "./details.js";
import { LogView } from "./log.js";
import { NotebookView } from "./notebook.js";
import { keepOption, option } from "./options.js";
import { copyLink } from "./copying.js";
import { badge, blank, button, link } from "./parts.js";
import { nodeSeconds } from "./state.js";
import { duration, isOver } from "./words.js";

/** @typedef {import("../types.js").Context} Context */
/** @typedef {import("./state.js").NodeState} NodeState */
/** @typedef {import("./state.js").RunState} RunState */
/** @typedef {"output" | "notebook" | "details"} Tab */

const LABELS = { output: "Output", notebook: "Notebook", details: "Details" };

export class Panel {
  /** @type {LogView | null} */
  #log = null;
  /** @type {NotebookView | null} */
  #notebook = null;
  /** @type {DetailsView | null} */
  #details = null;
  /** @type {number | null} */
  #place = null;
  /** @type {Tab} */
  #tab = "output";
  /** @type {number | null} */
  #cell = null;
  /** @type {RunState | null} */
  #state = null;
  #headKey = "";

  /**
   * @param {Context} context
   * @param {{close: () => void, cell: (cell: number) => void, node: (place: number) => void, rerun: (mode: string, node: NodeState) => void, hash: () => string}} actions
   */
  constructor(context, actions) {
    this.context = context;
    this.actions = actions;
    this.head = h("div", { class: "run-panel-head" });
    this.tabs = h("div", { class: "run-panel-tabs", role: "tablist", "aria-label": "Node" });
    this.body = h("div", { class: "run-panel-body", role: "tabpanel", id: "run-panel-body" });
    this.element = h("section", { class: "run-panel", "aria-label": "Node" }, this.head, this.tabs, this.body);
    this.tabs.addEventListener("keydown", (event) => this.#tabKey(event));
  }

  close() {
    this.#closeViews();
  }

  #closeViews() {
    this.#log?.close();
    this.#notebook?.close();
    this.#log = this.#notebook = this.#details = null;
    fill(this.body);
  }

  /**
   * @param {RunState} state
   * @param {number | null} place
   * @param {number | null} cell the number of the cell to show, from 1
   * @param {number} now
   */
  show(state, place, cell, now) {
    this.#state = state;
    const node = state.nodes.find((other) => other.place === place) ?? null;
    this.element.hidden = node === null;
    if (!node) {
      if (this.#place !== null) this.#closeViews();
      this.#place = null;
      return;
    }
    if (node.place !== this.#place) {
      this.#closeViews();
      this.#place = node.place;
      this.#headKey = "";
      this.#cell = cell;
      this.#tab = cell !== null ? "notebook" : this.#firstTab(node);
      this.#drawTabs(node);
    } else if (cell !== null && cell !== this.#cell) {
      this.toCell(cell);
    }
    this.#drawHead(node, state, now);
    this.#drawBody(node, state, now);
  }

  /** @param {NodeState} node @returns {Tab} */
  #firstTab(node) {
    const last = /** @type {Tab} */ (option("tab", "output"));
    if (!(last in LABELS) || (last === "notebook" && !node.hasNotebook)) return "output";
    return last;
  }

  /** @param {NodeState} node */
  #drawTabs(node) {
    /** @type {Tab[]} */
    const names = node.hasNotebook ? ["output", "notebook", "details"] : ["output", "details"];
    fill(
      this.tabs,
      names.map((name) =>
        h("button", {
          type: "button",
          role: "tab",
          id: `run-tab-${name}`,
          "aria-controls": "run-panel-body",
          "aria-selected": String(name === this.#tab),
          tabindex: name === this.#tab ? 0 : -1,
          data: { tab: name },
          on: { click: () => this.#choose(name, true) },
        }, LABELS[name])
      ),
    );
    this.body.setAttribute("aria-labelledby", `run-tab-${this.#tab}`);
  }

  /** @param {Tab} tab @param {boolean} isOwn whether the person chose it */
  #choose(tab, isOwn) {
    this.#tab = tab;
    if (isOwn) keepOption("tab", tab);
    const node = this.#state?.nodes.find((other) => other.place === this.#place);
    if (!node || !this.#state) return;
    this.#drawTabs(node);
    this.#drawBody(node, this.#state, Date.now());
  }

  /** @param {KeyboardEvent} event */
  #tabKey(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const tabs = /** @type {HTMLElement[]} */ ([...this.tabs.children]);
    const at = tabs.findIndex((tab) => tab.dataset.tab === this.#tab);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    this.#choose(/** @type {Tab} */ (next.dataset.tab), true);
    /** @type {HTMLElement | null} */ (this.tabs.querySelector('[aria-selected="true"]'))?.focus();
    event.preventDefault();
  }

  /** Shows a cell of the notebook. @param {number} cell its number, from 1 */
  toCell(cell) {
    this.#cell = cell;
    const isThere = this.#notebook !== null;
    this.#choose("notebook", false);
    if (isThere) this.#notebook?.goTo(cell);
  }

  /** Puts the focus on the panel. */
  focus() {
    /** @type {HTMLElement | null} */ (this.tabs.querySelector('[aria-selected="true"]'))?.focus();
  }

  /** @param {NodeState} node @param {RunState} state @param {number} now */
  #drawHead(node, state, now) {
    const seconds = duration(nodeSeconds(node, now));
    const key = JSON.stringify([node.label, node.status, node.attempts, state.over]);
    if (key === this.#headKey) {
      const time = this.head.querySelector(".run-panel-time");
      if (time && time.textContent !== seconds) time.textContent = seconds;
      return;
    }
    this.#headKey = key;
    const attempts = node.attempts > 1 ? `attempt ${node.attempts}` : "";
    const canRerun = state.kind === "pipeline" && state.over && state.inside;
    fill(
      this.head,
      h("h2", { class: "run-panel-title", title: node.file ?? node.label }, node.label),
      badge(node.status),
      h("span", { class: "run-panel-time" }, seconds),
      attempts ? h("span", { class: "run-panel-time" }, attempts) : null,
      h("span", { class: "spring" }),
      canRerun
        ? button("play", "From here", () => this.actions.rerun("from", node), {
          kind: "small",
          title: "Run this node and those that need it",
        })
        : null,
      canRerun
        ? button("play", "Only this", () => this.actions.rerun("only", node), {
          kind: "small",
          title: "Run only this node",
        })
        : null,
      copyLink(this.context, this.actions.hash, "Copy a link to this node"),
      state.kind === "pipeline"
        ? button("close", "Close the panel", this.actions.close, { iconOnly: true, title: "Close the panel (Escape)" })
        : null,
    );
  }

  /** @param {NodeState} node @param {RunState} state @param {number} now */
  #drawBody(node, state, now) {
    const view = this.#viewOf(node, state);
    if (this.body.firstElementChild !== view.element) {
      // Frames load again when they are moved, so views stay in the panel and are hidden.
      for (const child of this.body.children) /** @type {HTMLElement} */ (child).hidden = child !== view.element;
      if (view.element.parentElement !== this.body) this.body.append(view.element);
      for (const old of [...this.body.querySelectorAll(":scope > .run-blank")]) if (old !== view.element) old.remove();
    }
    view.element.hidden = false;
    if (this.#tab === "notebook") this.#notebook?.show(node);
    if (this.#tab === "details") this.#details?.show(node, state, now);
  }

  /** @param {NodeState} node @param {RunState} state @returns {{element: HTMLElement}} */
  #viewOf(node, state) {
    const subject = { run: state.run, place: node.place, label: node.label, isNotebook: state.kind === "notebook" };
    if (this.#tab === "details") {
      return this.#details ??= new DetailsView(this.actions.cell, this.actions.node);
    }
    const isThere = node.status === "cached"
      ? (this.#tab === "notebook" ? node.hasResult : node.hasLog)
      : node.hasLog || node.started !== null;
    if (!isThere) {
      const why = waitText(node);
      const old = /** @type {HTMLElement | null} */ (this.body.querySelector(":scope > .run-blank"));
      if (old?.firstElementChild?.textContent === why) return { element: old };
      const run = String(node.cachedRun);
      return {
        element: blank(why, node.status === "cached" ? link(runAddress(run, node.place), `Show run ${run}`) : ""),
      };
    }
    if (this.#tab === "notebook") {
      return this.#notebook ??= new NotebookView(this.context, subject, this.#cell, this.actions.cell);
    }
    return this.#log ??= new LogView(this.context, subject);
  }
}

/** Why a node has no output. @param {NodeState} node */
function waitText(node) {
  if (node.status === "blocked") return "This node did not run, because a node that it needs failed.";
  if (node.status === "skipped") return "This node was not selected for this run.";
  if (node.status === "cached") {
    return `This node did not run, because nothing changed since run ${node.cachedRun}.`;
  }
  if (isOver(node.status)) return "This node did not run, because the run ended before.";
  return "This node has not started. Its output appears here.";
}
