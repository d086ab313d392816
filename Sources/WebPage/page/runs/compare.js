// Two runs side by side: statuses and times of their nodes and cells, and their outputs.

import { fill, h } from "../dom.js";
import { compareAddress, historyAddress, runAddress } from "./addresses.js";
import { CompareOutputs } from "./compare-outputs.js";
import { changeText, pairsOf } from "./differences.js";
import { Pace } from "./pace.js";
import { badge, button, link, loadProblem, sign, timeBars } from "./parts.js";
import { nodeSeconds, runSeconds, stateOf } from "./state.js";
import { followStates } from "./streams.js";
import { clock, counted, duration, statusWord } from "./words.js";

/** @typedef {import("../types.js").Context} Context */
/** @typedef {import("./state.js").RunState} RunState */
/** @typedef {import("./state.js").NodeState} NodeState */
/** @typedef {{run: string, data: Record<string, any>, state: RunState}} Side */

export class Compare {
  /** @type {Side[]} */
  #sides = [];
  /** @type {import("./streams.js").Stream[]} */
  #streams = [];
  /** @type {string | null} */
  #selected = null;
  #pace = new Pace(() => this.#draw());
  #isClosed = false;

  /**
   * @param {Context} context
   * @param {[string, string]} runs
   */
  constructor(context, runs) {
    this.context = context;
    this.runs = runs;
    this.head = h("header", { class: "run-head" });
    this.tables = h("div", { class: "compare-tables" });
    this.outputs = new CompareOutputs(context, () => this.draw(true));
    this.element = h(
      "div",
      { class: "run-board" },
      this.head,
      h("div", { class: "compare-body" }, this.tables, this.outputs.element),
    );
    fill(this.tables, h("p", { class: "run-wait" }, "Both runs are loading …"));
    this.#load();
  }

  update() {}

  close() {
    this.#isClosed = true;
    this.#pace.close();
    for (const stream of this.#streams) stream.close();
    this.outputs.close();
  }

  async #load() {
    try {
      const answers = await Promise.all(
        this.runs.map((run) => this.context.api.get(`runs/${encodeURIComponent(run)}`)),
      );
      if (this.#isClosed) return;
      this.#sides = answers.map((data, index) => ({ run: this.runs[index], data, state: stateOf(data) }));
    } catch (error) {
      if (this.#isClosed) return;
      fill(this.tables, loadProblem("The runs could not be loaded.", error, link("#/runs", "All runs")));
      return;
    }
    this.#streams = this.#sides.map(({ run, state }) => followStates(this.context.api, run, state, () => this.draw()));
    this.draw();
  }

  /** @param {boolean} [isUrgent] whether a person waits for it */
  draw(isUrgent = false) {
    this.#pace.call(isUrgent);
  }

  #draw() {
    const [a, b] = this.#sides;
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.focus : undefined;
    const pairs = pairsOf(a.state.nodes, b.state.nodes);
    this.#drawHead(a, b);
    fill(this.tables, this.#nodes(pairs));
    this.outputs.show(a, b, pairs.find((pair) => pair.id === this.#selected));
    if (focused) {
      /** @type {HTMLElement | null} */ (this.element.querySelector(`[data-focus="${CSS.escape(focused)}"]`))?.focus();
    }
  }

  /** @param {Side} a @param {Side} b */
  #drawHead(a, b) {
    const file = String(b.data.file ?? "");
    const side = (/** @type {Side} */ one, /** @type {string} */ letter) =>
      h(
        "div",
        { class: "compare-run" },
        h("span", { class: "compare-letter", "aria-hidden": "true" }, letter),
        link(runAddress(one.run), `Run ${one.run}`),
        badge(one.state.status),
        h(
          "span",
          { class: "muted" },
          `${clock(one.state.started, Date.now())} · ${duration(runSeconds(one.state, Date.now()))}`,
        ),
      );
    fill(
      this.head,
      h(
        "nav",
        { class: "run-crumbs", "aria-label": "Place" },
        link("#/runs", "Runs"),
        " › ",
        a.data.file === b.data.file ? link(historyAddress(file), file) : h("span", null, `${a.data.file}, ${file}`),
      ),
      h(
        "div",
        { class: "run-title" },
        h("h1", null, `Runs ${a.run} and ${b.run}`),
        h("span", { class: "muted" }, changeText(runSeconds(a.state, Date.now()), runSeconds(b.state, Date.now()))),
        h("span", { class: "spring" }),
        button("refresh", "Swap", () => this.context.navigate(compareAddress(b.run, a.run)), { kind: "small" }),
      ),
      h("div", { class: "compare-runs" }, side(a, "A"), side(b, "B")),
    );
  }

  /** @param {import("./differences.js").Pair[]} pairs */
  #nodes(pairs) {
    const now = Date.now();
    const longest = Math.max(
      0.001,
      ...pairs.flatMap((pair) => [pair.a, pair.b].map((node) => node && nodeSeconds(node, now) || 0)),
    );
    const differing = pairs.filter((pair) => pair.a?.status !== pair.b?.status).length;
    return h(
      "table",
      { class: "run-table compare-nodes" },
      h(
        "caption",
        null,
        "Nodes",
        h(
          "span",
          { class: "muted" },
          differing === 0
            ? " · the same statuses"
            : ` · ${counted(differing, "node")} ${differing === 1 ? "differs" : "differ"}`,
        ),
      ),
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          ["Node", "A", "B", "Times"].map((name) => h("th", { scope: "col" }, name)),
          h("th", { scope: "col", class: "number" }, "Change"),
        ),
      ),
      h("tbody", null, pairs.map((pair) => this.#pair(pair, longest, now))),
    );
  }

  /** @param {import("./differences.js").Pair} pair @param {number} longest @param {number} now */
  #pair(pair, longest, now) {
    const times = [pair.a, pair.b].map((node) => (node ? nodeSeconds(node, now) : null));
    const status = (/** @type {NodeState | null} */ node) =>
      node ? [sign(node.status), ` ${statusWord(node.status)}`] : h("span", { class: "muted" }, "not in it");
    const sides = [pair.a, pair.b].map((node, index) => ({
      status: node?.status ?? "",
      seconds: times[index],
      text: duration(times[index]),
    }));
    const isSelected = this.#selected === pair.id;
    return h(
      "tr",
      { class: [pair.a?.status !== pair.b?.status ? "differs" : "", isSelected ? "selected" : ""].join(" ") },
      h(
        "th",
        { scope: "row" },
        h("button", {
          type: "button",
          class: "run-link",
          "aria-pressed": String(isSelected),
          title: `${pair.label}: show the outputs of this node side by side`,
          data: { focus: `pair-${pair.id}` },
          on: { click: () => this.#select(isSelected ? null : pair.id) },
        }, pair.label),
      ),
      h("td", null, status(pair.a)),
      h("td", null, status(pair.b)),
      timeBars(sides, longest),
      h("td", { class: "number" }, changeText(times[0], times[1])),
    );
  }

  /** @param {string | null} id */
  #select(id) {
    this.#selected = id;
    this.draw(true);
  }
}
