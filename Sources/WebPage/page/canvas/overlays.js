// HTML over the drawing: the tip of a node, the text field of a comment or a label, files dropped on the canvas.

import { h } from "../dom.js";
import { kindNames } from "./labels.js";
import { toWindow } from "./viewport.js";

/** @typedef {import("./canvas.js").Canvas} Canvas */

/** The type of a drag of files or components from the palette. */
export const dragType = "application/x-lyre-items";

export class Overlays {
  /** @param {Canvas} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.tip = h("div", { class: "tip", role: "tooltip", hidden: true });
    canvas.element.append(this.tip);
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.timer = undefined;
    /** @type {{element: HTMLElement, id: string}|null} */
    this.field = null;
    const { svg } = canvas;
    svg.addEventListener("pointerover", (event) => this.over(event));
    svg.addEventListener("pointerleave", () => this.hideTip());
    canvas.element.addEventListener("dragover", (event) => this.dragOver(event));
    canvas.element.addEventListener("dragleave", () => this.dragEnd());
    canvas.element.addEventListener("drop", (event) => this.drop(event));
  }

  /** @param {PointerEvent} event */
  over(event) {
    const id = /** @type {Element} */ (event.target).closest(".node")?.getAttribute("data-id") ?? null;
    this.hideTip();
    this.canvas.emit("hover", { id });
    if (!id || event.buttons !== 0 || event.pointerType === "touch") return;
    this.timer = setTimeout(() => this.showTip(id), 600);
  }

  hideTip() {
    clearTimeout(this.timer);
    this.tip.hidden = true;
  }

  /** @param {string} id */
  showTip(id) {
    const item = this.canvas.scene.items.get(id);
    if (!item || item.type !== "node" || item.data.kind === "binding") return;
    /** @type {import("../types.js").PipelineNode} */
    const node = item.data;
    const state = this.canvas.scene.states.get(id);
    /** @type {[string, string][]} */
    const rows = [];
    if (state) rows.push(["State", state.text ? `${state.status}: ${state.text}` : state.status]);
    for (const entry of node.summary ?? []) {
      rows.push([entry.label, entry.default ? `${entry.value} (pipeline default)` : entry.value]);
    }
    this.tip.replaceChildren(
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
    this.tip.hidden = false;
    const { viewport, size, scene } = this.canvas;
    const box = scene.worldBox(item);
    const at = toWindow(viewport, { x: box.x, y: box.y + box.height });
    const top = at.y + 8 + this.tip.offsetHeight > size.height
      ? at.y - box.height * viewport.scale - this.tip.offsetHeight - 8
      : at.y + 8;
    this.tip.style.left = `${Math.max(8, Math.min(at.x, size.width - this.tip.offsetWidth - 8))}px`;
    this.tip.style.top = `${Math.max(8, top)}px`;
  }

  /** Findings by node, for the tips. */
  /** @type {Map<string, import("../types.js").Finding[]>} */
  messages = new Map();

  /** @param {string} id */
  editComment(id) {
    const item = this.canvas.scene.items.get(id);
    if (!item || item.type !== "comment") return;
    const field = h("textarea", {
      class: "comment-editor",
      "aria-label": "Text of the comment, in Markdown",
      spellcheck: "true",
    });
    field.value = item.data.text;
    this.open(field, id, (text) => text !== item.data.text && this.canvas.emit("comment", { id, text }));
  }

  /** @param {string} id */
  editLabel(id) {
    const item = this.canvas.scene.items.get(id);
    if (!item || item.type !== "node") return;
    const field = h("input", {
      class: "comment-editor label-editor",
      type: "text",
      value: item.data.label,
      "aria-label": "Label of the node",
      spellcheck: "false",
    });
    this.open(field, id, (text) => text !== item.data.label && this.canvas.emit("label", { id, text: text.trim() }));
    field.select();
  }

  /**
   * @param {HTMLTextAreaElement|HTMLInputElement} element
   * @param {string} id
   * @param {(text: string) => void} accept
   */
  open(element, id, accept) {
    this.field?.element.blur();
    this.canvas.reveal(id);
    let done = false;
    const finish = (/** @type {boolean} */ accepted) => {
      if (done) return;
      done = true;
      const hadFocus = document.activeElement === element;
      this.field = null;
      element.remove();
      if (accepted) accept(element.value);
      if (hadFocus) this.canvas.focusItem(id);
    };
    element.addEventListener("keydown", (any) => {
      const event = /** @type {KeyboardEvent} */ (any);
      event.stopPropagation();
      const single = element instanceof HTMLInputElement;
      if (event.key === "Escape") finish(false);
      else if (event.key === "Enter" && (single || event.shiftKey || event.ctrlKey || event.metaKey)) finish(true);
      else if (
        !single && (event.ctrlKey || event.metaKey) && markdownKey(element, event.key.toLowerCase(), event.shiftKey)
      ) { /* written */ } else return;
      event.preventDefault();
    });
    element.addEventListener("blur", () => finish(true));
    this.field = { element, id };
    this.canvas.element.append(element);
    this.follow();
    element.focus({ preventScroll: true });
  }

  /** Keeps the text field over its object while the canvas moves. */
  follow() {
    this.hideTip();
    if (!this.field) return;
    const item = this.canvas.scene.items.get(this.field.id);
    if (!item) return;
    const { viewport } = this.canvas;
    const box = this.canvas.scene.worldBox(item);
    const { x, y } = toWindow(viewport, box);
    const { style } = this.field.element;
    style.left = `${x}px`;
    style.top = `${y}px`;
    style.width = `${Math.max(box.width * viewport.scale, 140)}px`;
    if (item.type === "comment") style.height = `${Math.max(box.height * viewport.scale, 64)}px`;
  }

  /** @param {DragEvent} event */
  dragOver(event) {
    if (this.canvas.readOnly || !event.dataTransfer?.types.includes(dragType)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    const { canvas } = this;
    canvas.svg.classList.add("receiving");
    const place = canvas.locate(event.clientX, event.clientY);
    canvas.markLink(canvas.linkAt(place.flow, { x: place.x - 20, y: place.y - 10, width: 40, height: 20 }));
  }

  dragEnd() {
    this.canvas.svg.classList.remove("receiving");
    this.canvas.markLink(null);
  }

  /** @param {DragEvent} event */
  drop(event) {
    const data = event.dataTransfer?.getData(dragType);
    this.dragEnd();
    if (!data) return;
    event.preventDefault();
    const { canvas } = this;
    const place = canvas.locate(event.clientX, event.clientY);
    const link = canvas.linkAt(place.flow, { x: place.x - 20, y: place.y - 10, width: 40, height: 20 });
    canvas.emit("drop", { data: JSON.parse(data), ...place, link, clientX: event.clientX, clientY: event.clientY });
  }
}

/** @type {Record<string, [string, string]>} */
const marks = { b: ["**", "**"], i: ["*", "*"], e: ["`", "`"], k: ["[", "](https://)"] };

/**
 * Puts Markdown around what is selected, as the keys of Elyra's canvas do.
 * @param {HTMLTextAreaElement|HTMLInputElement} field
 * @param {string} key
 * @param {boolean} shift
 */
function markdownKey(field, key, shift) {
  const mark = shift && key === "x" ? /** @type {[string, string]} */ (["~~", "~~"]) : shift ? undefined : marks[key];
  if (!mark) return false;
  const start = field.selectionStart ?? 0, end = field.selectionEnd ?? 0;
  const inner = field.value.slice(start, end);
  field.setRangeText(mark[0] + inner + mark[1], start, end, "end");
  field.setSelectionRange(start + mark[0].length, start + mark[0].length + inner.length);
  return true;
}
