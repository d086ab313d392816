// The drawing of a pipeline, in the editor and in the board of a run.
//
//   const canvas = new Canvas(element, {readOnly: true});
//   canvas.show(view);                                   // or show(view, {flow}) for a super node's inside
//   canvas.setStates(new Map([["id", {status: "running", text: "running", seconds: 3.2, attempt: 1}]]));
//   canvas.select(["id"], {reveal: true});
//   canvas.addEventListener("select", (event) => event.detail.ids);
//
// Events (CustomEvent, `detail`): select {ids} · open {id, type} (double click, Enter) · menu {id, type, ids, flow, x, y,
// clientX, clientY} · flow {flow} · hover {id}. In an editor also: move {positions, link, flow} · resize {id, width,
// height} · connect {source, target, source_port, target_port} · connect-void {source, …} · add {flow, x, y, …} (double
// click on nothing) · drop {data, flow, x, y, link, node, …} · toggle {id, expanded} · comment {id, text} · label {id, text}.
// The canvas changes no document: it shows a move at once, and the view that follows says what holds.

import { h, s } from "../dom.js";
import { Camera } from "./camera.js";
import { drawBreadcrumb, makeCorner } from "./corner.js";
import { Details } from "./details.js";
import { contains, objectsOf } from "./geometry.js";
import { Gestures } from "./gestures.js";
import { CanvasKeys } from "./keyboard.js";
import { Minimap } from "./minimap.js";
import { wireOpening } from "./opening.js";
import { Overlays } from "./overlays.js";
import { Scene } from "./scene.js";
import { Tip } from "./tip.js";

/** @typedef {import("../types.js").View} View */
/** @typedef {import("../types.js").Box} Box */
/** @typedef {import("../types.js").NodeState} NodeState */

export class Canvas extends EventTarget {
  /**
   * @param {HTMLElement} element the place to fill
   * @param {{readOnly?: boolean, empty?: Node, label?: string}} [options] `empty` is shown on a canvas without objects
   */
  constructor(element, { readOnly = false, empty, label = "Pipeline" } = {}) {
    super();
    this.element = element;
    this.label = label;
    this.readOnly = readOnly;
    /** @type {View|null} */
    this.view = null;
    this.flow = "";
    /** @type {{view: View, flow?: string}|null} */
    this.later = null;
    /** Whether the canvas itself has the focus because the pointer was pressed on nothing. */
    this.pressed = false;
    this.world = s("g", { class: "world" });
    this.band = s("rect", { class: "band" });
    this.draft = s("path", { class: "draft" });
    this.svg = s("svg", { class: "canvas-svg", role: "group", tabindex: 0 }, this.world, this.draft, this.band);
    this.breadcrumb = h("nav", { class: "breadcrumb", "aria-label": "Place in the pipeline" });
    this.empty = h("div", { class: "canvas-empty", hidden: true }, empty ?? null);
    this.scene = new Scene(this.world);
    this.scene.readOnly = readOnly;
    this.camera = new Camera(this.svg, () => this.scene.worldBounds(), () => this.moved());
    this.details = new Details(this.scene, () => this.camera.sight);
    this.minimap = new Minimap(this);
    this.corner = makeCorner(this.camera, this.minimap.element);
    element.classList.add("canvas");
    element.append(this.svg, this.empty, this.breadcrumb, this.corner.element);
    this.tip = new Tip(this);
    this.overlays = new Overlays(this);
    element.append(this.tip.element);
    this.gestures = new Gestures(this);
    this.keys = new CanvasKeys(this);
    this.drawBand(null);
    this.drawDraft(null);
    wireOpening(this);
    new ResizeObserver(() => this.resized()).observe(element);
  }

  /**
   * Shows a view; the viewport stays, but for the first view and another flow.
   * @param {View} view
   * @param {{flow?: string}} [options]
   */
  show(view, { flow } = {}) {
    // A gesture holds what is drawn now.
    if (this.gestures.current) {
      this.later = { view, flow };
      return;
    }
    const wanted = flow ?? (view.flows.some(({ id }) => id === this.flow) ? this.flow : view.primary);
    const other = wanted !== this.flow;
    // The states of a run are drawn many times on one view.
    if (view !== this.view || other) this.tip.hide();
    this.view = view;
    this.flow = wanted;
    this.scene.draw(view, wanted);
    this.keys.refresh();
    const shown = view.flows.find(({ id }) => id === wanted);
    const comments = shown?.comments.length ?? 0;
    const nodes = shown ? objectsOf(shown).length - comments : 0;
    this.svg.setAttribute(
      "aria-label",
      `${this.label}: ${nodes} ${nodes === 1 ? "node" : "nodes"}, ${
        shown?.links.length ?? 0
      } links, ${comments} comments`,
    );
    this.empty.hidden = nodes + comments > 0;
    drawBreadcrumb(this.breadcrumb, view, wanted, (id) => this.openFlow(id));
    if (other) this.camera.fitWanted = true;
    if (this.camera.fitWanted) this.camera.fit();
    this.details.draw();
    this.minimap.update();
    this.tip.refresh();
    if (other) this.emit("flow", { flow: wanted });
  }

  /** Shows the view that came during a gesture. */
  showLater() {
    const { later } = this;
    this.later = null;
    if (later) this.show(later.view, { flow: later.flow });
  }

  /** Draws the shown view again, as after a move that was refused. */
  redraw() {
    if (this.later) return;
    if (this.view) this.show(this.view, { flow: this.flow });
  }

  /**
   * The states of a run on the nodes; nodes without one show none.
   * @param {Map<string, NodeState>} states
   */
  setStates(states) {
    this.scene.states = states;
    this.redraw();
  }

  /** @param {boolean} readOnly */
  setReadOnly(readOnly) {
    this.readOnly = readOnly;
    this.scene.readOnly = readOnly;
  }

  /**
   * What the tips of nodes say about findings.
   * @param {import("../types.js").Finding[]} findings
   */
  setFindings(findings) {
    this.tip.messages = Map.groupBy(findings.filter(({ node_id }) => node_id), ({ node_id }) => String(node_id));
  }

  /** @returns {string[]} */
  get selection() {
    return [...this.scene.selected];
  }

  /** What a command means: the selection, or the object with the focus if that is not part of it. */
  get targets() {
    const focused = this.keys.focused;
    return focused && !this.scene.selected.has(focused) && document.activeElement !== this.svg
      ? [focused]
      : this.selection;
  }

  /**
   * @param {Iterable<string>} ids
   * @param {{reveal?: boolean, focus?: boolean, quiet?: boolean}} [options]
   */
  select(ids, { reveal = false, focus = false, quiet = false } = {}) {
    const before = this.selection.join("\n");
    this.scene.select(new Set(ids));
    const [first] = this.selection;
    if (reveal && first) this.reveal(first);
    if (focus && first) this.keys.focus(first);
    this.minimap.update();
    if (!quiet && this.selection.join("\n") !== before) this.emit("select", { ids: this.selection });
  }

  /** @param {string} id of what joins the selection, or leaves it */
  toggle(id) {
    const { selection } = this;
    this.select(this.scene.selected.has(id) ? selection.filter((other) => other !== id) : [...selection, id]);
  }

  selectAll() {
    const flow = this.scene.layers.get(this.flow)?.flow;
    this.select(flow ? objectsOf(flow).map(({ id }) => id) : []);
  }

  /**
   * Shows another flow: the inside of a super node.
   * @param {string} flow
   */
  openFlow(flow) {
    if (!this.view || flow === this.flow || !this.view.flows.some(({ id }) => id === flow)) return;
    this.select([]);
    this.show(this.view, { flow });
    this.svg.focus({ preventScroll: true });
  }

  /**
   * Brings an object into sight, in the flow that has it.
   * @param {string} id
   */
  reveal(id) {
    if (!this.scene.items.has(id)) {
      const owner = this.view?.flows.find(({ nodes, comments }) =>
        [...nodes, ...comments].some((item) => item.id === id)
      );
      if (owner) this.openFlow(owner.id);
    }
    const item = this.scene.items.get(id);
    if (item) this.camera.reveal(this.scene.worldBox(item));
  }

  /**
   * The flow under a point of the window (that of an expanded super node, or the shown one), and the point in it.
   * @param {number} clientX
   * @param {number} clientY
   */
  locate(clientX, clientY) {
    const point = this.camera.toWorld(clientX, clientY);
    let found = { flow: this.flow, x: Math.round(point.x), y: Math.round(point.y) };
    for (const layer of this.scene.layers.values()) {
      const owner = layer.owner === null ? undefined : this.scene.items.get(layer.owner);
      if (!owner || !contains(this.scene.worldBox(owner), point)) continue;
      found = {
        flow: layer.flow.id,
        x: Math.round((point.x - layer.x) / layer.scale),
        y: Math.round((point.y - layer.y) / layer.scale),
      };
    }
    return found;
  }

  /** The middle of what is seen, as a place for something new. */
  middle() {
    const box = this.svg.getBoundingClientRect();
    const { x, y } = this.camera.toWorld(box.left + box.width / 2, box.top + box.height / 2);
    return { flow: this.flow, x: Math.round(x - 80), y: Math.round(y - 20) };
  }

  /**
   * @param {string} type
   * @param {Record<string, any>} detail
   */
  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** @param {Box|null} box */
  drawBand(box) {
    this.band.classList.toggle("shown", box !== null);
    if (box) { for (const [name, value] of Object.entries(box)) this.band.setAttribute(name, String(value)); }
  }

  /** @param {string|null} path */
  drawDraft(path) {
    this.draft.classList.toggle("shown", path !== null);
    if (path) this.draft.setAttribute("d", path);
  }

  /** @param {string|null} id of the node or link that the gesture or the list leads to, if any */
  markTarget(id) {
    for (const element of this.svg.querySelectorAll(".target")) element.classList.remove("target");
    if (id) this.scene.items.get(id)?.element.classList.add("target");
  }

  /** The camera moved: what follows it does so. */
  moved() {
    const { x, y, scale } = this.camera.viewport;
    const transform = `translate(${x} ${y}) scale(${scale})`;
    for (const element of [this.world, this.band, this.draft]) element.setAttribute("transform", transform);
    const step = 20 * scale;
    this.element.style.backgroundSize = step < 8 ? "0 0" : `${step}px ${step}px`;
    this.element.style.backgroundPosition = `${x}px ${y}px`;
    this.corner.update();
    this.tip.hide();
    this.overlays.follow();
    this.details.later();
    this.minimap.update();
  }

  resized() {
    const { clientWidth, clientHeight } = this.element;
    const { camera } = this;
    camera.size = { width: clientWidth, height: clientHeight };
    if (camera.fitWanted && clientWidth > 0 && this.view) camera.fit();
    this.details.draw();
    this.minimap.update();
  }

  /** Frees what the canvas holds outside of its element. */
  remove() {
    this.tip.hide();
    this.details.stop();
    this.element.replaceChildren();
  }
}
