// New nodes: from files, folders and components, by drop, double click or the quick-add list.

import { filterChoices, pick } from "../picker.js";
import { kindNames } from "../canvas/labels.js";
import { freePlace } from "../canvas/geometry.js";
import { addComment } from "./comments.js";
import { baseName, folderOf, isRunnable, relativeTo } from "./paths.js";

/** @typedef {import("./editor.js").Editor} Editor */
/** @typedef {import("../types.js").Edit} Edit */
/** @typedef {{file: string, kind: string}|{component: string, name: string}} Dropped a file's path in the served folder */

/**
 * The files among entries, with those in folders (not in theirs), and the names of what can be no node.
 * @param {Editor} editor
 * @param {Dropped[]} items
 */
async function unfolded(editor, items) {
  /** @type {Dropped[]} */
  const good = [];
  /** @type {string[]} */
  const bad = [];
  for (const item of items) {
    if ("component" in item || isRunnable(item)) good.push(item);
    else if (item.kind === "folder") {
      const { entries } = await editor.context.api.get("files", { folder: item.file });
      for (const entry of entries) if (isRunnable(entry)) good.push({ file: entry.path, kind: entry.kind });
    } else bad.push(baseName(item.file));
  }
  return { good, bad };
}

/**
 * Adds nodes at a place, each next one 20 px further if they are few, else in columns.
 * @param {Editor} editor
 * @param {Dropped[]} items
 * @param {{flow: string, x: number, y: number, link?: string|null}} place the middle of the first node
 * @param {{after?: string, port?: string|null}} [options] a node to link from
 * @returns {Promise<string[]|null>}
 */
export async function addItems(editor, items, place, { after, port } = {}) {
  const { good, bad } = await unfolded(editor, items);
  if (bad.length > 0) {
    const names = bad.slice(0, 5).join(", ") + (bad.length > 5 ? ` and ${bad.length - 5} more` : "");
    editor.context.toast(`No node was made of ${names}: nodes are notebooks and scripts.`, "warning");
  }
  if (good.length === 0) {
    if (bad.length === 0 && items.length > 0) {
      editor.context.toast("There is no notebook or script in this folder.", "warning");
    }
    return null;
  }
  const flow = editor.view?.flows.find(({ id }) => id === place.flow);
  /** @type {import("../types.js").Box[]} */
  const others = [...(flow?.nodes ?? []), ...(flow?.comments ?? [])];
  /** @type {Edit[]} */
  const edits = [];
  for (const [index, item] of good.entries()) {
    const wanted = { x: place.x + Math.floor(index / 8) * 220, y: place.y + (index % 8) * 64, width: 160, height: 40 };
    const at = index === 0 && place.link ? { x: wanted.x, y: wanted.y } : freePlace(wanted, others);
    others.push({ ...wanted, ...at });
    const content = "component" in item
      ? { component: item.component }
      : await fileContent(editor, relativeTo(item.file, editor.document.path));
    edits.push({ op: "add_node", flow: place.flow, ...content, ...at });
  }
  if (after) edits.push({ op: "connect", source: after, target: "$0", ...(port ? { source_port: port } : {}) });
  if (place.link && good.length === 1) edits.push({ op: "insert_in_link", node: "$0", link: place.link });
  const [first] = good;
  const name = good.length > 1
    ? `add ${good.length} nodes`
    : `add “${"component" in first ? first.name : baseName(first.file)}”`;
  return await editor.apply(edits, name, { select: true });
}

/**
 * The members of a file's node, with the environment variables that the file reads, as rows without values, as Elyra
 * fills them in.
 * @param {Editor} editor
 * @param {string} file
 */
async function fileContent(editor, file) {
  try {
    const { environment } = await editor.context.api.get("files/about", { pipeline: editor.document.path, file });
    if (!Array.isArray(environment) || environment.length === 0) return { file };
    return { file, properties: { env_vars: environment.map((name) => ({ env_var: name, value: "" })) } };
  } catch {
    return { file }; // The variables are a help; the node is made without them, and its panel offers them again.
  }
}

/**
 * Asks what to add, by its first letters, and adds it.
 * @param {Editor} editor
 * @param {{flow: string, x: number, y: number, clientX?: number, clientY?: number, link?: string|null}} place
 * @param {{after?: string, port?: string|null}} [options]
 */
export async function quickAdd(editor, place, options = {}) {
  const { api } = editor.context;
  const components = editor.components.map((component) => ({
    label: component.name,
    detail: component.catalog || "Component",
    icon: "component",
    value: /** @type {Dropped} */ ({ component: component.id, name: component.name }),
  }));
  const comment = { label: "Comment", detail: "A note on the canvas", icon: "comment", value: "comment" };
  const item = await pick({
    label: "Add a node",
    placeholder: options.after ? "Add and connect: type a file's name" : "Add: type a file's name",
    empty: "No notebook, script or component has such a name.",
    ...(place.clientX === undefined ? {} : { x: place.clientX, y: place.clientY }),
    search: async (text) => {
      const { entries } = await api.get("files", { search: text });
      const files = entries.filter(isRunnable).map((/** @type {any} */ entry) => ({
        label: baseName(entry.path),
        detail: folderOf(entry.path) || kindNames[entry.kind],
        icon: entry.kind,
        value: { file: entry.path, kind: entry.kind },
      }));
      return filterChoices(text, options.after ? [...files, ...components] : [...files, ...components, comment]);
    },
  });
  if (item === "comment") await addComment(editor, place);
  else if (item) await addItems(editor, [item], place, options);
  else editor.canvas.svg.focus({ preventScroll: true });
}
