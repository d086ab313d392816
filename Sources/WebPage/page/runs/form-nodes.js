// The nodes that a run begins with, ends with or has alone, in the form that starts it.

import { fill, h } from "../dom.js";
import { searchField } from "./parts.js";

const MOST = 500;
const FEW = 8;

export class NodeChoice {
  /**
   * @param {{id: string, label: string, file: string | null}[]} nodes
   * @param {string[]} chosen ids
   * @param {() => void} changed
   */
  constructor(nodes, chosen, changed) {
    this.nodes = nodes;
    this.chosen = new Set(chosen.filter((id) => nodes.some((node) => node.id === id)));
    this.changed = changed;
    this.list = h("div", { class: "form-nodes", role: "group", "aria-label": "Nodes" });
    this.element = h(
      "div",
      { class: "form-picker" },
      nodes.length > FEW ? searchField("Filter nodes", "", (text) => this.#draw(text)) : null,
      this.list,
    );
    this.#draw("");
  }

  /** @param {string} text */
  #draw(text) {
    const shown = this.nodes.filter((node) =>
      `${node.label} ${node.file ?? ""}`.toLowerCase().includes(text.toLowerCase())
    );
    if (shown.length === 0) return fill(this.list, h("span", { class: "muted" }, "No node fits."));
    const more = shown.length - MOST;
    fill(
      this.list,
      shown.slice(0, MOST).map((node) => this.#check(node)),
      more > 0 ? h("span", { class: "muted" }, `${more} more: filter them.`) : null,
    );
  }

  /** @param {{id: string, label: string}} node */
  #check({ id, label }) {
    const input = h("input", { type: "checkbox", value: id });
    input.checked = this.chosen.has(id);
    input.addEventListener("change", () => {
      if (input.checked) this.chosen.add(id);
      else this.chosen.delete(id);
      this.changed();
    });
    return h("label", { class: "form-check" }, input, h("span", null, label));
  }

  focus() {
    this.element.querySelector("input")?.focus();
  }
}
