// The canvas by keyboard: Tab goes from group to group, arrows from object to object, as in Elyra's canvas.

import { moveItems } from "./mover.js";
import { groups, neighbour } from "./navigation.js";
import { openMenuAt } from "./opening.js";

/** @typedef {import("./canvas.js").Canvas} Canvas */
/** @type {Record<string, import("./navigation.js").Direction>} */
const arrows = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };
const steps = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };

/** @type {WeakMap<import("../types.js").Flow, string[][]>} */
const known = new WeakMap();

/**
 * The groups of a flow, which are found once: the flow of another view is another object.
 * @param {import("../types.js").Flow} flow
 */
function groupsOf(flow) {
  const found = known.get(flow) ?? groups(flow);
  known.set(flow, found);
  return found;
}

export class CanvasKeys {
  /** @param {Canvas} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    /** @type {string|null} */
    this.focused = null;
    /** What Tab leads to: one object of each group. */
    /** @type {Set<string>} */
    this.entries = new Set();
    canvas.svg.addEventListener("keydown", (event) => this.key(event));
    canvas.svg.addEventListener("keyup", (event) => {
      if (event.key === " ") this.canvas.gestures.space = false;
    });
    canvas.svg.addEventListener("focusin", (event) => {
      const id = /** @type {Element} */ (event.target).closest("[data-id]")?.getAttribute("data-id") ?? null;
      this.focused = id;
      if (id) this.enter(id);
    });
    canvas.svg.addEventListener("focusout", () => {
      canvas.gestures.space = false;
      canvas.pressed = false;
    });
  }

  /** One object of each group is reached by Tab: the last one that had the focus, else the first. */
  refresh() {
    const { scene } = this.canvas;
    const before = this.entries;
    this.entries = new Set();
    for (const layer of scene.layers.values()) {
      for (const group of groupsOf(layer.flow)) this.entries.add(group.find((id) => before.has(id)) ?? group[0]);
    }
    for (const id of before) if (!this.entries.has(id)) this.tab(id, "-1");
    for (const id of this.entries) this.tab(id, "0");
    if (this.focused && !scene.items.has(this.focused)) {
      // What had the focus is gone: the keyboard stays on the canvas.
      this.focused = null;
      if (document.activeElement === document.body) this.canvas.svg.focus({ preventScroll: true });
    }
  }

  /**
   * @param {string} id
   * @param {"0"|"-1"} index
   */
  tab(id, index) {
    const element = this.canvas.scene.items.get(id)?.element;
    if (element && element.getAttribute("tabindex") !== index) element.setAttribute("tabindex", index);
  }

  /** @param {string} id */
  focus(id) {
    this.canvas.scene.items.get(id)?.element.focus({ preventScroll: true });
  }

  /** @param {string} id */
  enter(id) {
    const { scene } = this.canvas;
    const item = scene.items.get(id);
    const layer = item && scene.layers.get(item.flow);
    if (!item || !layer || item.type === "link") return;
    const group = groupsOf(layer.flow).find((ids) => ids.includes(id)) ?? [];
    for (const other of group) {
      if (other === id || !this.entries.delete(other)) continue;
      this.tab(other, "-1");
    }
    this.entries.add(id);
    this.tab(id, "0");
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (/** @type {Element} */ (event.target).closest(".comment-editor")) return;
    if (this.handle(event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} whether the key had a meaning
   */
  handle(event) {
    const { canvas } = this;
    const { scene } = canvas;
    const ctrl = event.ctrlKey || event.metaKey;
    const direction = arrows[event.key];
    if (direction) return this.arrow(direction, ctrl, event.shiftKey);
    const id = this.focused;
    const item = id ? scene.items.get(id) : undefined;
    const byCode = ctrl && event.shiftKey ? event.code : "";
    if (byCode === "Digit8") canvas.camera.zoomBy(1.25);
    else if (byCode === "Digit9") canvas.camera.zoomBy(1 / 1.25);
    else if (byCode === "Digit0") canvas.camera.fit();
    else if (ctrl && event.code === "Digit1") canvas.camera.zoomTo(1);
    else if (ctrl && event.key.toLowerCase() === "a") {
      if (event.shiftKey) canvas.select([]);
      else canvas.selectAll();
    } else if (event.key === "Escape") {
      if (!canvas.gestures.cancel()) {
        if (canvas.selection.length > 0) canvas.select([]);
        else canvas.svg.focus({ preventScroll: true });
      }
    } else if ((event.shiftKey && event.key === "F10") || event.key === "ContextMenu" || (ctrl && event.key === ",")) {
      const box = (item?.element ?? canvas.svg).getBoundingClientRect();
      openMenuAt(
        canvas,
        id,
        item ? box.left + Math.min(24, box.width / 2) : box.left + box.width / 2,
        item ? box.top + box.height / 2 : box.top + box.height / 3,
      );
    } else if (event.key === " " && !item) canvas.gestures.space = true;
    else if ((event.key === "Enter" || event.key === " ") && item && id && !ctrl && !event.altKey) {
      if (event.shiftKey || event.key === " ") {
        canvas.toggle(id);
      } else if (scene.selected.has(id) && canvas.selection.length === 1) canvas.emit("open", { id, type: item.type });
      else canvas.select([id]);
    } else if (event.key === "Home" || event.key === "End") {
      const layer = scene.layers.get(canvas.flow);
      const order = layer ? groupsOf(layer.flow).flat() : [];
      const next = event.key === "Home" ? order[0] : order.at(-1);
      if (next) this.go(next);
    } else return false;
    return true;
  }

  /** @param {string} id */
  go(id) {
    this.focus(id);
    this.canvas.reveal(id);
  }

  /**
   * @param {import("./navigation.js").Direction} direction
   * @param {boolean} ctrl
   * @param {boolean} shift
   */
  arrow(direction, ctrl, shift) {
    const { canvas } = this;
    const { scene } = canvas;
    const [dx, dy] = steps[direction];
    if (ctrl && shift) canvas.camera.pan(-dx * 40, -dy * 40);
    else if (ctrl) {
      if (canvas.readOnly) return false;
      const items = canvas.targets.flatMap((id) => scene.items.get(id) ?? []).filter(({ type }) => type !== "link");
      const positions = items.map(({ id, box }) => ({ id, x: box.x + dx * 10, y: box.y + dy * 10 }));
      if (positions.length === 0) return true;
      moveItems(scene, new Map(positions.map((position) => [position.id, position])));
      canvas.emit("move", { positions, link: null, flow: items[0]?.flow, keys: true });
    } else if (shift) {
      const item = this.focused ? scene.items.get(this.focused) : undefined;
      if (!item || item.type !== "comment" || canvas.readOnly) return false;
      scene.resize(item, Math.max(60, item.box.width + dx * 10), Math.max(32, item.box.height + dy * 10));
      canvas.emit("resize", { id: item.id, width: item.box.width, height: item.box.height, keys: true });
    } else {
      const item = this.focused ? scene.items.get(this.focused) : undefined;
      const layer = scene.layers.get(item?.flow ?? canvas.flow);
      if (!layer) return true;
      const next = item ? neighbour(layer.flow, item.id, direction) : groupsOf(layer.flow)[0]?.[0];
      if (next && scene.items.has(next)) this.go(next);
    }
    return true;
  }
}
