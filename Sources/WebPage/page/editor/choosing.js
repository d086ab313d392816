// Objects chosen by name: the one to connect to, and the one to go to.

import { kindNames } from "../canvas/labels.js";
import { filterChoices, pick } from "../picker.js";

/** @typedef {import("./editor.js").Editor} Editor */

/** @param {Editor} editor */
export async function connectTo(editor) {
  const sources = editor.targetBoxes;
  const flow = editor.canvas.scene.items.get(sources[0])?.flow;
  const layer = editor.view?.flows.find(({ id }) => id === flow);
  if (!layer) return;
  const taken = new Set(layer.links.filter(({ source }) => sources.includes(source)).map(({ target }) => target));
  const choices = layer.nodes
    .filter((node) => node.kind !== "binding" && !sources.includes(node.id) && !taken.has(node.id))
    .map((node) => ({ label: node.label, detail: kindNames[node.kind], icon: node.kind, value: node.id }));
  const target = await pick({
    label: "Connect to",
    placeholder: `Connect ${editor.count(sources)} to…`,
    empty: "There is no other node that is not connected yet.",
    search: (text) => filterChoices(text, choices),
    changed: (id) => editor.canvas.markTarget(id),
  });
  editor.canvas.markTarget(null);
  if (target) {
    await editor.apply(
      sources.map((source) => ({ op: "connect", source, target })),
      `connect to “${editor.node(target)?.label}”`,
    );
  }
}

/** @param {Editor} editor */
export async function find(editor) {
  const flows = new Map(editor.view?.flows.map((flow) => [flow.id, flow]));
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
  if (id) editor.goTo(id);
}
