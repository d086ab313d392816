// The tip of a node: what it is, what is found in it, what is set, how it is in a run.

import { h } from "../dom.js";
import { kindNames } from "./labels.js";
import { toWindow } from "./viewport.js";

/** How long the pointer rests before the tip appears, in milliseconds. */
const patience = 600;

export class Tip {
  /** Findings by node. */
  /** @type {Map<string, import("../types.js").Finding[]>} */
  messages = new Map();

  /** @param {import("./canvas.js").Canvas} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.element = h("div", { class: "tip", role: "tooltip", hidden: true });
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.timer = undefined;
    /** The node that it is about. */
    this.id = "";
    canvas.svg.addEventListener("pointerover", (event) => this.over(event));
    canvas.svg.addEventListener("pointerleave", () => this.hide());
  }

  /** @param {PointerEvent} event */
  over(event) {
    const id = /** @type {Element} */ (event.target).closest(".node")?.getAttribute("data-id") ?? null;
    this.hide();
    this.canvas.emit("hover", { id });
    if (!id || event.buttons !== 0 || event.pointerType === "touch") return;
    this.timer = setTimeout(() => this.show(id), patience);
  }

  hide() {
    clearTimeout(this.timer);
    this.element.hidden = true;
  }

  /** Shows what holds now, if the tip is open. */
  refresh() {
    if (!this.element.hidden) this.show(this.id);
  }

  /** @param {string} id */
  show(id) {
    const item = this.canvas.scene.items.get(id);
    if (!item || item.type !== "node" || item.data.kind === "binding") return;
    this.id = id;
    /** @type {import("../types.js").PipelineNode} */
    const node = item.data;
    const state = this.canvas.scene.states.get(id);
    /** @type {[string, string][]} */
    const rows = [];
    if (state) rows.push(["State", state.text ? `${state.status}: ${state.text}` : state.status]);
    for (const entry of node.summary ?? []) {
      rows.push([entry.label, entry.default ? `${entry.value} (pipeline default)` : entry.value]);
    }
    this.element.replaceChildren(
      h("div", { class: "tip-title" }, node.label),
      h(
        "div",
        { class: "tip-kind" },
        kindNames[node.kind] ?? node.kind,
        node.file && node.file !== node.label ? ` · ${node.file}` : "",
      ),
      ...(this.messages.get(id) ?? []).map(({ severity, message }) =>
        h("div", { class: `tip-finding ${severity}` }, message)
      ),
      ...(rows.length > 0
        ? [
          h(
            "dl",
            null,
            ...rows.slice(0, 14).flatMap((
              [label, value],
            ) => [h("dt", null, label), h("dd", null, value.slice(0, 300))]),
          ),
        ]
        : []),
    );
    this.element.hidden = false;
    const { viewport, size } = this.canvas.camera;
    const box = this.canvas.scene.worldBox(item);
    const at = toWindow(viewport, { x: box.x, y: box.y + box.height });
    const top = at.y + 8 + this.element.offsetHeight > size.height
      ? at.y - box.height * viewport.scale - this.element.offsetHeight - 8
      : at.y + 8;
    this.element.style.left = `${Math.max(8, Math.min(at.x, size.width - this.element.offsetWidth - 8))}px`;
    this.element.style.top = `${Math.max(8, top)}px`;
  }
}
