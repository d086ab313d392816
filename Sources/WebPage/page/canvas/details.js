// Which objects of a large flow are drawn with all their details: those in sight, and in slices, so that the page
// answers meanwhile. The others are outlines, which look the same from far away.

import { grown, overlap } from "./geometry.js";
import { toLayer } from "./layers.js";

/** @typedef {import("../types.js").Box} Box */
/** @typedef {import("./scene.js").Item} Item */

/** Up to this number, all objects are drawn whole. */
const few = 1000;
/** From this scale on: below it, letters are less than two pixels high. */
const leastScale = 0.12;
/** How far out of sight objects are whole already, in pixels. */
const margin = 200;
/** How long one slice takes, in milliseconds. */
const slice = 8;

export class Details {
  /**
   * @param {import("./scene.js").Scene} scene
   * @param {() => {box: Box, scale: number}} sight the part of the world that is seen
   */
  constructor(scene, sight) {
    this.scene = scene;
    this.sight = sight;
    this.frame = 0;
  }

  /** Draws what came into sight, before the next picture. */
  later() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  /** Draws a slice now, and the rest later. */
  draw() {
    const { items, layers } = this.scene;
    const { box, scale } = this.sight();
    // A link in a comment may have the focus.
    const { activeElement } = document;
    const holder = activeElement?.parentElement?.closest("[data-id]");
    const all = items.size <= few;
    if (!all && box.width === 0) return;
    const near = grown(box, margin / scale);
    const areas = new Map([...layers].map(([flow, layer]) => [flow, toLayer(near, layer)]));
    /** @type {Item[]} */
    const wanted = [];
    /** @type {Item[]} */
    const unwanted = [];
    for (const item of items.values()) {
      const isWanted = all || item.element === holder ||
        (scale >= leastScale && overlap(item.box, areas.get(item.flow) ?? near));
      if (isWanted !== item.whole) (isWanted ? wanted : unwanted).push(item);
    }
    const end = performance.now() + slice;
    for (const item of [...wanted, ...unwanted]) {
      if (!all && performance.now() > end) return this.later();
      item.whole = !item.whole;
      this.scene.fill(item);
    }
  }

  /** Forgets what was to be drawn. */
  stop() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
  }
}
