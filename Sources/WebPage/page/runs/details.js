// Everything that the record has about a node: why it ran, how it ended, its attempts, its cells with their times.

import { fill, h } from "../dom.js";
import { runAddress } from "./addresses.js";
import { badge, link, sign } from "./parts.js";
import { nodeSeconds } from "./state.js";
import { clock, duration, statusTone, statusWord } from "./words.js";

/** @typedef {import("./state.js").NodeState} NodeState */
/** @typedef {import("./state.js").RunState} RunState */

export class DetailsView {
  #key = "";

  /**
   * @param {(cell: number) => void} toCell
   * @param {(place: number) => void} toNode
   */
  constructor(toCell, toNode) {
    this.toCell = toCell;
    this.toNode = toNode;
    this.element = h("div", { class: "details", tabindex: 0, role: "region", "aria-label": "Details" });
  }

  /** @param {NodeState} node @param {RunState} state @param {number} now */
  show(node, state, now) {
    const seconds = duration(nodeSeconds(node, now));
    const key = JSON.stringify([node, seconds === "", state.status]);
    if (key === this.#key) {
      const time = this.element.querySelector(".details-time");
      if (time && time.textContent !== seconds) time.textContent = seconds;
      return;
    }
    this.#key = key;
    const top = this.element.scrollTop;
    fill(
      this.element,
      this.#facts(node, state, now),
      this.#messages(node),
      this.#attempts(node, now),
      this.#cells(node),
    );
    this.element.scrollTop = top;
  }

  /** @param {NodeState} node @param {RunState} state @param {number} now */
  #facts(node, state, now) {
    const rows = h("dl", { class: "facts" });
    const put = (/** @type {string} */ name, /** @type {(Node | string | null)[]} */ ...values) => {
      const given = values.filter((value) => value !== null && value !== "");
      if (given.length > 0) rows.append(h("dt", null, name), h("dd", null, ...given));
    };
    put("Status", badge(node.status));
    put("Reason", node.reason);
    put(
      "Result of",
      node.cachedRun === null ? null : link(runAddress(node.cachedRun, node.place), `run ${node.cachedRun}`),
    );
    put("File", node.file);
    put("Started", clock(node.started, now));
    const seconds = duration(nodeSeconds(node, now));
    put("Duration", seconds === "" ? null : h("span", { class: "details-time" }, seconds));
    put("Attempts", node.attempts > 1 ? String(node.attempts) : null);
    put("Kernel", node.kernel);
    put("Needs", ...list(node.parents, (place) => this.#node(state, place)));
    const children = state.nodes.filter((other) => other.parents.includes(node.place)).map((other) => other.place);
    put("Needed by", ...list(children, (place) => this.#node(state, place)));
    if (state.kind === "pipeline") put("Id", node.id);
    return rows;
  }

  /** @param {RunState} state @param {number} place */
  #node(state, place) {
    const node = state.nodes.find((other) => other.place === place);
    return h(
      "button",
      { type: "button", class: "run-link", on: { click: () => this.toNode(place) } },
      sign(node?.status ?? ""),
      ` ${node?.label ?? place}`,
    );
  }

  /** @param {NodeState} node */
  #messages(node) {
    const tone = statusTone(node.status);
    return [
      node.message ? h("p", { class: "details-message", data: { tone } }, node.message) : null,
      ...node.warnings.map((text) => h("p", { class: "details-message", data: { tone: "stopped" } }, text)),
      node.tail
        ? h("pre", { class: "details-tail", tabindex: 0, "aria-label": "The last lines of standard error" }, node.tail)
        : null,
    ];
  }

  /** @param {NodeState} node @param {number} now */
  #attempts(node, now) {
    if (node.history.length < 2) return null;
    return h(
      "table",
      { class: "run-table" },
      h("caption", null, "Attempts"),
      h(
        "thead",
        null,
        h("tr", null, ["", "Started", "Duration", "Status", "Message"].map((name) => h("th", { scope: "col" }, name))),
      ),
      h(
        "tbody",
        null,
        node.history.map((attempt) =>
          h(
            "tr",
            null,
            h("td", null, String(attempt.number)),
            h("td", null, clock(attempt.started, now)),
            h("td", { class: "number" }, duration(attempt.seconds)),
            h("td", null, badge(attempt.status)),
            h("td", null, attempt.message ?? ""),
          )
        ),
      ),
    );
  }

  /** @param {NodeState} node */
  #cells(node) {
    const cells = node.cells.filter((cell) => cell.code);
    if (cells.length === 0) return null;
    const longest = Math.max(0.001, ...cells.map((cell) => cell.seconds ?? 0));
    return h(
      "table",
      { class: "run-table cell-table" },
      h("caption", null, "Cells"),
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          h("th", { scope: "col" }, "Cell"),
          h("th", { scope: "col" }, "Code"),
          h("th", { scope: "col" }, "Status"),
          h("th", { scope: "col", class: "number" }, "Time"),
        ),
      ),
      h("tbody", null, cells.map((cell) => this.#cell(cell, longest))),
    );
  }

  /** @param {import("./state.js").CellState} cell @param {number} longest */
  #cell(cell, longest) {
    const bar = h("span", { class: "cell-bar", data: { tone: statusTone(cell.status) }, "aria-hidden": "true" });
    bar.style.width = `${(100 * (cell.seconds ?? 0)) / longest}%`;
    const open = h("button", {
      type: "button",
      class: "run-link",
      "aria-label": `Show cell ${cell.index + 1} in the notebook`,
      on: { click: () => this.toCell(cell.index + 1) },
    }, String(cell.index + 1));
    return h(
      "tr",
      null,
      h("td", null, open),
      h(
        "td",
        { class: "cell-code" },
        h("code", null, cell.firstLine),
        cell.error ? h("span", { class: "cell-error" }, cell.error) : null,
      ),
      h("td", { class: "cell-status" }, sign(cell.status), ` ${statusWord(cell.status)}`),
      h("td", { class: "number cell-time" }, bar, h("span", null, cell.seconds === null ? "" : duration(cell.seconds))),
    );
  }
}

/** @template T @param {T[]} values @param {(value: T) => Node} element @returns {(Node | string)[]} */
function list(values, element) {
  return values.slice(0, 40).flatMap((value, index) => (index === 0 ? [element(value)] : [", ", element(value)]))
    .concat(values.length > 40 ? [`, and ${values.length - 40} more`] : []);
}
