// The context menus: on the canvas, a node, several, a super node, a link, a comment.

import { commands } from "./commands.js";
import { shownKey } from "./keys.js";

/** @typedef {import("./editor.js").Editor} Editor */

/** The end of the menu of everything that can be copied. */
const ofObjects = ["separator", "cut", "copy", "duplicate", "disconnect", "remove"];

/** @type {Record<string, string[]>} */
const menus = {
  canvas: [
    "addNode",
    "addComment",
    "paste",
    "separator",
    "selectAll",
    "arrangeH",
    "arrangeV",
    "separator",
    "outside",
    "properties",
  ],
  node: [
    "open",
    "properties",
    "separator",
    "runNodes",
    "runFrom",
    "runUntil",
    "separator",
    "connect",
    "addComment",
    "rename",
    "makeSuper",
    ...ofObjects,
  ],
  several: [
    "runNodes",
    "separator",
    "properties",
    "align",
    "arrangeH",
    "arrangeV",
    "addComment",
    "makeSuper",
    ...ofObjects,
  ],
  super: [
    "inside",
    "toggle",
    "properties",
    "separator",
    "runNodes",
    "separator",
    "connect",
    "rename",
    "ungroup",
    "makeSuper",
    ...ofObjects,
  ],
  link: ["remove"],
  comment: ["rename", "connect", "makeSuper", ...ofObjects],
};

/** @type {Record<string, (editor: Editor) => string>} */
const labels = {
  open: (e) => (e.targetNodes[0]?.kind === "component" ? "Open the component's properties" : "Open the file"),
  toggle: (e) => (e.targetNodes[0]?.expanded ? "Collapse" : "Expand here"),
  rename: (e) => (e.canvas.scene.items.get(e.targetBoxes[0])?.type === "comment" ? "Edit the text" : "Rename"),
  remove: (e) => (e.targets.length > 1 ? `Delete ${e.targets.length} objects` : "Delete"),
  undo: (e) => (e.document.undoStack.undoName ? `Undo: ${e.document.undoStack.undoName}` : "Undo"),
  redo: (e) => (e.document.undoStack.redoName ? `Redo: ${e.document.undoStack.redoName}` : "Redo"),
};

/**
 * Menu entries of commands.
 * @param {Editor} editor
 * @param {string[]} names
 * @returns {import("../menu.js").Entry[]}
 */
export function entries(editor, names) {
  return names.map((name) => {
    if (name === "separator") return "separator";
    const command = commands[name];
    if (command.edits && editor.document.readOnly) return null;
    return {
      label: labelOf(editor, name),
      icon: command.icon,
      keys: name === "paste"
        ? "Ctrl+V"
        : command.keys?.[0] && !command.keys[0].includes(" ")
        ? shownKey(command.keys[0])
        : undefined,
      disabled: !editor.can(name),
      danger: name === "remove",
      action: () => void editor.run(name),
    };
  });
}

/**
 * What a command is called now, such as "Undo: move 3 nodes".
 * @param {Editor} editor
 * @param {string} name
 */
export function labelOf(editor, name) {
  return labels[name]?.(editor) ?? commands[name].label;
}

/**
 * Opens the menu of what is under the pointer or has the focus.
 * @param {Editor} editor
 * @param {{type: string, id: string|null, ids: string[], flow: string, x: number, y: number, clientX: number, clientY: number}} detail
 */
export function openContextMenu(editor, { type, id, ids, clientX, clientY }) {
  const node = id ? editor.node(id) : null;
  const kind = ids.length > 1 ? "several" : node?.kind === "super" ? "super" : type;
  const title = kind === "several" ? `${ids.length} objects` : node?.label ?? type;
  editor.pointer = { x: clientX, y: clientY };
  editor.openMenu(menus[kind] ?? menus.canvas, { x: clientX, y: clientY, label: `Menu of ${title}` });
}
