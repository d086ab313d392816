// The editor of one pipeline: what each command does to the document, and what is shown after it.

import { openInHost } from "../host.js";
import { Canvas } from "../canvas/canvas.js";
import { kindNames } from "../canvas/labels.js";
import { explain } from "../api.js";
import { openDialog } from "../dialog.js";
import { filterChoices, pick } from "../picker.js";
import { openMenu } from "../menu.js";
import { Clipboard } from "./clipboard.js";
import { commands } from "./commands.js";
import { entries } from "./menus.js";
import { addItems, quickAdd } from "./adding.js";
import { openHelp } from "./help.js";
import { emptyHelp } from "./empty.js";
import { openView } from "./fileview.js";
import { resolved } from "./paths.js";

/** @typedef {import("../types.js").PipelineNode} PipelineNode */
/** @typedef {import("../types.js").Edit} Edit */

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
    return this.document.save();
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

  /** @param {{flow: string, x: number, y: number}} [place] */
  async addComment(place) {
    const selected = this.targetNodes.map(({ id }) => id);
    const at = place ?? (selected.length > 0 ? this.aboveSelection() : this.newPlace());
    const nodes = selected.filter((id) => this.canvas.scene.items.get(id)?.flow === at.flow);
    const size = { width: 200, height: 60 };
    const text = await this.canvas.overlays.writeComment({ ...at, ...size });
    if (text === null) return;
    // About 30 letters fit in a line of 18 px.
    const lines = text.split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 30)), 0);
    const height = Math.min(320, Math.max(size.height, lines * 18 + 24));
    const y = at.y - (place || selected.length === 0 ? 0 : height - size.height);
    const edit = { op: "add_comment", flow: at.flow, text, x: at.x, y, width: size.width, height, nodes };
    await this.apply([edit], "add a comment", { select: true });
  }

  aboveSelection() {
    const items = this.targetBoxes.flatMap((id) => this.canvas.scene.items.get(id) ?? []);
    const x = Math.min(...items.map(({ box }) => box.x)), y = Math.min(...items.map(({ box }) => box.y));
    return { flow: items[0].flow, x, y: y - 84 };
  }

  async connectTo() {
    const sources = this.targetBoxes;
    const flow = this.canvas.scene.items.get(sources[0])?.flow;
    const layer = this.view?.flows.find(({ id }) => id === flow);
    if (!layer) return;
    const taken = new Set(layer.links.filter(({ source }) => sources.includes(source)).map(({ target }) => target));
    const choices = layer.nodes
      .filter((node) => node.kind !== "binding" && !sources.includes(node.id) && !taken.has(node.id))
      .map((node) => ({ label: node.label, detail: kindNames[node.kind], icon: node.kind, value: node.id }));
    const target = await pick({
      label: "Connect to",
      placeholder: `Connect ${this.count(sources)} to…`,
      empty: "There is no other node that is not connected yet.",
      search: (text) => filterChoices(text, choices),
      changed: (id) => this.canvas.markTarget(id),
    });
    this.canvas.markTarget(null);
    if (target) {
      await this.apply(
        sources.map((source) => ({ op: "connect", source, target })),
        `connect to “${this.node(target)?.label}”`,
      );
    }
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

  async makeSuperNode() {
    const ids = this.targetBoxes;
    await this.apply([{ op: "make_super_node", ids, label: "Super node" }], `make a super node of ${this.count(ids)}`, {
      select: true,
    });
    const [id] = this.canvas.selection;
    if (id && this.node(id)?.kind === "super") this.canvas.overlays.editLabel(id);
  }

  ungroup() {
    const [node] = this.targetNodes;
    return this.apply([{ op: "ungroup", id: node.id }], `ungroup “${node.label}”`);
  }

  toggleSuper() {
    const [node] = this.targetNodes;
    return this.expand(node.id, !node.expanded);
  }

  /**
   * @param {string} id
   * @param {boolean} expanded
   */
  expand(id, expanded) {
    return this.apply(
      [{ op: "set_expanded", id, expanded }],
      `${expanded ? "expand" : "collapse"} “${this.node(id)?.label}”`,
    );
  }

  openSuper() {
    const flow = this.targetNodes[0]?.subflow;
    if (flow) this.canvas.openFlow(flow);
  }

  leaveSuper() {
    const parent = this.flow?.parent;
    if (!parent) return;
    this.canvas.openFlow(parent.flow);
    this.canvas.select([parent.node], { reveal: true, focus: true });
  }

  async find() {
    const flows = new Map(this.view?.flows.map((flow) => [flow.id, flow]));
    const choices = [...flows.values()].flatMap((flow) => [
      ...flow.nodes.filter(({ kind }) => kind !== "binding").map((node) => ({
        label: node.label,
        detail: [flow.parent ? flow.label : "", node.file ?? kindNames[node.kind]].filter((part) => part).join(" · "),
        icon: node.kind,
        value: node.id,
      })),
      ...flow.comments.map(({ id, text }) => ({
        label: text.slice(0, 80) || "Empty comment",
        detail: "Comment",
        icon: "comment",
        value: id,
      })),
    ]);
    const id = await pick({
      label: "Find",
      placeholder: "Find a node or comment",
      search: (text) => filterChoices(text, choices),
    });
    if (id) this.goTo(id);
  }

  /**
   * Shows and selects an object, in whatever flow it is.
   * @param {string} id
   */
  goTo(id) {
    this.canvas.reveal(id);
    this.canvas.select([id], { reveal: true, focus: true });
  }

  selectAll() {
    this.canvas.selectAll();
  }

  /** @param {"horizontal"|"vertical"} direction */
  async arrange(direction) {
    const ids = this.canvas.selection.filter((id) => this.canvas.scene.items.get(id)?.type === "node");
    const part = ids.length > 1 ? { ids } : {};
    await this.apply([{ op: "arrange", flow: this.canvas.flow, ...part, direction }], `arrange ${direction}ly`);
    if (!("ids" in part)) this.canvas.camera.fit();
  }

  /** @param {string} to */
  align(to) {
    return this.apply([{ op: "align", ids: this.targetBoxes, to }], `align ${this.count(this.targetBoxes)}`);
  }

  /** @param {string} axis */
  distribute(axis) {
    return this.apply(
      [{ op: "distribute", ids: this.targetBoxes, axis }],
      `distribute ${this.count(this.targetBoxes)}`,
    );
  }

  alignMenu() {
    const names = [
      "alignLeft",
      "alignCenter",
      "alignRight",
      "separator",
      "alignTop",
      "alignMiddle",
      "alignBottom",
      "separator",
      "distributeH",
      "distributeV",
    ];
    const first = this.canvas.scene.items.get(this.targetBoxes[0])?.element.getBoundingClientRect();
    openMenu(entries(this, names), { x: first?.right ?? 200, y: first?.bottom ?? 200, label: "Align and distribute" });
  }

  async clear() {
    const what = await openDialog({
      title: "Clear the pipeline",
      body: [
        "“Canvas” removes all nodes, links and comments. “Everything” removes the pipeline's properties, defaults and parameters, too. Both can be undone.",
      ],
      buttons: [{ label: "Cancel", value: "" }, { label: "Everything", value: "everything" }, {
        label: "Canvas",
        value: "canvas",
        kind: "primary",
      }],
    });
    if (what) await this.apply([{ op: "clear", what }], what === "canvas" ? "clear the canvas" : "clear everything");
  }

  /** @param {"palette"|"properties"} name */
  togglePanel(name) {
    this.dispatchEvent(new CustomEvent("toggle", { detail: name }));
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
