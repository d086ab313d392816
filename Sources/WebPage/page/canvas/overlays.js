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
    /** @type {{element: HTMLElement, box: () => import("../types.js").Box|null, tall: boolean}|null} */
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

  /**
   * @param {{flow: string, x: number, y: number, width: number, height: number}} place
   * @returns {Promise<string|null>}
   */
  writeComment({ flow, x, y, width, height }) {
    const { x: dx, y: dy, scale } = this.canvas.scene.layers.get(flow) ?? { x: 0, y: 0, scale: 1 };
    const box = { x: x * scale + dx, y: y * scale + dy, width: width * scale, height: height * scale };
    const element = h("textarea", {
      class: "comment-editor",
      "aria-label": "Text of the comment, in Markdown",
      placeholder: "Markdown",
      spellcheck: "true",
    });
    return new Promise((resolve) => {
      this.canvas.revealBox(box);
      this.show(element, () => box, true, (accepted) => {
        if (accepted === null) this.canvas.svg.focus({ preventScroll: true });
        resolve(accepted?.trim() ? accepted : null);
      });
    });
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
    const { canvas } = this;
    canvas.reveal(id);
    const box = () => {
      const item = canvas.scene.items.get(id);
      return item ? canvas.scene.worldBox(item) : null;
    };
    this.show(element, box, canvas.scene.items.get(id)?.type === "comment", (text, hadFocus) => {
      if (text !== null) accept(text);
      if (hadFocus) canvas.focusItem(id);
    });
  }

  /**
   * Shows a text field over a box of the world, until its text is accepted or given up (null).
   * @param {HTMLTextAreaElement|HTMLInputElement} element
   * @param {() => import("../types.js").Box|null} box
   * @param {boolean} tall
   * @param {(text: string|null, hadFocus: boolean) => void} finished
   */
  show(element, box, tall, finished) {
    this.field?.element.blur();
    let done = false;
    const finish = (/** @type {boolean} */ accepted) => {
      if (done) return;
      done = true;
      const hadFocus = document.activeElement === element;
      this.field = null;
      element.remove();
      finished(accepted ? element.value : null, hadFocus);
    };
    element.addEventListener("keydown", (any) => {
      const event = /** @type {KeyboardEvent} */ (any);
      const single = element instanceof HTMLInputElement;
      const ctrl = event.ctrlKey || event.metaKey;
      // The page saves, with this text.
      if (ctrl && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "s") return finish(true);
      event.stopPropagation();
      if (event.key === "Escape") finish(false);
      else if (event.key === "Enter" && (single || event.shiftKey || ctrl)) finish(true);
      else if (single || !ctrl || !markdownKey(element, event.key.toLowerCase(), event.shiftKey)) return;
      event.preventDefault();
    });
    element.addEventListener("blur", () => finish(true));
    this.field = { element, box, tall };
    this.canvas.element.append(element);
    this.follow();
    element.focus({ preventScroll: true });
  }

  /** Accepts the text of the field that is open. */
  flush() {
    this.field?.element.blur();
  }

  /** Keeps the text field over its object while the canvas moves. */
  follow() {
    this.hideTip();
    const box = this.field?.box();
    if (!this.field || !box) return;
    const { viewport } = this.canvas;
    const { x, y } = toWindow(viewport, box);
    const { style } = this.field.element;
    style.left = `${x}px`;
    style.top = `${y}px`;
    style.width = `${Math.max(box.width * viewport.scale, 140)}px`;
    if (this.field.tall) style.height = `${Math.max(box.height * viewport.scale, 64)}px`;
  }

  /** @param {DragEvent} event */
  dragOver(event) {
    if (this.canvas.readOnly || !event.dataTransfer?.types.includes(dragType)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    this.canvas.svg.classList.add("receiving");
    this.canvas.markTarget(this.place(event).link);
  }

  /**
   * Where something is dropped, and the link under it.
   * @param {DragEvent} event
   */
  place({ clientX, clientY }) {
    const place = this.canvas.locate(clientX, clientY);
    const around = { x: place.x - 20, y: place.y - 10, width: 40, height: 20 };
    return { ...place, link: this.canvas.linkAt(place.flow, around), clientX, clientY };
  }

  dragEnd() {
    this.canvas.svg.classList.remove("receiving");
    this.canvas.markTarget(null);
  }

  /** @param {DragEvent} event */
  drop(event) {
    const data = event.dataTransfer?.getData(dragType);
    this.dragEnd();
    if (!data) return;
    event.preventDefault();
    this.canvas.emit("drop", { data: JSON.parse(data), ...this.place(event) });
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
