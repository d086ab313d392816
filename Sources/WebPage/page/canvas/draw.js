// The elements of one node or comment.

import { formatted, h, s } from "../dom.js";
import { iconGroup } from "../icons.js";
import { portPoint } from "./geometry.js";
import { duration } from "../runs/words.js";
import { shortened } from "./labels.js";

/** @typedef {import("../types.js").PipelineNode} PipelineNode */
/** @typedef {import("../types.js").PipelineComment} PipelineComment */
/** @typedef {import("../types.js").Box} Box */
/** @typedef {import("../types.js").NodeState} NodeState */

const labelFont = "12.5px system-ui, sans-serif";
const statusFont = "10.5px system-ui, sans-serif";

/** The icon for each status of a run; colour alone says nothing to some people. */
/** @type {Record<string, string>} */
const statusIcons = {
  succeeded: "check",
  completed: "check",
  cached: "refresh",
  failed: "error",
  running: "play",
  waiting: "clock",
  pending: "clock",
  queued: "clock",
  skipped: "minus",
  interrupted: "stop",
  stopped: "stop",
  killed: "stop",
};

/**
 * What is seen of a node from far away.
 * @param {PipelineNode} node
 * @param {Box} box
 * @param {NodeState|undefined} state
 * @returns {SVGElement[]}
 */
export function nodeOutline(node, { width, height }, state) {
  if (node.kind === "binding") return [s("circle", { class: "binding", cx: width / 2, cy: height / 2, r: 5 })];
  const frame = s("rect", { class: "node-box", width, height, rx: 6 });
  return state
    ? [frame, s("rect", { class: "node-state", x: 0.5, y: 0.5, width: 4, height: height - 1, rx: 2 })]
    : [frame];
}

/**
 * @param {PipelineNode} node
 * @param {Box} box
 * @param {NodeState|undefined} state
 * @param {boolean} readOnly
 * @returns {SVGElement[]}
 */
export function nodeParts(node, box, state, readOnly) {
  const { width, height } = box;
  const outline = nodeOutline(node, box, state);
  if (node.kind === "binding") return outline;
  const expanded = node.kind === "super" && node.expanded;
  const middle = expanded ? 17 : height / 2;
  const right = (state ? 22 : 0) + (node.kind === "super" ? 22 : 0);
  const room = width - 34 - 10 - right;
  const second = statusText(state);
  const parts = [
    ...outline,
    iconGroup(node.kind, 11, middle - 8, "node-icon"),
    s(
      "text",
      { class: "node-label", x: 34, y: middle + (second ? -2 : 4.5) },
      shortened(node.label, room, labelFont),
    ),
    second ? s("text", { class: "node-status", x: 34, y: middle + 11.5 }, shortened(second, room, statusFont)) : null,
    state
      ? iconGroup(
        statusIcons[state.status] ?? "note",
        width - 24 - (node.kind === "super" ? 22 : 0),
        middle - 8,
        "state-icon",
      )
      : null,
    expanded ? s("line", { class: "node-rule", x1: 0, x2: width, y1: 34, y2: 34 }) : null,
  ];
  if (node.kind === "super") {
    parts.push(s(
      "g",
      { class: "node-toggle", "data-part": "toggle", transform: `translate(${width - 24} ${middle - 8})` },
      s("rect", { x: -3, y: -3, width: 22, height: 22, rx: 4 }),
      iconGroup(node.expanded ? "collapse" : "expand", 0, 0),
    ));
  }
  const local = { x: 0, y: 0, width, height };
  for (const side of /** @type {const} */ (["input", "output"])) {
    const ports = side === "input" ? node.inputs : node.outputs;
    ports.forEach((port, index) => {
      const { x, y } = portPoint(local, side, index, ports.length);
      parts.push(s(
        "g",
        { class: `port ${side}`, "data-part": side, "data-port": port.id, transform: `translate(${x} ${y})` },
        s("circle", { class: "port-hit", r: 11 }),
        s("circle", { class: "port-dot", r: 4.5 }),
      ));
    });
  }
  if (node.severity) {
    parts.push(s(
      "g",
      { class: `badge ${node.severity}`, transform: `translate(${width - 3} 3)` },
      s("circle", { r: 8 }),
      s("path", { d: "M0 -4V1M0 3.8V4" }),
    ));
  }
  if (expanded && !readOnly) parts.push(resizeHandle(width, height));
  return parts.filter((part) => part !== null);
}

/** @param {NodeState|undefined} state */
function statusText(state) {
  if (!state) return "";
  const parts = [state.text || state.status];
  if (typeof state.seconds === "number") parts.push(duration(state.seconds));
  if (state.attempt && state.attempt > 1) parts.push(`attempt ${state.attempt}`);
  return parts.join(" · ");
}

/**
 * What is seen of a comment from far away.
 * @param {Box} box
 * @returns {SVGElement[]}
 */
export function commentOutline({ width, height }) {
  return [s("rect", { class: "comment-box", width, height, rx: 4 })];
}

/**
 * @param {PipelineComment} comment
 * @param {Box} box
 * @param {boolean} readOnly
 * @returns {SVGElement[]}
 */
export function commentParts(comment, box, readOnly) {
  const { width, height } = box;
  // The record of a run has the text of comments alone.
  const content = typeof comment.html === "string" ? formatted(comment.html) : comment.text;
  const text = h("div", { class: "comment-text" }, content);
  // What does not fit ends with "…".
  text.style.setProperty("-webkit-line-clamp", String(Math.max(1, Math.floor((height - 8) / 16.5))));
  const body = h("div", { class: "comment-body" }, text);
  if (comment.text.trim() === "") text.replaceChildren(h("p", { class: "comment-empty" }, "Empty comment"));
  /** @type {SVGElement[]} */
  const parts = [
    ...commentOutline(box),
    s("foreignObject", { width, height }, body),
  ];
  if (!readOnly) {
    parts.push(
      s(
        "g",
        { class: "port comment-port", "data-part": "output", transform: `translate(${width} ${height / 2})` },
        s("circle", { class: "port-hit", r: 11 }),
        s("circle", { class: "port-dot", r: 4 }),
      ),
      resizeHandle(width, height),
    );
  }
  return parts;
}

/**
 * @param {number} width
 * @param {number} height
 */
function resizeHandle(width, height) {
  return s(
    "g",
    { class: "resize", "data-part": "resize", transform: `translate(${width} ${height})` },
    s("rect", { x: -14, y: -14, width: 16, height: 16 }),
    s("path", { d: "M-3 -10L-10 -3M-3 -6L-6 -3" }),
  );
}
