// HTML over the drawing: the text field of a comment or a label; and files dropped on the canvas.

import { h } from "../dom.js";
import { toWindow } from "./viewport.js";

/** @typedef {import("./canvas.js").Canvas} Canvas */

/** The type of a drag of files or components from the palette. */
export const dragType = "application/x-lyre-items";

export class Overlays {
  /** @param {Canvas} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    /** @type {{element: HTMLElement, box: () => import("../types.js").Box|null, tall: boolean}|null} */
    this.field = null;
    canvas.element.addEventListener("dragover", (event) => this.dragOver(event));
    canvas.element.addEventListener("dragleave", () => this.dragEnd());
    canvas.element.addEventListener("drop", (event) => this.drop(event));
  }

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
      this.canvas.camera.reveal(box);
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
      if (hadFocus) canvas.keys.focus(id);
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
    const box = this.field?.box();
    if (!this.field || !box) return;
    const { viewport } = this.canvas.camera;
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
    return { ...place, link: this.canvas.scene.linkThrough(place.flow, around), clientX, clientY };
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
