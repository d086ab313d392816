// The drawing of a flow and of the super nodes expanded in it: elements by id, kept from one view to the next.

import { s, set } from "../dom.js";
import { commentOutline, commentParts, nodeOutline, nodeParts } from "./draw.js";
import { bounds, fitInside } from "./geometry.js";
import { newLayer, placed, toWorld } from "./layers.js";
import { linkParts, linkPaths, passes, setPaths } from "./links.js";
import { commentLook, linkLook, nodeLook } from "./looks.js";

/** @typedef {import("../types.js").View} View */
/** @typedef {import("../types.js").Flow} Flow */
/** @typedef {import("../types.js").Box} Box */
/** @typedef {import("../types.js").Link} Link */
/** @typedef {import("../types.js").NodeState} NodeState */
/** @typedef {import("./layers.js").Layer} Layer */
/**
 * @typedef {object} Item
 * @property {string} id
 * @property {"node"|"comment"|"link"} type
 * @property {string} flow
 * @property {any} data
 * @property {SVGGElement} element
 * @property {Box} box
 * @property {string} signature what the parts of the element show
 * @property {string} written the attributes of the element
 * @property {boolean} whole whether it has all its parts, or only the outline
 * @property {import("./links.js").Paths} paths of a link
 */

export class Scene {
  /** @param {SVGGElement} world */
  constructor(world) {
    this.world = world;
    this.readOnly = false;
    /** @type {Map<string, Item>} */
    this.items = new Map();
    /** @type {Map<string, Layer>} */
    this.layers = new Map();
    /** @type {Map<string, Item[]>} links by the id of either end */
    this.linksOf = new Map();
    /** @type {Map<string, NodeState>} */
    this.states = new Map();
    /** @type {Set<string>} */
    this.selected = new Set();
  }

  /**
   * Draws a flow of a view; elements whose object did not change stay as they are.
   * @param {View} view
   * @param {string} flowID
   */
  draw(view, flowID) {
    const flows = new Map(view.flows.map((flow) => [flow.id, flow]));
    const before = this.items;
    this.before = before;
    const oldLayers = this.layers;
    this.items = new Map();
    this.layers = new Map();
    this.linksOf = new Map();
    const flow = flows.get(flowID);
    if (flow) this.drawLayer(flow, flows, oldLayers, this.world, { x: 0, y: 0, scale: 1, owner: null, local: null });
    for (const [id, layer] of oldLayers) {
      if (this.layers.get(id)?.group !== layer.group) layer.group.remove();
    }
    for (const [id, item] of before) {
      if (this.items.get(id)?.element !== item.element) item.element.remove();
    }
    for (const id of [...this.selected]) if (!this.items.has(id)) this.selected.delete(id);
  }

  /**
   * @param {Flow} flow
   * @param {Map<string, Flow>} flows
   * @param {Map<string, Layer>} oldLayers
   * @param {SVGGElement} parent
   * @param {{x: number, y: number, scale: number, owner: string|null, local: string|null}} transform
   */
  drawLayer(flow, flows, oldLayers, parent, transform) {
    if (this.layers.has(flow.id)) return; // A super node inside itself: drawn once.
    const layer = { ...(oldLayers.get(flow.id) ?? newLayer()), flow, ...transform };
    this.layers.set(flow.id, layer);
    if (layer.group.parentNode !== parent) parent.append(layer.group);
    set(layer.group, { transform: transform.local, "data-flow": flow.id });

    const boxes = placed(flow);
    /** @type {Map<string, string[]>} */
    const before = new Map();
    const labels = new Map(flow.nodes.map(({ id, label }) => [id, label]));
    for (const link of flow.links) {
      const label = labels.get(link.source);
      if (link.kind === "data" && label !== undefined) {
        const known = before.get(link.target);
        if (known) known.push(label);
        else before.set(link.target, [label]);
      }
    }
    for (const node of flow.nodes) {
      const box = /** @type {Box} */ (boxes.get(node.id));
      const look = nodeLook(node, box, this.how(node.id), before.get(node.id) ?? []);
      this.item("node", flow, node, box, look, layer.nodes);
    }
    for (const comment of flow.comments) {
      const box = /** @type {Box} */ (boxes.get(comment.id));
      this.item("comment", flow, comment, box, commentLook(comment, box, this.how(comment.id)), layer.comments);
    }
    for (const link of flow.links) {
      if (!this.items.has(link.source) || !this.items.has(link.target)) continue;
      const look = linkLook(link, this.how(link.id), labels.get(link.source), labels.get(link.target) ?? "");
      const item = this.item("link", flow, link, { x: 0, y: 0, width: 0, height: 0 }, look, layer.links);
      for (const id of [link.source, link.target]) {
        const known = this.linksOf.get(id);
        if (known) known.push(item);
        else this.linksOf.set(id, [item]);
      }
      this.route(item);
    }
    for (const node of flow.nodes) {
      const inner = node.kind === "super" && node.expanded && node.subflow ? flows.get(node.subflow) : undefined;
      const box = boxes.get(node.id);
      if (!inner || !box) continue;
      const fit = fitInside(box, bounds(placed(inner).values()));
      this.drawLayer(inner, flows, oldLayers, layer.nested, {
        scale: transform.scale * fit.scale,
        x: transform.x + fit.x * transform.scale,
        y: transform.y + fit.y * transform.scale,
        owner: node.id,
        local: `translate(${fit.x} ${fit.y}) scale(${fit.scale})`,
      });
    }
  }

  /** @param {string} id */
  how(id) {
    return { state: this.states.get(id), isSelected: this.selected.has(id), readOnly: this.readOnly };
  }

  /**
   * The item of an object, with the element that it had, or a new one. Parts and attributes that changed are written.
   * @param {"node"|"comment"|"link"} type
   * @param {Flow} flow
   * @param {any} data
   * @param {Box} box
   * @param {import("./looks.js").Look} look
   * @param {SVGGElement} parent
   * @returns {Item}
   */
  item(type, flow, data, box, { signature, attributes }, parent) {
    const { id } = data;
    const old = this.before?.get(id);
    const kept = old?.type === type && old.element.parentNode === parent ? old : null;
    const item = {
      id,
      type,
      flow: flow.id,
      data,
      box: { ...box },
      signature,
      element: kept?.element ?? s("g", { "data-id": id, "data-type": type, "data-part": "item", tabindex: -1 }),
      written: JSON.stringify(attributes),
      whole: kept?.whole ?? false,
      paths: kept?.paths ?? { line: "", head: "" },
    };
    this.items.set(id, item);
    if (kept?.signature !== signature) this.fill(item);
    if (kept?.written !== item.written) set(item.element, attributes);
    if (!kept) parent.append(item.element);
    return item;
  }

  /**
   * Draws the parts of an object, or its outline.
   * @param {Item} item
   */
  fill({ id, type, data, box, element, whole, paths }) {
    const state = this.states.get(id);
    const parts = type === "link"
      ? linkParts(paths, whole)
      : type === "comment"
      ? whole ? commentParts(data, box, this.readOnly) : commentOutline(box)
      : whole
      ? nodeParts(data, box, state, this.readOnly)
      : nodeOutline(data, box, state);
    element.replaceChildren(...parts);
  }

  /** @param {Item} item */
  route(item) {
    const link = /** @type {Link} */ (item.data);
    const source = this.items.get(link.source), target = this.items.get(link.target);
    if (!source || !target) return;
    item.box = around(source.box, target.box);
    const paths = linkPaths(link, end(source), end(target));
    if (paths.line === item.paths.line) return;
    item.paths = paths;
    setPaths(item.element, paths);
  }

  /**
   * The data link of a flow that passes through a box.
   * @param {string} flow
   * @param {Box} box
   * @returns {string|null}
   */
  linkThrough(flow, box) {
    for (const item of this.items.values()) {
      if (item.type !== "link" || item.flow !== flow || item.data.kind !== "data") continue;
      const source = this.items.get(item.data.source), target = this.items.get(item.data.target);
      if (source && target && passes(item.data, end(source), end(target), box)) return item.id;
    }
    return null;
  }

  /**
   * @param {Item} item
   * @param {number} width
   * @param {number} height
   */
  resize(item, width, height) {
    item.box.width = width;
    item.box.height = height;
    item.signature = "";
    this.fill(item);
    for (const link of this.linksOf.get(item.id) ?? []) this.route(link);
  }

  /** @param {Set<string>} ids */
  select(ids) {
    for (const id of new Set([...this.selected, ...ids])) {
      const item = this.items.get(id);
      if (!item) continue;
      item.written = "";
      item.element.classList.toggle("selected", ids.has(id));
      if (item.type !== "comment") item.element.setAttribute("aria-pressed", String(ids.has(id)));
    }
    this.selected = new Set([...ids].filter((id) => this.items.has(id)));
  }

  /**
   * The box of an object in the world, also inside an expanded super node.
   * @param {Item} item
   * @returns {Box}
   */
  worldBox(item) {
    return toWorld(item.box, /** @type {Layer} */ (this.layers.get(item.flow)));
  }

  /** The box around everything. */
  worldBounds() {
    /** @type {Map<string, Box[]>} */
    const boxes = new Map([...this.layers.keys()].map((flow) => [flow, []]));
    for (const { type, flow, box } of this.items.values()) if (type !== "link") boxes.get(flow)?.push(box);
    return bounds([...this.layers].flatMap(([flow, layer]) => {
      const box = bounds(boxes.get(flow) ?? []);
      return box ? [toWorld(box, layer)] : [];
    }));
  }
}

/** @param {Item} item */
export function end(item) {
  return { box: item.box, node: item.type === "node" ? item.data : null };
}

/**
 * The box around two boxes.
 * @param {Box} a
 * @param {Box} b
 * @returns {Box}
 */
function around(a, b) {
  const x = Math.min(a.x, b.x), y = Math.min(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}
