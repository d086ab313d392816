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

import { fill, h, s } from "../dom.js";
import { icon } from "../icons.js";
import { Details } from "./details.js";
import { contains, grown, objectsOf } from "./geometry.js";
import { Gestures } from "./gestures.js";
import { CanvasKeys } from "./keyboard.js";
import { Minimap } from "./minimap.js";
import { Overlays } from "./overlays.js";
import { Scene } from "./scene.js";
import { fitted, revealed, toCanvas, zoomed } from "./viewport.js";

/** @typedef {import("../types.js").View} View */
/** @typedef {import("../types.js").Point} Point */
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
    this.viewport = { x: 0, y: 0, scale: 1 };
    this.size = { width: 0, height: 0 };
    this.fitWanted = true;
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
    this.details = new Details(this.scene, () => this.sight);
    this.minimap = new Minimap(this);
    this.zoomLabel = h("button", {
      class: "zoom-label",
      type: "button",
      title: "Natural size (Ctrl+1)",
      on: { click: () => this.zoomTo(1) },
    });
    element.classList.add("canvas");
    element.append(this.svg, this.empty, this.breadcrumb, this.corner());
    this.overlays = new Overlays(this);
    this.gestures = new Gestures(this);
    this.keys = new CanvasKeys(this);
    this.drawBand(null);
    this.drawDraft(null);
    this.svg.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.svg.addEventListener("contextmenu", (event) => this.contextMenu(event));
    this.svg.addEventListener("dblclick", (event) => this.doubleClick(event));
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
    this.view = view;
    this.flow = wanted;
    this.overlays.hideTip();
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
    this.drawBreadcrumb();
    if (other) this.fitWanted = true;
    if (this.fitWanted) this.fit();
    this.details.draw();
    this.minimap.update();
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
    this.overlays.messages = Map.groupBy(findings.filter(({ node_id }) => node_id), ({ node_id }) => String(node_id));
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
    if (focus && first) this.focusItem(first);
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
    if (item) this.setViewport(revealed(this.viewport, this.scene.worldBox(item), this.size));
  }

  /** @param {Box} box of the world */
  revealBox(box) {
    this.setViewport(revealed(this.viewport, box, this.size));
  }

  /** @param {string} id */
  focusItem(id) {
    this.keys.focus(id);
  }

  fit() {
    if (this.size.width === 0) {
      this.fitWanted = true;
      return;
    }
    this.fitWanted = false;
    const box = this.scene.worldBounds();
    this.setViewport(box ? fitted(grown(box, 10), this.size) : { x: 0, y: 0, scale: 1 });
  }

  /**
   * @param {number} factor
   * @param {Point} [at] a point of the window, else the middle
   */
  zoomBy(factor, at = { x: this.size.width / 2, y: this.size.height / 2 }) {
    this.setViewport(zoomed(this.viewport, factor, at));
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
    this.setViewport({ ...this.viewport, x: this.viewport.x + dx, y: this.viewport.y + dy });
  }

  /** @param {Point} point of the canvas */
  centerOn({ x, y }) {
    const { scale } = this.viewport;
    this.setViewport({ scale, x: this.size.width / 2 - x * scale, y: this.size.height / 2 - y * scale });
  }

  /** The part of the world that is seen. */
  get sight() {
    const { x, y, scale } = this.viewport;
    const { width, height } = this.size;
    return { box: { x: -x / scale, y: -y / scale, width: width / scale, height: height / scale }, scale };
  }

  /** @param {{x: number, y: number, scale: number}} viewport */
  setViewport(viewport) {
    this.viewport = viewport;
    const transform = `translate(${viewport.x} ${viewport.y}) scale(${viewport.scale})`;
    this.world.setAttribute("transform", transform);
    this.band.setAttribute("transform", transform);
    this.draft.setAttribute("transform", transform);
    const step = 20 * viewport.scale;
    this.element.style.backgroundSize = step < 8 ? "0 0" : `${step}px ${step}px`;
    this.element.style.backgroundPosition = `${viewport.x}px ${viewport.y}px`;
    this.zoomLabel.textContent = `${Math.round(viewport.scale * 100)} %`;
    this.overlays.follow();
    this.details.later();
    this.minimap.update();
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
   * The flow under a point of the window (that of an expanded super node, or the shown one), and the point in it.
   * @param {number} clientX
   * @param {number} clientY
   */
  locate(clientX, clientY) {
    const point = this.toWorld(clientX, clientY);
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
    const { x, y } = this.toWorld(box.left + box.width / 2, box.top + box.height / 2);
    return { flow: this.flow, x: Math.round(x - 80), y: Math.round(y - 20) };
  }

  /**
   * @param {string} flow
   * @param {Box} box
   */
  linkAt(flow, box) {
    return this.scene.linkThrough(flow, box);
  }

  /**
   * Turns a comment into a text field; the text comes as event `comment`.
   * @param {string} id
   */
  editComment(id) {
    this.overlays.editComment(id);
  }

  /**
   * Shows a text field for a comment that does not exist yet.
   * @param {{flow: string, x: number, y: number, width: number, height: number}} place
   * @returns {Promise<string|null>} its text, if any
   */
  writeComment(place) {
    return this.overlays.writeComment(place);
  }

  /**
   * Turns a node's label into a text field; the text comes as event `label`.
   * @param {string} id
   */
  editLabel(id) {
    this.overlays.editLabel(id);
  }

  hideTip() {
    this.overlays.hideTip();
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

  /**
   * Moves the canvas along while something is dragged near its edge.
   * @param {number} clientX
   * @param {number} clientY
   */
  autoPan(clientX, clientY) {
    const { x, y } = this.local(clientX, clientY);
    const push = (
      /** @type {number} */ at,
      /** @type {number} */ length,
    ) => (at < 24 ? 10 : at > length - 24 ? -10 : 0);
    const dx = push(x, this.size.width), dy = push(y, this.size.height);
    if (dx !== 0 || dy !== 0) this.pan(dx, dy);
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 18 : event.deltaMode === 2 ? this.size.height : 1;
    if (event.ctrlKey || event.metaKey) {
      this.zoomBy(
        Math.exp(-Math.max(-60, Math.min(60, event.deltaY * unit)) * 0.006),
        this.local(event.clientX, event.clientY),
      );
    } else if (event.shiftKey && event.deltaX === 0) this.pan(-event.deltaY * unit, 0);
    else this.pan(-event.deltaX * unit, -event.deltaY * unit);
  }

  /** @param {MouseEvent} event */
  contextMenu(event) {
    const element = /** @type {Element} */ (event.target);
    if (element.closest(".comment-editor")) return;
    event.preventDefault();
    const id = /** @type {HTMLElement|null} */ (element.closest("[data-id]"))?.dataset.id ?? null;
    this.openMenuAt(id, event.clientX, event.clientY);
  }

  /**
   * @param {string|null} id
   * @param {number} clientX
   * @param {number} clientY
   */
  openMenuAt(id, clientX, clientY) {
    this.hideTip();
    const item = id ? this.scene.items.get(id) : undefined;
    if (item && item.data.kind !== "binding") {
      if (!this.scene.selected.has(item.id)) this.select([item.id]);
      this.focusItem(item.id);
    } else this.select([]);
    const type = item && item.data.kind !== "binding" ? item.type : "canvas";
    this.emit("menu", {
      id: item?.id ?? null,
      type,
      ids: this.selection,
      ...this.locate(clientX, clientY),
      clientX,
      clientY,
    });
  }

  /** @param {MouseEvent} event */
  doubleClick(event) {
    // The gesture has captured the pointer, so that the event's own target is the whole drawing.
    const element = document.elementFromPoint(event.clientX, event.clientY) ?? this.svg;
    if (element.closest(".comment-editor, .node-toggle, a")) return;
    const item = this.scene.items.get(/** @type {HTMLElement|null} */ (element.closest("[data-id]"))?.dataset.id ?? "");
    if (item && item.data.kind !== "binding") this.emit("open", { id: item.id, type: item.type });
    else if (!this.readOnly) {
      this.emit("add", {
        ...this.locate(event.clientX, event.clientY),
        clientX: event.clientX,
        clientY: event.clientY,
      });
    }
  }

  resized() {
    const { clientWidth, clientHeight } = this.element;
    this.size = { width: clientWidth, height: clientHeight };
    if (this.fitWanted && clientWidth > 0 && this.view) this.fit();
    this.details.draw();
    this.minimap.update();
  }

  corner() {
    const button = (/** @type {string} */ name, /** @type {string} */ label, /** @type {() => void} */ click) =>
      h(
        "button",
        { class: "icon-button", type: "button", title: label, "aria-label": label, on: { click } },
        icon(name),
      );
    return h(
      "div",
      { class: "corner" },
      this.minimap.element,
      h(
        "div",
        { class: "zoom", role: "group", "aria-label": "Zoom" },
        button("minus", "Zoom out (Ctrl+Shift+9)", () => this.zoomBy(1 / 1.25)),
        this.zoomLabel,
        button("plus", "Zoom in (Ctrl+Shift+8)", () => this.zoomBy(1.25)),
        button("fit", "Show everything (Ctrl+Shift+0)", () => this.fit()),
      ),
    );
  }

  drawBreadcrumb() {
    /** @type {import("../types.js").Flow[]} */
    const path = [];
    let at = this.view?.flows.find(({ id }) => id === this.flow);
    while (at && !path.includes(at)) {
      path.unshift(at);
      const parent = at.parent?.flow;
      at = parent ? this.view?.flows.find(({ id }) => id === parent) : undefined;
    }
    this.breadcrumb.hidden = path.length < 2;
    const name = (/** @type {import("../types.js").Flow} */ flow, /** @type {number} */ index) =>
      flow.label || (index === 0 ? this.view?.name || "Pipeline" : "Super node");
    fill(
      this.breadcrumb,
      path.map((flow, index) =>
        index === path.length - 1 ? h("span", { "aria-current": "location" }, name(flow, index)) : [
          h("button", {
            type: "button",
            class: "crumb",
            on: { click: () => this.openFlow(flow.id) },
          }, name(flow, index)),
          icon("chevron"),
        ]
      ).flat(),
    );
  }

  /** Frees what the canvas holds outside of its element. */
  remove() {
    this.overlays.hideTip();
    this.details.stop();
    this.element.replaceChildren();
  }
}
