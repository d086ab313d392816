// The pointer on the canvas: select, drag, link, resize, pan, pinch.

import { boxBetween, contains, curvePath, linkCurve, overlap } from "./geometry.js";
import { portOf } from "./links.js";
import { Mover } from "./mover.js";
import { end } from "./scene.js";

/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("./scene.js").Item} Item */
/** @typedef {import("./canvas.js").Canvas} Canvas */
/** @typedef {{move: (event: PointerEvent) => void, end: (event: PointerEvent) => void, cancel: () => void}} Gesture */

const threshold = 4;

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
    canvas.hideTip();
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
      this.current = this.link(
        item,
        /** @type {Element} */ (element.closest("[data-port]"))?.getAttribute("data-port") ?? null,
      );
    } else if (part === "resize" && !canvas.readOnly) {
      this.current = this.resize(event, item);
    } else {
      this.current = this.drag(event, item);
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
        canvas.pan(event.clientX - last.x, event.clientY - last.y);
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
        canvas.pan(next.x - last.x, next.y - last.y);
        canvas.zoomBy(next.span / last.span, canvas.local(next.x, next.y));
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
    const from = canvas.toWorld(start.clientX, start.clientY);
    const before = start.shiftKey || start.ctrlKey || start.metaKey ? canvas.selection : [];
    let wide = false;
    const finish = () => canvas.drawBand(null);
    return {
      move: (event) => {
        if (!wide && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < threshold) return;
        wide = true;
        const box = boxBetween(from, canvas.toWorld(event.clientX, event.clientY));
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

  /**
   * @param {PointerEvent} start
   * @param {Item} item
   * @returns {Gesture}
   */
  drag(start, item) {
    const { canvas } = this;
    const adds = start.shiftKey || start.ctrlKey || start.metaKey;
    const was = canvas.scene.selected.has(item.id);
    if (adds) canvas.toggle(item.id);
    else if (!was) canvas.select([item.id]);
    canvas.focusItem(item.id);
    /** @type {Mover|null} */
    let mover = null;
    /** @type {string|null} */
    let link = null;
    let frame = 0;
    /** @type {PointerEvent|null} */
    let latest = null;
    const movable = !canvas.readOnly && item.type !== "link";
    const origin = canvas.toWorld(start.clientX, start.clientY);
    const scale = canvas.scene.layers.get(item.flow)?.scale ?? 1;
    const step = () => {
      frame = 0;
      if (!latest || !mover) return;
      canvas.autoPan(latest.clientX, latest.clientY);
      const now = canvas.toWorld(latest.clientX, latest.clientY);
      mover.move((now.x - origin.x) / scale, (now.y - origin.y) / scale);
      link = mover.items.length === 1 ? this.linkUnder(item) : null;
      canvas.markTarget(link);
    };
    const stop = () => {
      cancelAnimationFrame(frame);
      canvas.svg.classList.remove("dragging");
      canvas.markTarget(null);
    };
    return {
      move: (event) => {
        if (!movable) return;
        latest = event;
        if (!mover) {
          if (Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < threshold) return;
          mover = new Mover(canvas.scene, item.flow, canvas.scene.selected.has(item.id) ? canvas.selection : [item.id]);
          canvas.focusItem(item.id);
          canvas.svg.classList.add("dragging");
        }
        frame ||= requestAnimationFrame(step);
      },
      end: (event) => {
        latest = event;
        step();
        stop();
        if (!mover) {
          if (was && !adds) canvas.select([item.id]);
          return;
        }
        const positions = mover.finish();
        canvas.focusItem(item.id);
        canvas.emit("move", { positions, link, flow: item.flow });
      },
      cancel: () => {
        stop();
        mover?.cancel();
      },
    };
  }

  /**
   * The link that a node without links lies on.
   * @param {Item} item
   */
  linkUnder(item) {
    const { scene } = this.canvas;
    if (item.type !== "node" || item.data.inputs.length === 0 || item.data.outputs.length === 0) return null;
    if ((scene.linksOf.get(item.id) ?? []).some(({ data }) => data.kind === "data")) return null;
    return this.canvas.linkAt(item.flow, item.box);
  }

  /**
   * @param {Item} source
   * @param {string|null} port
   * @returns {Gesture}
   */
  link(source, port) {
    const { canvas } = this;
    const { scene } = canvas;
    /** @type {Item|null} */
    let target = null;
    let moved = false;
    const finish = () => {
      canvas.drawDraft(null);
      canvas.markTarget(null);
    };
    return {
      move: (event) => {
        moved = true;
        const point = canvas.toWorld(event.clientX, event.clientY);
        canvas.autoPan(event.clientX, event.clientY);
        target = null;
        for (const item of scene.items.values()) {
          if (item.type !== "node" || item.id === source.id || item.flow !== source.flow) continue;
          const { x, y, width, height } = scene.worldBox(item);
          if (contains({ x: x - 10, y: y - 4, width: width + 14, height: height + 8 }, point)) target = item;
        }
        const from = portOf({ ...end(source), box: scene.worldBox(source) }, "output", port);
        canvas.drawDraft(curvePath(linkCurve(from, point)));
        canvas.markTarget(target?.id ?? null);
      },
      end: (event) => {
        finish();
        if (!moved) return canvas.select([source.id]);
        const place = canvas.locate(event.clientX, event.clientY);
        if (target) {
          const inputs = target.data.inputs;
          const under = document.elementFromPoint(event.clientX, event.clientY)?.closest(".port.input");
          canvas.emit("connect", {
            source: source.id,
            target: target.id,
            source_port: port,
            target_port: under?.getAttribute("data-port") ?? (inputs.length > 0 ? inputs[0].id : null),
          });
        } else if (source.type === "node") {
          canvas.emit("connect-void", {
            source: source.id,
            source_port: port,
            ...place,
            flow: source.flow,
            clientX: event.clientX,
            clientY: event.clientY,
          });
        }
      },
      cancel: finish,
    };
  }

  /**
   * @param {PointerEvent} start
   * @param {Item} item
   * @returns {Gesture}
   */
  resize(start, item) {
    const { canvas } = this;
    const { width, height } = item.box;
    const scale = (canvas.scene.layers.get(item.flow)?.scale ?? 1) * canvas.viewport.scale;
    const least = item.type === "comment" ? { width: 60, height: 32 } : { width: 160, height: 80 };
    return {
      move: (event) => {
        canvas.scene.resize(
          item,
          Math.max(least.width, Math.round(width + (event.clientX - start.clientX) / scale)),
          Math.max(least.height, Math.round(height + (event.clientY - start.clientY) / scale)),
        );
      },
      end: () => {
        if (item.box.width !== width || item.box.height !== height) {
          canvas.emit("resize", { id: item.id, width: item.box.width, height: item.box.height });
        }
      },
      cancel: () => canvas.scene.resize(item, width, height),
    };
  }
}
