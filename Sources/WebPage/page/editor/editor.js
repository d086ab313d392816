// The editor of one pipeline: what each command does to the document, and what is shown after it.

import { openInHost } from "../host.js";
import { Canvas } from "../canvas/canvas.js";
import { center } from "../canvas/geometry.js";
import { explain } from "../api.js";
import { Clipboard } from "./clipboard.js";
import { openMenu } from "../menu.js";
import { commands } from "./commands.js";
import { entries } from "./menus.js";
import { addItems, quickAdd } from "./adding.js";
import { openHelp } from "./help.js";
import { emptyHelp } from "./empty.js";
import { openView } from "./fileview.js";
import { resolved } from "./paths.js";
import { save } from "./saving.js";

/** @typedef {import("../types.js").PipelineNode} PipelineNode */
/** @typedef {import("../types.js").Edit} Edit */

/** At a smaller scale nobody reads a label. */
const legible = 0.5;

export class Editor extends EventTarget {
  /**
   * @param {import("./document.js").PipelineDocument} document
   * @param {import("../types.js").Context} context
   * @param {HTMLElement} place of the canvas
   */
  constructor(document, context, place) {
    super();
    this.document = document;
    this.context = context;
    /** @type {import("../types.js").Component[]} */
    this.components = [];
    /** The pointer's last place over the canvas, in the window; null when it is elsewhere. */
    /** @type {{x: number, y: number}|null} */
    this.pointer = null;
    /** @type {import("../types.js").View|null} */
    this.indexed = null;
    /** The nodes of all flows of the view that was indexed. */
    /** @type {Map<string, PipelineNode>} */
    this.byID = new Map();
    this.canvas = new Canvas(place, { label: document.path, empty: emptyHelp(this) });
    this.clipboard = new Clipboard(this);
    /** @type {(() => void)|null} */
    this.focusProperties = null;
    /** Writes what is being typed, before a command that reads the document. */
    /** @type {(() => void)|null} */
    this.beforeCommand = null;
    place.addEventListener("pointermove", ({ clientX, clientY }) => (this.pointer = { x: clientX, y: clientY }));
    place.addEventListener("pointerleave", () => (this.pointer = null));
  }

  get view() {
    return this.document.view;
  }

  /** The flow that the canvas shows. */
  get flow() {
    return this.view?.flows.find(({ id }) => id === this.canvas.flow) ?? null;
  }

  /** Ids that a command means. */
  get targets() {
    return this.canvas.targets;
  }

  /** @returns {PipelineNode[]} */
  get targetNodes() {
    return this.targets.flatMap((id) => this.node(id) ?? []);
  }

  /** Nodes and comments that a command means. */
  get targetBoxes() {
    return this.targets.filter((id) => ["node", "comment"].includes(this.canvas.scene.items.get(id)?.type ?? ""));
  }

  /** @param {string} id */
  node(id) {
    const { view } = this;
    if (this.indexed !== view) {
      this.indexed = view;
      this.byID = new Map((view?.flows ?? []).flatMap(({ nodes }) => nodes.map((node) => [node.id, node])));
    }
    return this.byID.get(id) ?? null;
  }

  /**
   * Runs a command if it means something now.
   * @param {string} name
   */
  run(name) {
    this.beforeCommand?.();
    if (this.can(name)) return commands[name].run(this);
  }

  /** @param {string} name */
  can(name) {
    const command = commands[name];
    if (!command || !this.document.state) return false;
    if (command.edits && this.document.readOnly) return false;
    return command.enabled?.(this) ?? true;
  }

  /**
   * Applies edits and selects what they made.
   * @param {Edit[]} edits
   * @param {string} name
   * @param {{key?: string|null, select?: boolean}} [options]
   */
  async apply(edits, name, { key = null, select = false } = {}) {
    const created = await this.document.apply(edits, name, { key });
    if (created && select) {
      const ids = created.filter((id) => id && this.canvas.scene.items.has(id));
      if (ids.length > 0) this.canvas.select(ids, { reveal: true, focus: true });
    }
    return created;
  }

  async save() {
    await null; // A comment that was just written becomes an edit then.
    return save(this.document);
  }

  async undo() {
    const name = await this.document.undo();
    if (name) this.announce(`Undone: ${name}`);
  }

  async redo() {
    const name = await this.document.redo();
    if (name) this.announce(`Done again: ${name}`);
  }

  /** @param {string} text */
  announce(text) {
    this.dispatchEvent(new CustomEvent("announce", { detail: text }));
  }

  /** @param {string} [mode] */
  async openRun(mode) {
    const selection = this.targetNodes.map(({ id }) => id);
    await this.context.openRunForm(this.document.path, {
      save: async () => (this.document.dirty ? await this.save() : true),
      selection,
      ...(mode ? { mode } : {}),
    });
  }

  remove() {
    const ids = this.targets;
    return this.apply([{ op: "remove", ids }], `delete ${this.count(ids)}`);
  }

  /**
   * "3 nodes", "1 comment", "2 objects", for names of steps.
   * @param {string[]} ids
   */
  count(ids) {
    const types = new Set(ids.map((id) => this.canvas.scene.items.get(id)?.type ?? "node"));
    const word = types.size === 1 ? [...types][0] : "object";
    if (ids.length === 1 && word === "node") return `“${this.node(ids[0])?.label ?? "node"}”`;
    return ids.length === 1 ? `a ${word}` : `${ids.length} ${word}s`;
  }

  /** @param {{flow: string, x: number, y: number, clientX?: number, clientY?: number}} [place] */
  quickAdd(place) {
    return quickAdd(this, place ?? this.newPlace());
  }

  /** Where something new goes: under the pointer if that is on the canvas, else in the middle. */
  newPlace() {
    const { pointer, canvas } = this;
    if (!pointer) return canvas.middle();
    const place = canvas.locate(pointer.x, pointer.y);
    return { ...place, clientX: pointer.x, clientY: pointer.y };
  }

  disconnect() {
    return this.apply([{ op: "disconnect", nodes: this.targetBoxes }], `disconnect ${this.count(this.targetBoxes)}`);
  }

  rename() {
    const [id] = this.targetBoxes;
    const type = this.canvas.scene.items.get(id)?.type;
    if (type === "comment") this.canvas.overlays.editComment(id);
    else this.canvas.overlays.editLabel(id);
  }

  async openFile() {
    const [node] = this.targetNodes;
    if (!node) return;
    if (node.kind === "component") return this.showProperties(true);
    const path = node.file ? resolved(node.file, this.document.path) : null;
    if (!path) {
      this.context.toast(
        node.file ? `The file ${node.file} is outside of the folder of this page.` : "This node has no file.",
        "warning",
      );
      return;
    }
    if (!openInHost(path)) await openView(this.context, path);
  }

  /** @param {boolean} [focus] */
  showProperties(focus = false) {
    this.dispatchEvent(new CustomEvent("show", { detail: "properties" }));
    if (focus) this.focusProperties?.();
  }

  /**
   * Shows and selects an object, in whatever flow it is.
   * @param {string} id
   */
  goTo(id) {
    const { canvas } = this;
    canvas.reveal(id);
    const item = canvas.scene.items.get(id);
    if (item && canvas.camera.viewport.scale < legible) {
      // What is far away is only a dot.
      canvas.camera.zoomTo(1);
      canvas.camera.centerOn(center(canvas.scene.worldBox(item)));
    }
    this.canvas.select([id], { reveal: true, focus: true });
  }

  selectAll() {
    this.canvas.selectAll();
  }

  /** @param {"palette"|"properties"} name */
  togglePanel(name) {
    this.dispatchEvent(new CustomEvent("toggle", { detail: name }));
  }

  /**
   * Opens a menu of commands.
   * @param {string[]} names
   * @param {{x: number, y: number, label: string}} place
   */
  openMenu(names, place) {
    openMenu(entries(this, names), place);
  }

  help() {
    return openHelp();
  }

  /**
   * Adds what was dragged from the palette or another place.
   * @param {import("./adding.js").Dropped[]} items
   * @param {{flow: string, x: number, y: number, link?: string|null}} place
   */
  async add(items, place) {
    try {
      await addItems(this, items, place);
    } catch (error) {
      this.context.toast(`Nothing was added: ${explain(error)}`, "error");
    }
  }
}
