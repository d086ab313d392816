// Objects of one flow under the pointer: moved one by one with their links, or, if they are many, all in one group.

import { s } from "../dom.js";
import { bounds, fitInside } from "./geometry.js";
import { placed } from "./layers.js";

/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("./scene.js").Item} Item */

/** From this number of elements on, one transform of a group is cheaper than one for each. */
const many = 24;

export class Mover {
  /**
   * @param {import("./scene.js").Scene} scene
   * @param {string} flow
   * @param {string[]} ids
   */
  constructor(scene, flow, ids) {
    this.scene = scene;
    this.layer = scene.layers.get(flow);
    this.items = ids.flatMap((id) => {
      const item = scene.items.get(id);
      return item && item.type !== "link" && item.flow === flow ? [item] : [];
    });
    this.origins = new Map(this.items.map(({ id, box }) => [id, { x: box.x, y: box.y }]));
    /** @type {Set<Item>} links of which both ends move */
    this.inner = new Set();
    /** @type {Set<Item>} links of which one end moves */
    this.outer = new Set();
    for (const { id } of this.items) {
      for (const link of scene.linksOf.get(id) ?? []) {
        const both = this.origins.has(link.data.source) && this.origins.has(link.data.target);
        (both ? this.inner : this.outer).add(link);
      }
    }
    /** @type {SVGGElement|null} */
    this.group = null;
    if (this.items.length + this.inner.size > many) this.lift();
  }

  /** Puts everything that moves into one group. */
  lift() {
    const elements = [...this.inner, ...this.items].map(({ element }) => element);
    this.group = s("g", { class: "moving" });
    this.group.append(...elements, ...this.items.flatMap(({ id }) => nestedGroup(this.scene, id) ?? []));
    this.layer?.group.append(this.group);
  }

  /**
   * @param {number} dx from where the objects were
   * @param {number} dy
   */
  move(dx, dy) {
    const [x, y] = [Math.round(dx), Math.round(dy)];
    if (!this.group) {
      moveItems(
        this.scene,
        new Map([...this.origins].map(([id, origin]) => [id, { x: origin.x + x, y: origin.y + y }])),
      );
      return;
    }
    for (const { id, box } of this.items) {
      const origin = /** @type {Point} */ (this.origins.get(id));
      box.x = origin.x + x;
      box.y = origin.y + y;
    }
    this.group.setAttribute("transform", `translate(${x} ${y})`);
    for (const link of this.outer) this.scene.route(link);
  }

  /**
   * Puts everything back to where it belongs in the drawing, at its new place.
   * @returns {{id: string, x: number, y: number}[]}
   */
  finish() {
    const positions = this.items.map(({ id, box }) => ({ id, x: box.x, y: box.y }));
    if (this.group && this.layer) {
      for (const { element } of this.inner) this.layer.links.append(element);
      for (const { type, element } of this.items) {
        (type === "node" ? this.layer.nodes : this.layer.comments).append(element);
      }
      for (const { id } of this.items) {
        const nested = nestedGroup(this.scene, id);
        if (nested) this.layer.nested.append(nested);
      }
      this.group.remove();
      this.group = null;
      moveItems(this.scene, new Map(positions.map((position) => [position.id, position])));
    }
    return positions;
  }

  /** Puts everything back to where it was. */
  cancel() {
    this.move(0, 0);
    this.finish();
  }
}

/**
 * Moves nodes and comments with their links, without a new view: what a drag shows.
 * @param {import("./scene.js").Scene} scene
 * @param {Map<string, {x: number, y: number}>} positions
 */
export function moveItems(scene, positions) {
  /** @type {Set<Item>} */
  const links = new Set();
  for (const [id, { x, y }] of positions) {
    const item = scene.items.get(id);
    if (!item) continue;
    item.box.x = x;
    item.box.y = y;
    item.written = "";
    item.element.setAttribute("transform", `translate(${x} ${y})`);
    if (item.data.expanded) moveNested(scene, item);
    for (const link of scene.linksOf.get(id) ?? []) links.add(link);
  }
  for (const link of links) scene.route(link);
}

/**
 * Keeps the drawing inside an expanded super node in its frame.
 * @param {import("./scene.js").Scene} scene
 * @param {Item} item
 */
function moveNested(scene, item) {
  for (const layer of scene.layers.values()) {
    if (layer.owner !== item.id) continue;
    const fit = fitInside(item.box, bounds(placed(layer.flow).values()));
    layer.group.setAttribute("transform", `translate(${fit.x} ${fit.y}) scale(${fit.scale})`);
  }
}

/**
 * The drawing inside an expanded super node.
 * @param {import("./scene.js").Scene} scene
 * @param {string} id
 * @returns {SVGGElement|null}
 */
function nestedGroup(scene, id) {
  for (const layer of scene.layers.values()) if (layer.owner === id) return layer.group;
  return null;
}
