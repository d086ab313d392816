// Everything that a person can do, by name: with its label, keys and icon for menus, tool bar and help.

import { align, alignMenu, arrange, distribute } from "./arranging.js";
import { connectTo, find } from "./choosing.js";
import { clear } from "./clearing.js";
import { addComment } from "./comments.js";
import { leaveSuper, makeSuperNode, openSuper, toggleSuper, ungroup } from "./super-nodes.js";

/** @typedef {import("./editor.js").Editor} Editor */
/**
 * @typedef {object} Command
 * @property {string} label
 * @property {string} [icon]
 * @property {string[]} [keys] such as "Ctrl+Shift+L"; on a Mac the command key is Ctrl too
 * @property {"anywhere"|"canvas"} [scope] where the keys count: on the canvas alone (standard), or in the whole editor
 * @property {string} group the part of the help that shows it
 * @property {boolean} [edits] whether it changes the pipeline
 * @property {(editor: Editor) => boolean} [enabled]
 * @property {(editor: Editor) => void|Promise<unknown>} run
 */

const some = (/** @type {Editor} */ editor) => editor.targets.length > 0;
const nodes = (/** @type {Editor} */ editor) => editor.targetNodes.length > 0;
/** @param {number} least nodes and comments */
const boxes = (least) => (/** @type {Editor} */ editor) => editor.targetBoxes.length >= least;
const one = (/** @type {Editor} */ editor) => editor.targetNodes.length === 1;
const superNode = (/** @type {Editor} */ editor) => one(editor) && editor.targetNodes[0].kind === "super";
const notEmpty = (/** @type {Editor} */ editor) =>
  (editor.flow?.nodes.length ?? 0) + (editor.flow?.comments.length ?? 0) > 0;

/**
 * @param {string} label
 * @param {string} to
 * @param {string} [key]
 * @returns {Command}
 */
const aligned = (label, to, key) => ({
  label,
  ...(key ? { keys: [key] } : {}),
  group: "Arrange",
  edits: true,
  enabled: boxes(2),
  run: (e) => align(e, to),
});
/**
 * @param {string} label
 * @param {string} axis
 * @param {string} key
 * @returns {Command}
 */
const distributed = (label, axis, key) => ({
  label,
  keys: [key],
  group: "Arrange",
  edits: true,
  enabled: boxes(3),
  run: (e) => distribute(e, axis),
});

/** @type {Record<string, Command>} */
export const commands = {
  save: { label: "Save", icon: "save", keys: ["Ctrl+S"], scope: "anywhere", group: "Pipeline", run: (e) => e.save() },
  run: {
    label: "Run…",
    icon: "play",
    keys: ["Ctrl+Enter"],
    scope: "anywhere",
    group: "Pipeline",
    run: (e) => e.openRun(),
  },
  runNodes: { label: "Run this…", icon: "play", group: "Pipeline", enabled: nodes, run: (e) => e.openRun("only") },
  runFrom: { label: "Run from here…", group: "Pipeline", enabled: one, run: (e) => e.openRun("from") },
  runUntil: { label: "Run up to here…", group: "Pipeline", enabled: one, run: (e) => e.openRun("until") },
  undo: {
    label: "Undo",
    icon: "undo",
    keys: ["Ctrl+Z"],
    scope: "anywhere",
    group: "Edit",
    edits: true,
    enabled: (e) => e.document.undoStack.undoName !== null,
    run: (e) => e.undo(),
  },
  redo: {
    label: "Redo",
    icon: "redo",
    keys: ["Ctrl+Shift+Z", "Ctrl+Y"],
    scope: "anywhere",
    group: "Edit",
    edits: true,
    enabled: (e) => e.document.undoStack.redoName !== null,
    run: (e) => e.redo(),
  },
  cut: {
    label: "Cut",
    icon: "cut",
    keys: ["Ctrl+X"],
    group: "Edit",
    edits: true,
    enabled: some,
    run: (e) => e.clipboard.cut(),
  },
  copy: { label: "Copy", icon: "copy", keys: ["Ctrl+C"], group: "Edit", enabled: some, run: (e) => e.clipboard.copy() },
  paste: { label: "Paste", icon: "paste", group: "Edit", edits: true, run: (e) => e.clipboard.paste() },
  duplicate: {
    label: "Duplicate",
    keys: ["Ctrl+D"],
    group: "Edit",
    edits: true,
    enabled: some,
    run: (e) => e.clipboard.duplicate(),
  },
  remove: {
    label: "Delete",
    icon: "trash",
    keys: ["Delete", "Backspace"],
    group: "Edit",
    edits: true,
    enabled: some,
    run: (e) => e.remove(),
  },
  addNode: {
    label: "Add a node…",
    icon: "plus",
    keys: ["N", "Insert"],
    group: "Add",
    edits: true,
    run: (e) => e.quickAdd(),
  },
  addComment: {
    label: "Add a comment",
    icon: "comment",
    keys: ["M"],
    group: "Add",
    edits: true,
    run: addComment,
  },
  connect: {
    label: "Connect to…",
    icon: "link",
    keys: ["Ctrl+Shift+L"],
    group: "Add",
    edits: true,
    enabled: boxes(1),
    run: connectTo,
  },
  disconnect: {
    label: "Disconnect",
    keys: ["Ctrl+Shift+K"],
    group: "Add",
    edits: true,
    enabled: boxes(1),
    run: (e) => e.disconnect(),
  },
  rename: {
    label: "Rename",
    icon: "edit",
    keys: ["F2"],
    group: "Edit",
    edits: true,
    enabled: (e) => e.targetBoxes.length === 1,
    run: (e) => e.rename(),
  },
  open: {
    label: "Open the file",
    icon: "open",
    keys: ["O"],
    group: "Look",
    enabled: (e) => one(e) && !superNode(e),
    run: (e) => e.openFile(),
  },
  properties: {
    label: "Properties",
    icon: "panel",
    keys: ["P", "Alt+Enter"],
    group: "Look",
    run: (e) => e.showProperties(true),
  },
  makeSuper: {
    label: "Make a super node",
    icon: "super",
    keys: ["Ctrl+G"],
    group: "Super nodes",
    edits: true,
    enabled: nodes,
    run: makeSuperNode,
  },
  ungroup: {
    label: "Ungroup",
    keys: ["Ctrl+Shift+G"],
    group: "Super nodes",
    edits: true,
    enabled: superNode,
    run: ungroup,
  },
  toggle: {
    label: "Expand or collapse",
    keys: ["E"],
    group: "Super nodes",
    edits: true,
    enabled: superNode,
    run: toggleSuper,
  },
  inside: {
    label: "Open the super node",
    icon: "open",
    keys: ["Enter on a selected one"],
    group: "Super nodes",
    enabled: superNode,
    run: openSuper,
  },
  outside: {
    label: "Back to the flow around it",
    keys: ["Alt+ArrowUp"],
    group: "Super nodes",
    enabled: (e) => e.flow?.parent !== null,
    run: leaveSuper,
  },
  find: {
    label: "Find a node…",
    icon: "search",
    keys: ["Ctrl+F"],
    scope: "anywhere",
    group: "Look",
    enabled: notEmpty,
    run: find,
  },
  selectAll: { label: "Select everything", keys: ["Ctrl+A"], group: "Look", run: (e) => e.selectAll() },
  arrangeH: {
    label: "Arrange horizontally",
    icon: "horizontal",
    keys: ["L"],
    group: "Arrange",
    edits: true,
    enabled: notEmpty,
    run: (e) => arrange(e, "horizontal"),
  },
  arrangeV: {
    label: "Arrange vertically",
    icon: "vertical",
    keys: ["Shift+L"],
    group: "Arrange",
    edits: true,
    enabled: notEmpty,
    run: (e) => arrange(e, "vertical"),
  },
  align: {
    label: "Align and distribute…",
    icon: "align",
    keys: ["A"],
    group: "Arrange",
    edits: true,
    enabled: boxes(2),
    run: alignMenu,
  },
  alignLeft: aligned("Align left", "left", "Alt+Shift+ArrowLeft"),
  alignCenter: aligned("Align centres", "center"),
  alignRight: aligned("Align right", "right", "Alt+Shift+ArrowRight"),
  alignTop: aligned("Align top", "top", "Alt+Shift+ArrowUp"),
  alignMiddle: aligned("Align middles", "middle"),
  alignBottom: aligned("Align bottom", "bottom", "Alt+Shift+ArrowDown"),
  distributeH: distributed("Distribute horizontally", "horizontal", "Alt+Shift+H"),
  distributeV: distributed("Distribute vertically", "vertical", "Alt+Shift+V"),
  clear: { label: "Clear…", group: "Edit", edits: true, enabled: notEmpty, run: clear },
  palette: {
    label: "Show or hide the palette",
    icon: "palette",
    keys: ["Ctrl+B"],
    scope: "anywhere",
    group: "Look",
    run: (e) => e.togglePanel("palette"),
  },
  panel: {
    label: "Show or hide the properties",
    icon: "panel",
    keys: ["Ctrl+Shift+B"],
    scope: "anywhere",
    group: "Look",
    run: (e) => e.togglePanel("properties"),
  },
  help: { label: "Keys", icon: "help", keys: ["?"], group: "Look", run: (e) => e.help() },
};
