// The graph of a run: the drawing of the editor, with the states of the nodes.

import { withExpanded } from "../canvas/expansion.js";
import { h } from "../dom.js";
import { Pace } from "./pace.js";
import { blank } from "./parts.js";
import { nodeSeconds } from "./state.js";
import { statesOf } from "./graph-states.js";

/** @typedef {import("../types.js").Context} Context */
/** @typedef {import("./state.js").RunState} RunState */

export class GraphView {
  /** @type {import("../canvas/canvas.js").Canvas | null} */
  #canvas = null;
  /** @type {ResizeObserver | null} */
  #observer = null;
  #fitted = "";
  #isLoading = false;
  #isClosed = false;
  #key = "";
  #pace = new Pace(() => this.#drawStates());
  /** What is to be shown. @type {{state: RunState, selected: number | null, now: number} | null} */
  #next = null;
  /** @type {string | null} */
  #selected = null;

  /**
   * @param {Context} context
   * @param {import("../types.js").View | null} view
   * @param {{selected: (id: string | null) => void, opened: (id: string) => void}} actions
   */
  constructor(context, view, actions) {
    this.context = context;
    this.view = view;
    this.actions = actions;
    this.element = h("div", { class: "run-graph" });
    if (!view) this.element.append(blank("The record does not have the graph of this run."));
  }

  close() {
    this.#isClosed = true;
    this.#pace.close();
    this.#observer?.disconnect();
    this.#canvas?.remove();
  }

  async #load() {
    if (!this.view || this.#isLoading) return;
    this.#isLoading = true;
    const { Canvas } = await this.context.canvas();
    if (this.#isClosed) return;
    const canvas = new Canvas(this.element, { readOnly: true, label: "Graph of the run" });
    canvas.show(this.view);
    canvas.addEventListener("select", (event) => {
      const { ids } = /** @type {CustomEvent} */ (event).detail;
      const id = ids.at(-1) ?? null;
      if (id === this.#selected) return;
      this.#selected = id;
      this.actions.selected(id);
    });
    canvas.addEventListener("open", (event) => {
      const { id } = /** @type {CustomEvent} */ (event).detail;
      const { subflow } = canvas.scene.items.get(id)?.data ?? {};
      if (subflow) canvas.openFlow(subflow);
      else this.actions.opened(id);
    });
    canvas.addEventListener("toggle", (event) => {
      const { id, expanded } = /** @type {CustomEvent} */ (event).detail;
      if (canvas.view) canvas.show(withExpanded(canvas.view, id, expanded));
    });
    this.#canvas = canvas;
    // The graph fits its place until somebody moves it.
    this.#observer = new ResizeObserver(() => {
      if (this.#fitted !== "" && this.#fitted !== JSON.stringify(canvas.camera.viewport)) return;
      canvas.camera.fit();
      this.#fitted = JSON.stringify(canvas.camera.viewport);
    });
    this.#observer.observe(this.element);
    this.#show();
  }

  /** @param {RunState} state @param {number | null} selected @param {number} now */
  show(state, selected, now) {
    this.#next = { state, selected, now };
    if (this.#canvas) this.#show();
    else this.#load();
  }

  #show() {
    const canvas = this.#canvas;
    if (!canvas || !this.#next) return;
    const { state, selected } = this.#next;
    this.#pace.call();
    const id = state.nodes.find((node) => node.place === selected)?.id ?? null;
    if (id === this.#selected) return;
    this.#selected = id;
    canvas.select(id === null ? [] : [id], { quiet: true, reveal: id !== null });
  }

  #drawStates() {
    if (!this.#canvas || !this.view || !this.#next) return;
    const { state, now } = this.#next;
    const key = state.nodes.map((node) =>
      `${node.status}${node.attempts}${node.cellsDone}${Math.floor(nodeSeconds(node, now) ?? 0)}`
    ).join();
    if (key === this.#key) return;
    this.#key = key;
    this.#canvas.setStates(statesOf(this.view, state, now));
  }
}
