// The nodes of a run as one list: state, label, cause and duration, and beside it their bars in time. Only the rows
// in the window exist, so that thousands of nodes scroll smoothly; list and timeline are the same rows.

import { fill, h } from "../dom.js";
import { causeOf } from "./listing.js";
import { counted, duration, statusTone, statusWord } from "./words.js";
import { barsOf, spanOf, ticksOf } from "./timeline.js";
import { nodeSeconds } from "./state.js";
import { sign } from "./parts.js";

/** @typedef {import("./state.js").RunState} RunState */
/** @typedef {import("./state.js").NodeState} NodeState */

const ROW = 30;

/** The list, with or without the timeline. */
export class NodeList {
  /** @type {NodeState[]} */
  #nodes = [];
  /** @type {RunState | null} */
  #state = null;
  /** @type {Map<number, {element: HTMLElement, key: string}>} by place */
  #rows = new Map();
  #now = 0;
  #axisKey = "";
  /** @type {number | null} */
  selected = null;

  /** @param {{selected: (place: number) => void, opened: (place: number) => void}} actions */
  constructor(actions) {
    this.actions = actions;
    this.axis = h(
      "div",
      { class: "node-axis", "aria-hidden": "true" },
      h("div", { class: "node-axis-label" }, "Node"),
      h("div", { class: "node-axis-track" }),
    );
    this.space = h("div", { class: "node-space" });
    this.box = h("div", { class: "run-node-box", role: "listbox", "aria-label": "Nodes", tabindex: 0 }, this.space);
    this.empty = h("p", { class: "node-none", hidden: true }, "No node fits the filter.");
    this.element = h("div", { class: "node-list" }, this.axis, this.box, this.empty);
    this.box.addEventListener("scroll", () => this.#draw());
    this.box.addEventListener("click", (event) => this.#click(event));
    this.box.addEventListener("dblclick", (event) => {
      const place = this.#placeOf(event);
      if (place !== null) this.actions.opened(place);
    });
    this.box.addEventListener("keydown", (event) => this.#key(event));
    this.observer = new ResizeObserver(() => this.#draw());
    this.observer.observe(this.box);
  }

  close() {
    this.observer.disconnect();
  }

  /**
   * @param {RunState} state
   * @param {NodeState[]} nodes those to list
   * @param {number | null} selected
   * @param {number} now
   */
  show(state, nodes, selected, now) {
    const hasMoved = this.selected !== selected;
    this.#state = state;
    this.#nodes = nodes;
    this.#now = now;
    this.selected = selected;
    this.space.style.height = `${nodes.length * ROW}px`;
    this.empty.hidden = nodes.length > 0 || state.nodes.length === 0;
    if (hasMoved) this.reveal();
    this.#draw();
  }

  /** Scrolls the selected row into the window. */
  reveal() {
    const index = this.#nodes.findIndex((node) => node.place === this.selected);
    if (index < 0) return;
    const top = index * ROW;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    else if (top + ROW > this.box.scrollTop + this.box.clientHeight) {
      this.box.scrollTop = top + ROW - this.box.clientHeight;
    }
  }

  #draw() {
    const state = this.#state;
    if (!state) return;
    const first = Math.max(0, Math.floor(this.box.scrollTop / ROW) - 4);
    const last = Math.min(this.#nodes.length, Math.ceil((this.box.scrollTop + this.box.clientHeight) / ROW) + 4);
    const span = spanOf(state, this.#now);
    const kept = new Set();
    for (let index = first; index < last; index += 1) {
      const node = this.#nodes[index];
      kept.add(node.place);
      this.#drawRow(state, node, index, span);
    }
    for (const [place, row] of this.#rows) {
      if (kept.has(place)) continue;
      row.element.remove();
      this.#rows.delete(place);
    }
    const current = this.#rows.get(this.selected ?? -1)?.element;
    if (current) this.box.setAttribute("aria-activedescendant", current.id);
    else this.box.removeAttribute("aria-activedescendant");
    this.#drawAxis(span);
  }

  /** @param {RunState} state @param {NodeState} node @param {number} index @param {number} span */
  #drawRow(state, node, index, span) {
    let row = this.#rows.get(node.place);
    if (!row) {
      const element = h("div", {
        class: "node-row",
        role: "option",
        id: `run-node-${node.place}`,
        data: { place: node.place },
      });
      row = { element, key: "" };
      this.#rows.set(node.place, row);
      this.space.append(element);
    }
    const { element } = row;
    element.style.transform = `translateY(${index * ROW}px)`;
    element.setAttribute("aria-selected", String(node.place === this.selected));
    element.setAttribute("aria-posinset", String(index + 1));
    element.setAttribute("aria-setsize", String(this.#nodes.length));
    const seconds = duration(nodeSeconds(node, this.#now));
    const cause = causeOf(node);
    const attempts = node.attempts > 1 ? `×${node.attempts}` : "";
    const key = [node.status, node.label, seconds, cause, attempts].join("\u0001");
    if (key !== row.key) {
      row.key = key;
      element.dataset.tone = statusTone(node.status);
      element.setAttribute(
        "aria-label",
        [
          node.label,
          statusWord(node.status),
          seconds,
          cause,
          node.attempts > 1 ? counted(node.attempts, "attempt") : "",
        ].filter((part) => part !== "").join(", "),
      );
      const track = element.querySelector(".node-track") ?? h("div", { class: "node-track" });
      fill(
        element,
        h(
          "div",
          { class: "node-cells" },
          sign(node.status),
          h("span", {
            class: "run-node-label",
            title: node.file && node.file !== node.label ? `${node.label}\n${node.file}` : node.label,
          }, node.label),
          h("span", { class: "node-cause", title: cause }, cause),
          h("span", { class: "node-attempts", title: attempts ? counted(node.attempts, "attempt") : null }, attempts),
          h("span", { class: "node-seconds" }, seconds),
        ),
        track,
      );
    }
    const track = /** @type {HTMLElement} */ (element.querySelector(".node-track"));
    this.#drawBars(track, state, node, span);
  }

  /** @param {HTMLElement} track @param {RunState} state @param {NodeState} node @param {number} span */
  #drawBars(track, state, node, span) {
    const bars = barsOf(state, node, this.#now);
    while (track.children.length > bars.length) track.lastElementChild?.remove();
    while (track.children.length < bars.length) track.append(h("span", { class: "node-bar" }));
    const isCritical = state.criticalPath.includes(node.place);
    for (const [index, bar] of bars.entries()) {
      const element = /** @type {HTMLElement} */ (track.children[index]);
      element.style.left = `${(100 * bar.from) / span}%`;
      element.style.width = `max(3px, ${(100 * (bar.to - bar.from)) / span}%)`;
      element.dataset.tone = statusTone(bar.status);
      element.classList.toggle("critical", isCritical);
      const text = `${bars.length > 1 ? `attempt ${bar.attempt}: ` : ""}${statusWord(bar.status)}, ${
        duration(bar.to - bar.from)
      }, starts after ${duration(bar.from)}${isCritical ? "; on the critical path" : ""}`;
      if (element.title !== text) element.title = text;
    }
  }

  /** @param {number} span */
  #drawAxis(span) {
    const track = /** @type {HTMLElement} */ (this.axis.lastElementChild);
    const width = track.clientWidth;
    if (width === 0) return;
    const ticks = ticksOf(0, span, width / 80);
    const key = `${width} ${span}`;
    if (key === this.#axisKey) return;
    this.#axisKey = key;
    fill(
      track,
      ticks.filter(({ at }) => at / span < 0.985).map(({ at, text }) => {
        const tick = h("span", { class: "node-tick" }, text);
        tick.style.left = `${(100 * at) / span}%`;
        return tick;
      }),
    );
    const second = ticks[1]?.at ?? span;
    this.box.style.setProperty("--tick", `${(100 * second) / span}%`);
  }

  /** @param {Event} event */
  #placeOf(event) {
    const row = /** @type {Element} */ (event.target).closest?.("[data-place]");
    return row ? Number(/** @type {HTMLElement} */ (row).dataset.place) : null;
  }

  /** @param {Event} event */
  #click(event) {
    const place = this.#placeOf(event);
    if (place !== null) this.actions.selected(place);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || this.#nodes.length === 0) return;
    const at = this.#nodes.findIndex((node) => node.place === this.selected);
    const page = Math.max(1, Math.floor(this.box.clientHeight / ROW) - 1);
    /** @type {Record<string, number>} */
    const moves = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? 0 : at - 1,
      Home: 0,
      End: this.#nodes.length - 1,
      PageDown: at + page,
      PageUp: at - page,
    };
    if (event.key === "Enter" && at >= 0) this.actions.opened(this.#nodes[at].place);
    else if (event.key in moves) {
      const next = Math.max(0, Math.min(this.#nodes.length - 1, moves[event.key]));
      this.actions.selected(this.#nodes[next].place);
    } else return;
    event.preventDefault();
  }
}
