// Super nodes: made of what is selected, opened, expanded, taken apart.

import { withExpanded } from "../canvas/expansion.js";

/** @typedef {import("./editor.js").Editor} Editor */

/** @param {Editor} editor */
export async function makeSuperNode(editor) {
  const ids = editor.targetBoxes;
  await editor.apply(
    [{ op: "make_super_node", ids, label: "Super node" }],
    `make a super node of ${editor.count(ids)}`,
    {
      select: true,
    },
  );
  const [id] = editor.canvas.selection;
  if (id && editor.node(id)?.kind === "super") editor.canvas.overlays.editLabel(id);
}

/** @param {Editor} editor */
export function ungroup(editor) {
  const [node] = editor.targetNodes;
  return editor.apply([{ op: "ungroup", id: node.id }], `ungroup “${node.label}”`);
}

/** @param {Editor} editor */
export function toggleSuper(editor) {
  const [node] = editor.targetNodes;
  return expand(editor, node.id, !node.expanded);
}

/**
 * @param {Editor} editor
 * @param {string} id
 * @param {boolean} expanded
 */
export function expand(editor, id, expanded) {
  const { canvas } = editor;
  if (editor.document.readOnly && canvas.view) return canvas.show(withExpanded(canvas.view, id, expanded));
  return editor.apply(
    [{ op: "set_expanded", id, expanded }],
    `${expanded ? "expand" : "collapse"} “${editor.node(id)?.label}”`,
  );
}

/** @param {Editor} editor */
export function openSuper(editor) {
  const flow = editor.targetNodes[0]?.subflow;
  if (flow) editor.canvas.openFlow(flow);
}

/** @param {Editor} editor */
export function leaveSuper(editor) {
  const parent = editor.flow?.parent;
  if (!parent) return;
  editor.canvas.openFlow(parent.flow);
  editor.canvas.select([parent.node], { reveal: true, focus: true });
}
