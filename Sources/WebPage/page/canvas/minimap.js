// The whole flow in a corner, with the window's frame; press or drag in it to go there.

import { h } from "../dom.js";
import { bounds, grown } from "./geometry.js";

const size = { width: 168, height: 108 };

export class Minimap {
  /** @param {import("./canvas.js").Canvas} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.element = h("canvas", {
      class: "minimap",
      width: size.width * 2,
      height: size.height * 2,
      role: "img",
      "aria-label": "Overview of the pipeline",
    });
    this.frame = 0;
    this.scale = 1;
    this.offset = { x: 0, y: 0 };
    this.element.addEventListener("pointerdown", (event) => {
      this.element.setPointerCapture(event.pointerId);
      this.go(event);
    });
    this.element.addEventListener("pointermove", (event) => {
      if (this.element.hasPointerCapture(event.pointerId)) this.go(event);
    });
  }

  /** @param {PointerEvent} event */
  go(event) {
    const box = this.element.getBoundingClientRect();
    this.canvas.camera.centerOn({
      x: (event.clientX - box.left - this.offset.x) / this.scale,
      y: (event.clientY - box.top - this.offset.y) / this.scale,
    });
  }

  update() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  draw() {
    const { canvas } = this;
    const { scene } = canvas;
    const all = scene.worldBounds();
    const seen = canvas.camera.sight.box;
    // Of use only if something is out of sight.
    const inside = !all ||
      (all.x >= seen.x && all.y >= seen.y && all.x + all.width <= seen.x + seen.width &&
        all.y + all.height <= seen.y + seen.height);
    this.element.hidden = inside || canvas.camera.size.width < 480;
    if (inside || !all) return;
    const box = grown(bounds([all, seen]) ?? all, 20);
    this.scale = Math.min(size.width / box.width, size.height / box.height);
    this.offset = {
      x: (size.width - box.width * this.scale) / 2 - box.x * this.scale,
      y: (size.height - box.height * this.scale) / 2 - box.y * this.scale,
    };
    const draw = this.element.getContext("2d");
    if (!draw) return;
    const style = getComputedStyle(this.element);
    const [accent, error, comment, line] = ["--accent", "--error", "--comment-border", "--line"].map((name) =>
      style.getPropertyValue(name)
    );
    draw.setTransform(1, 0, 0, 1, 0, 0);
    draw.clearRect(0, 0, size.width * 2, size.height * 2);
    draw.setTransform(2 * this.scale, 0, 0, 2 * this.scale, 2 * this.offset.x, 2 * this.offset.y);
    for (const item of scene.items.values()) {
      if (item.type === "link" || item.data.kind === "binding") continue;
      const { x, y, width, height } = scene.worldBox(item);
      const color = scene.selected.has(item.id)
        ? accent
        : item.data.severity === "error"
        ? error
        : item.type === "comment"
        ? comment
        : line;
      draw.fillStyle = color;
      if (item.data.expanded) {
        draw.strokeStyle = color;
        draw.lineWidth = 1 / this.scale;
        draw.strokeRect(x, y, width, height);
      } else draw.fillRect(x, y, Math.max(width, 2 / this.scale), Math.max(height, 2 / this.scale));
    }
    draw.strokeStyle = accent;
    draw.lineWidth = 1.2 / this.scale;
    draw.strokeRect(seen.x, seen.y, seen.width, seen.height);
  }
}
