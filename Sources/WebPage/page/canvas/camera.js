// What part of the world is seen: moved, zoomed, fitted; and points of the window as points of the world.

import { grown } from "./geometry.js";
import { fitted, revealed, toCanvas, zoomed } from "./viewport.js";

/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("../types.js").Box} Box */

/** How near to the edge a drag moves the canvas along, and how far, in pixels. */
const edge = { width: 24, step: 10 };

export class Camera {
  viewport = { x: 0, y: 0, scale: 1 };
  size = { width: 0, height: 0 };
  /** Whether everything is to be shown as soon as there is a size, and something to show. */
  fitWanted = true;

  /**
   * @param {SVGSVGElement} svg
   * @param {() => Box|null} bounds of everything
   * @param {() => void} moved
   */
  constructor(svg, bounds, moved) {
    this.svg = svg;
    this.bounds = bounds;
    this.moved = moved;
    svg.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  /** The part of the world that is seen. */
  get sight() {
    const { x, y, scale } = this.viewport;
    const { width, height } = this.size;
    return { box: { x: -x / scale, y: -y / scale, width: width / scale, height: height / scale }, scale };
  }

  /** @param {{x: number, y: number, scale: number}} viewport */
  set(viewport) {
    this.viewport = viewport;
    this.moved();
  }

  /** Shows everything. */
  fit() {
    if (this.size.width === 0) {
      this.fitWanted = true;
      return;
    }
    this.fitWanted = false;
    const box = this.bounds();
    this.set(box ? fitted(grown(box, 10), this.size) : { x: 0, y: 0, scale: 1 });
  }

  /**
   * Moves as little as needed to show a box of the world.
   * @param {Box} box
   */
  reveal(box) {
    this.set(revealed(this.viewport, box, this.size));
  }

  /**
   * @param {number} factor
   * @param {Point} [at] a point of the window, else the middle
   */
  zoomBy(factor, at = { x: this.size.width / 2, y: this.size.height / 2 }) {
    this.set(zoomed(this.viewport, factor, at));
  }

  /** @param {number} scale */
  zoomTo(scale) {
    this.zoomBy(scale / this.viewport.scale);
  }

  /**
   * @param {number} dx
   * @param {number} dy
   */
  pan(dx, dy) {
    this.set({ ...this.viewport, x: this.viewport.x + dx, y: this.viewport.y + dy });
  }

  /** @param {Point} point of the world */
  centerOn({ x, y }) {
    const { scale } = this.viewport;
    this.set({ scale, x: this.size.width / 2 - x * scale, y: this.size.height / 2 - y * scale });
  }

  /**
   * A point of the window as a point of the canvas element.
   * @param {number} clientX
   * @param {number} clientY
   */
  local(clientX, clientY) {
    const box = this.svg.getBoundingClientRect();
    return { x: clientX - box.left, y: clientY - box.top };
  }

  /**
   * @param {number} clientX
   * @param {number} clientY
   */
  toWorld(clientX, clientY) {
    return toCanvas(this.viewport, this.local(clientX, clientY));
  }

  /**
   * Moves the canvas along while something is dragged near its edge.
   * @param {number} clientX
   * @param {number} clientY
   */
  autoPan(clientX, clientY) {
    const { x, y } = this.local(clientX, clientY);
    const push = (/** @type {number} */ at, /** @type {number} */ length) =>
      at < edge.width ? edge.step : at > length - edge.width ? -edge.step : 0;
    const dx = push(x, this.size.width), dy = push(y, this.size.height);
    if (dx !== 0 || dy !== 0) this.pan(dx, dy);
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 18 : event.deltaMode === 2 ? this.size.height : 1;
    if (event.ctrlKey || event.metaKey) {
      const factor = Math.exp(-Math.max(-60, Math.min(60, event.deltaY * unit)) * 0.006);
      this.zoomBy(factor, this.local(event.clientX, event.clientY));
    } else if (event.shiftKey && event.deltaX === 0) this.pan(-event.deltaY * unit, 0);
    else this.pan(-event.deltaX * unit, -event.deltaY * unit);
  }
}
