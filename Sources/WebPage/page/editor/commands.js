// Everything that a person can do, by name: with its label, keys and icon for menus, tool bar and help.

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
    run: (e) => e.addComment(),
  },
  connect: {
    label: "Connect to…",
    icon: "link",
    keys: ["Ctrl+Shift+L"],
    group: "Add",
    edits: true,
    enabled: boxes(1),
    run: (e) => e.connectTo(),
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
    run: (e) => e.makeSuperNode(),
  },
  ungroup: {
    label: "Ungroup",
    keys: ["Ctrl+Shift+G"],
    group: "Super nodes",
    edits: true,
    enabled: superNode,
    run: (e) => e.ungroup(),
  },
  toggle: {
    label: "Expand or collapse",
    keys: ["E"],
    group: "Super nodes",
    edits: true,
    enabled: superNode,
    run: (e) => e.toggleSuper(),
  },
  inside: {
    label: "Open the super node",
    icon: "open",
    keys: ["Enter on a selected one"],
    group: "Super nodes",
    enabled: superNode,
    run: (e) => e.openSuper(),
  },
  outside: {
    label: "Back to the flow around it",
    keys: ["Alt+ArrowUp"],
    group: "Super nodes",
    enabled: (e) => e.flow?.parent !== null,
    run: (e) => e.leaveSuper(),
  },
  find: {
    label: "Find a node…",
    icon: "search",
    keys: ["Ctrl+F"],
    scope: "anywhere",
    group: "Look",
    enabled: notEmpty,
    run: (e) => e.find(),
  },
  selectAll: { label: "Select everything", keys: ["Ctrl+A"], group: "Look", run: (e) => e.selectAll() },
  arrangeH: {
    label: "Arrange horizontally",
    icon: "horizontal",
    keys: ["L"],
    group: "Arrange",
    edits: true,
    enabled: notEmpty,
    run: (e) => e.arrange("horizontal"),
  },
  arrangeV: {
    label: "Arrange vertically",
    icon: "vertical",
    keys: ["Shift+L"],
    group: "Arrange",
    edits: true,
    enabled: notEmpty,
    run: (e) => e.arrange("vertical"),
  },
  align: {
    label: "Align and distribute…",
    icon: "align",
    keys: ["A"],
    group: "Arrange",
    edits: true,
    enabled: boxes(2),
    run: (e) => e.alignMenu(),
  },
  alignLeft: {
    label: "Align left",
    keys: ["Alt+Shift+ArrowLeft"],
    group: "Arrange",
    edits: true,
    enabled: boxes(2),
    run: (e) => e.align("left"),
  },
  alignCenter: {
    label: "Align centres",
    group: "Arrange",
    edits: true,
    enabled: boxes(2),
    run: (e) => e.align("center"),
  },
  alignRight: {
    label: "Align right",
    keys: ["Alt+Shift+ArrowRight"],
    group: "Arrange",
    edits: true,
    enabled: boxes(2),
    run: (e) => e.align("right"),
  },
  alignTop: {
    label: "Align top",
    keys: ["Alt+Shift+ArrowUp"],
    group: "Arrange",
    edits: true,
    enabled: boxes(2),
    run: (e) => e.align("top"),
  },
  alignMiddle: {
    label: "Align middles",
    group: "Arrange",
    edits: true,
    enabled: boxes(2),
    run: (e) => e.align("middle"),
  },
  alignBottom: {
    label: "Align bottom",
    keys: ["Alt+Shift+ArrowDown"],
    group: "Arrange",
    edits: true,
    enabled: boxes(2),
    run: (e) => e.align("bottom"),
  },
  distributeH: {
    label: "Distribute horizontally",
    keys: ["Alt+Shift+H"],
    group: "Arrange",
    edits: true,
    enabled: boxes(3),
    run: (e) => e.distribute("horizontal"),
  },
  distributeV: {
    label: "Distribute vertically",
    keys: ["Alt+Shift+V"],
    group: "Arrange",
    edits: true,
    enabled: boxes(3),
    run: (e) => e.distribute("vertical"),
  },
  clear: { label: "Clear…", group: "Edit", edits: true, enabled: notEmpty, run: (e) => e.clear() },
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

/** Keys of the canvas itself, for the help. */
export const canvasKeys = [
  ["Tab, Shift+Tab", "Next or previous group of linked objects"],
  ["Arrows", "Next object or link in that direction"],
  ["Home, End", "First or last object"],
  ["Enter", "Select; again: open"],
  ["Space, Shift+Enter", "Add to the selection or take from it"],
  ["Ctrl+Arrows", "Move what is selected"],
  ["Shift+Arrows", "Resize a comment"],
  ["Ctrl+Shift+Arrows", "Move the view"],
  ["Ctrl+Shift+8, 9, 0", "Zoom in, zoom out, show everything"],
  ["Ctrl+1", "Natural size"],
  ["Shift+F10, Ctrl+,", "Menu"],
  ["Escape", "Give up; select nothing"],
  ["Shift+Enter, Escape", "In a comment: accept the text, give it up"],
  ["Ctrl+B, I, E, K", "In a comment: bold, italic, code, link"],
];
