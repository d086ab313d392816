// The pointer on the canvas: which gesture it begins; press, pan, pinch, select by a rectangle.

import { drag, drawLink, resize, threshold } from "./drags.js";
import { boxBetween, overlap } from "./geometry.js";

/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("./canvas.js").Canvas} Canvas */
/** @typedef {{move: (event: PointerEvent) => void, end: (event: PointerEvent) => void, cancel: () => void}} Gesture */

export class Gestures {
  /** @param {Canvas} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    /** @type {Gesture|null} */
    this.current = null;
    this.space = false;
    /** @type {Map<number, Point>} */
    this.touches = new Map();
    const { svg } = canvas;
    svg.addEventListener("pointerdown", (event) => this.down(event));
    svg.addEventListener("pointermove", (event) => this.moved(event));
    svg.addEventListener("pointerup", (event) => this.up(event));
    svg.addEventListener("pointercancel", () => this.cancel());
    svg.addEventListener("lostpointercapture", (event) => this.touches.delete(event.pointerId));
  }

  /** Gives up the gesture under way, as Escape does. */
  cancel() {
    this.touches.clear();
    const gesture = this.current;
    this.current = null;
    gesture?.cancel();
    this.canvas.showLater();
    return gesture !== null;
  }

  /** @param {PointerEvent} event */
  down(event) {
    const { canvas } = this;
    canvas.tip.hide();
    if (event.pointerType === "touch") {
      this.touches.set(event.pointerId, { x: event.clientX, y: event.clientY });
      if (this.touches.size === 2) {
        this.current?.cancel();
        this.current = this.pinch();
        return;
      }
    }
    if (this.current) return;
    const element = /** @type {Element} */ (event.target);
    if (element.closest(".comment-editor")) return;
    const itemElement = element.closest("[data-id]");
    const item = itemElement
      ? canvas.scene.items.get(/** @type {HTMLElement} */ (itemElement).dataset.id ?? "")
      : undefined;
    const part = element.closest("[data-part]")?.getAttribute("data-part");
    const pans = event.button === 1 || (event.button === 0 && this.space) || (event.pointerType === "touch" && !item);
    if (event.button !== 0 && !pans) return;
    if (element.closest("a") && event.button === 0) return;
    canvas.svg.setPointerCapture(event.pointerId);
    if (pans) {
      if (event.button === 1) event.preventDefault();
      this.current = this.pan(event);
    } else if (!item || item.data.kind === "binding") {
      canvas.svg.focus({ preventScroll: true });
      canvas.pressed = true;
      this.current = this.band(event);
    } else if (part === "toggle") {
      this.current = this.click(() => canvas.emit("toggle", { id: item.id, expanded: !item.data.expanded }));
    } else if (part === "output" && !canvas.readOnly) {
      this.current = drawLink(
        canvas,
        item,
        /** @type {Element} */ (element.closest("[data-port]"))?.getAttribute("data-port") ?? null,
      );
    } else if (part === "resize" && !canvas.readOnly) {
      this.current = resize(canvas, event, item);
    } else {
      this.current = drag(canvas, event, item);
    }
  }

  /** @param {PointerEvent} event */
  moved(event) {
    if (this.touches.has(event.pointerId)) this.touches.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.current?.move(event);
  }

  /** @param {PointerEvent} event */
  up(event) {
    this.touches.delete(event.pointerId);
    const gesture = this.current;
    this.current = null;
    gesture?.end(event);
    this.canvas.showLater();
  }

  /**
   * @param {() => void} action
   * @returns {Gesture}
   */
  click(action) {
    return { move() {}, end: action, cancel() {} };
  }

  /**
   * @param {PointerEvent} start
   * @returns {Gesture}
   */
  pan(start) {
    const { canvas } = this;
    let last = { x: start.clientX, y: start.clientY };
    canvas.svg.classList.add("panning");
    const stop = () => canvas.svg.classList.remove("panning");
    return {
      move: (event) => {
        canvas.camera.pan(event.clientX - last.x, event.clientY - last.y);
        last = { x: event.clientX, y: event.clientY };
      },
      end: stop,
      cancel: stop,
    };
  }

  /** @returns {Gesture} */
  pinch() {
    const { canvas, touches } = this;
    const read = () => {
      const [a, b] = [...touches.values()];
      return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, span: Math.hypot(a.x - b.x, a.y - b.y) || 1 };
    };
    let last = read();
    return {
      move: () => {
        if (touches.size < 2) return;
        const next = read();
        canvas.camera.pan(next.x - last.x, next.y - last.y);
        canvas.camera.zoomBy(next.span / last.span, canvas.camera.local(next.x, next.y));
        last = next;
      },
      end() {},
      cancel() {},
    };
  }

  /**
   * A rectangle that selects what it touches; Shift and Ctrl add.
   * @param {PointerEvent} start
   * @returns {Gesture}
   */
  band(start) {
    const { canvas } = this;
    const from = canvas.camera.toWorld(start.clientX, start.clientY);
    const before = start.shiftKey || start.ctrlKey || start.metaKey ? canvas.selection : [];
    let wide = false;
    const finish = () => canvas.drawBand(null);
    return {
      move: (event) => {
        if (!wide && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < threshold) return;
        wide = true;
        const box = boxBetween(from, canvas.camera.toWorld(event.clientX, event.clientY));
        canvas.drawBand(box);
        const touched = [];
        for (const item of canvas.scene.items.values()) {
          if (item.type === "link" || item.data.kind === "binding") continue;
          const layer = canvas.scene.layers.get(item.flow);
          // What is inside an expanded super node goes with it.
          if (layer?.owner === null && overlap(canvas.scene.worldBox(item), box)) touched.push(item.id);
        }
        canvas.select([...before, ...touched]);
      },
      end: (event) => {
        finish();
        if (!wide && before.length === 0) canvas.select([]);
        else if (!wide) canvas.emit("blank", { event });
      },
      cancel: () => {
        finish();
        canvas.select(before);
      },
    };
  }
}
