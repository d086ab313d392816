// One run: its nodes as list, graph and timeline with one selection, and the panel of the selected node. States come
// by their own stream, which no log delays.

import { fill, h, isWriting } from "../dom.js";
import { runAddress } from "./addresses.js";
import { Head } from "./head.js";
import { GraphView } from "./graph.js";
import { listed } from "./listing.js";
import { NodeList } from "./nodes.js";
import { keepOption, option } from "./options.js";
import { Pace } from "./pace.js";
import { Panel } from "./panel.js";
import { button, choice, link, loadProblem, searchField, select } from "./parts.js";
import { Splitter } from "./splitter.js";
import { countsOf, stateOf } from "./state.js";
import { followStates } from "./streams.js";
import { statusSign, statusWord, timeOf } from "./words.js";

/** @typedef {import("../types.js").Context} Context */
/** @typedef {import("./state.js").RunState} RunState */
/** @typedef {import("./state.js").NodeState} NodeState */
/** @typedef {"graph" | "timeline"} View */

/** How often times are drawn again while a run goes on, in milliseconds. */
const TICK = 250;
/** With more nodes, a run is shown as a timeline at first: a list is read faster than so large a graph. */
const MANY = 400;

export class Board {
  /** @type {RunState | null} */
  #state = null;
  /** @type {Record<string, any>} */
  #data = {};
  /** @type {import("./streams.js").Stream | null} */
  #stream = null;
  #pace = new Pace(() => this.#draw());
  #timer = 0;
  /** The server's clock minus the browser's, in milliseconds. */
  #skew = 0;
  /** @type {number | null} */
  #selected = null;
  /** @type {number | null} */
  #cell = null;
  #text = "";
  #status = "";
  #order = /** @type {import("./listing.js").Order} */ (option("order", "pipeline"));
  #view = /** @type {View} */ (option("view", ""));
  #isClosed = false;

  /**
   * @param {Context} context
   * @param {Extract<import("../types.js").Route, {name: "run"}>} route
   */
  constructor(context, route) {
    this.context = context;
    this.run = route.run;
    this.element = h(
      "div",
      { class: "run-board" },
      h("p", { class: "run-wait", role: "status" }, `Run ${route.run} is loading …`),
    );
    document.addEventListener("keydown", this.#key);
    this.#route(route);
    this.#load();
  }

  close() {
    this.#isClosed = true;
    this.#stream?.close();
    this.#pace.close();
    document.removeEventListener("keydown", this.#key);
    clearInterval(this.#timer);
    this.list?.close();
    this.panel?.close();
    this.graph?.close();
  }

  /** @param {Extract<import("../types.js").Route, {name: "run"}>} route */
  update(route) {
    this.#route(route);
    this.draw(true);
  }

  /** @param {Extract<import("../types.js").Route, {name: "run"}>} route */
  #route(route) {
    const place = route.node === null ? null : Number(route.node);
    this.#selected = place !== null && Number.isInteger(place) ? place : null;
    this.#cell = route.cell;
  }

  async #load() {
    try {
      this.#data = await this.context.api.get(`runs/${encodeURIComponent(this.run)}`);
    } catch (error) {
      if (this.#isClosed) return;
      const isMissing = /** @type {any} */ (error).status === 404;
      fill(
        this.element,
        loadProblem(
          isMissing ? `There is no run ${this.run} in the record.` : `Run ${this.run} could not be loaded.`,
          error,
          h("p", null, link("#/runs", "All runs")),
          isMissing ? "" : button("refresh", "Load again", () => this.#load()),
        ),
      );
      return;
    }
    if (this.#isClosed) return;
    const now = timeOf(this.#data.now);
    if (now !== null) this.#skew = now - Date.now();
    this.#state = stateOf(this.#data);
    if (this.#state.kind === "notebook") this.#selected = 0;
    this.#build();
    this.#stream = followStates(this.context.api, this.run, this.#state, () => this.draw());
    this.#timer = setInterval(() => {
      if (this.#state && !this.#state.over && !document.hidden && this.element.offsetParent) this.draw();
    }, TICK);
    this.draw();
  }

  #build() {
    const state = /** @type {RunState} */ (this.#state);
    if (this.#view !== "graph" && this.#view !== "timeline") {
      this.#view = state.nodes.length > MANY ? "timeline" : "graph";
    }
    this.head = new Head(this.context, this.#data, {
      filter: (status) => {
        this.#status = this.#status === status ? "" : status;
        this.draw(true);
      },
      select: (place) => this.#select(place),
    });
    this.panel = new Panel(this.context, {
      close: () => this.#select(null),
      cell: (cell) => this.#toCell(cell),
      node: (place) => this.#select(place),
      rerun: (mode, node) => this.context.openRunForm(state.file, { mode, selection: [node.id] }),
      hash: () => runAddress(this.run, this.#selected),
    });
    if (state.kind === "notebook") {
      this.element.classList.add("notebook-run");
      fill(this.element, this.head.element, this.panel.element);
      return;
    }
    this.list = new NodeList({
      selected: (place) => this.#select(place),
      opened: (place) => {
        this.#select(place);
        this.panel?.focus();
      },
    });
    this.graph = new GraphView(this.context, this.#data.view ?? null, {
      selected: (id) => this.#select(this.#state?.nodes.find((other) => other.id === id)?.place ?? null),
      opened: () => this.panel?.focus(),
    });
    this.field = searchField("Filter nodes", "", (text) => {
      this.#text = text;
      this.draw(true);
    });
    this.left = h(
      "div",
      { class: "run-left" },
      h("div", { class: "run-tools" }, this.field, this.#orders(), this.#views()),
      h("div", { class: "run-views" }, this.list.element, this.graph.element),
    );
    const columns = h("div", { class: "run-columns" }, this.left);
    this.splitter = new Splitter(columns, "panel", this.panel.element);
    columns.append(this.splitter.element, this.panel.element);
    fill(this.element, this.head.element, columns);
  }

  #orders() {
    const orders = [
      { value: "pipeline", label: "Order of the pipeline" },
      { value: "start", label: "By start" },
      { value: "duration", label: "By duration" },
      { value: "status", label: "By status" },
      { value: "label", label: "By name" },
    ];
    return select("Order", orders, this.#order, (order) => {
      this.#order = /** @type {import("./listing.js").Order} */ (order);
      keepOption("order", order);
      this.draw(true);
    });
  }

  #views() {
    /** @type {{value: View, label: string}[]} */
    const views = [{ value: "graph", label: "Graph" }, { value: "timeline", label: "Timeline" }];
    return choice("View", views, this.#view, (view) => {
      this.#view = view;
      keepOption("view", view);
      this.draw(true);
    });
  }

  /** Draws soon, however many events came. @param {boolean} [isUrgent] whether a person waits for it */
  draw(isUrgent = false) {
    if (this.#state && !this.#isClosed) this.#pace.call(isUrgent);
  }

  #draw() {
    const state = this.#state;
    if (!state || !this.head || !this.panel) return;
    const now = Date.now() + this.#skew;
    const counts = countsOf(state);
    if (this.#status !== "" && !counts[this.#status]) this.#status = "";
    this.head.show(state, counts, this.#status, now);
    if (this.element.offsetParent) {
      document.title = `${statusSign(state.status)} ${state.name}, run ${state.run}: ${
        statusWord(state.status)
      } – Lyre`;
    }
    this.panel.show(state, this.#selected, this.#cell, now);
    this.#cell = null;
    if (!this.list || !this.left) return;
    this.left.dataset.view = this.#view;
    this.splitter?.show(!this.panel.element.hidden);
    const nodes = listed(state, { text: this.#text, status: this.#status, order: this.#order, now });
    this.list.show(state, nodes, this.#selected, now);
    if (this.#view === "graph") this.graph?.show(state, this.#selected, now);
  }

  /** @param {number | null} place */
  #select(place) {
    if (place === this.#selected) return;
    this.#selected = place;
    this.#cell = null;
    location.replace(runAddress(this.run, place));
    this.draw(true);
  }

  /** @param {number} cell */
  #toCell(cell) {
    location.replace(runAddress(this.run, this.#selected, cell));
    this.panel?.toCell(cell);
  }

  /** @param {KeyboardEvent} event */
  #key = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
    if (!this.element.offsetParent || document.querySelector("dialog[open]")) return;
    if (event.key === "/") this.field?.focus();
    else if (event.key === "Escape" && this.#selected !== null && this.list) {
      this.#select(null);
      this.list.box.focus();
    } else if (event.key === "g" || event.key === "t") {
      const name = event.key === "g" ? "graph" : "timeline";
      /** @type {HTMLElement | null} */ (this.element.querySelector(`.run-choice [data-value="${name}"]`))?.click();
    } else return;
    event.preventDefault();
  };
}
