// The outputs of a node in two runs, side by side: notebooks, logs, or the times of cells.

import { fill, h } from "../dom.js";
import { cellPairsOf, changeText } from "./differences.js";
import { LogView } from "./log.js";
import { blank, choice, timeBars } from "./parts.js";
import { duration, statusWord } from "./words.js";

/** @typedef {import("../types.js").Context} Context */
/** @typedef {import("./state.js").NodeState} NodeState */
/** @typedef {import("./compare.js").Side} Side */
/** @typedef {"notebook" | "output" | "cells"} Tab */

export class CompareOutputs {
  /** @type {Tab} */
  #tab = "notebook";
  /** @type {LogView[]} */
  #logs = [];
  #shown = "";

  /**
   * @param {Context} context
   * @param {() => void} changed another part was chosen
   */
  constructor(context, changed) {
    this.context = context;
    this.changed = changed;
    this.element = h("section", { class: "compare-outputs", "aria-label": "Outputs", hidden: true });
  }

  close() {
    for (const log of this.#logs) log.close();
    this.#logs = [];
  }

  /**
   * @param {Side} a
   * @param {Side} b
   * @param {import("./differences.js").Pair | undefined} pair the node; none hides the outputs
   */
  show(a, b, pair) {
    this.element.hidden = !pair;
    if (!pair) {
      this.close();
      this.#shown = "";
      return;
    }
    const hasNotebook = Boolean(pair.a?.hasNotebook || pair.b?.hasNotebook);
    const tab = hasNotebook ? this.#tab : "output";
    const cells = tab === "cells" ? JSON.stringify([pair.a?.cells, pair.b?.cells]) : "";
    const key = `${pair.id} ${tab} ${cells}`;
    if (key === this.#shown) return;
    this.#shown = key;
    this.close();
    /** @type {{value: Tab, label: string}[]} */
    const tabs = [{ value: "notebook", label: "Notebooks" }, { value: "output", label: "Output" }, {
      value: "cells",
      label: "Cell times",
    }];
    fill(
      this.element,
      h(
        "div",
        { class: "compare-head" },
        h("h2", null, pair.label),
        hasNotebook
          ? choice("What to compare", tabs, tab, (value) => {
            this.#tab = value;
            this.changed();
          })
          : null,
      ),
      tab === "cells"
        ? this.#cells(pair)
        : h("div", { class: "compare-pair" }, this.#output(a, pair.a, tab, "A"), this.#output(b, pair.b, tab, "B")),
    );
  }

  /** @param {Side} side @param {NodeState | null} node @param {Tab} tab @param {string} letter */
  #output(side, node, tab, letter) {
    const title = h("h3", null, h("span", { class: "compare-letter" }, letter), ` run ${side.run}`);
    if (!node) return h("div", { class: "compare-side" }, title, blank("This node was not in the run."));
    if (tab === "notebook") {
      if (!node.hasNotebook) return h("div", { class: "compare-side" }, title, blank("This node has no notebook."));
      const address = this.context.api.address(`runs/${encodeURIComponent(side.run)}/nodes/${node.place}/notebook`);
      return h(
        "div",
        { class: "compare-side" },
        title,
        h("iframe", {
          class: "notebook-frame",
          sandbox: "allow-scripts",
          title: `Notebook of ${node.label} in run ${side.run}`,
          src: address,
        }),
      );
    }
    const log = new LogView(this.context, {
      run: side.run,
      place: node.place,
      label: `${node.label} in run ${side.run}`,
      isNotebook: side.state.kind === "notebook",
    });
    this.#logs.push(log);
    return h("div", { class: "compare-side" }, title, log.element);
  }

  /** @param {import("./differences.js").Pair} pair */
  #cells(pair) {
    const cells = cellPairsOf(pair.a?.cells ?? [], pair.b?.cells ?? []);
    if (cells.length === 0) return blank("The record has no cells of this node.");
    const longest = Math.max(0.001, ...cells.flatMap((cell) => [cell.a?.seconds ?? 0, cell.b?.seconds ?? 0]));
    const row = (/** @type {import("./differences.js").CellPair} */ cell) => {
      const sides = [cell.a, cell.b].map((one) => ({
        status: one?.status ?? "",
        seconds: one?.seconds ?? null,
        text: one ? `${statusWord(one.status)} ${duration(one.seconds)}` : "–",
      }));
      return h(
        "tr",
        null,
        h("th", { scope: "row" }, String(cell.index + 1)),
        h("td", { class: "cell-code" }, h("code", null, cell.firstLine)),
        timeBars(sides, longest),
        h("td", { class: "number" }, changeText(cell.a?.seconds, cell.b?.seconds)),
      );
    };
    return h(
      "table",
      { class: "run-table compare-nodes" },
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          ["Cell", "Code", "Times"].map((name) => h("th", { scope: "col" }, name)),
          h("th", { scope: "col", class: "number" }, "Change"),
        ),
      ),
      h("tbody", null, cells.map(row)),
    );
  }
}
