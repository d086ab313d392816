// The top of the panel: what is selected, and what of it is no form.

import { fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { kindNames } from "../canvas/labels.js";
import { commands } from "./commands.js";

/** @typedef {import("./editor.js").Editor} Editor */
/** @typedef {import("../types.js").PipelineNode} PipelineNode */

/**
 * @param {HTMLElement} head
 * @param {Editor} editor
 * @param {PipelineNode[]} nodes
 * @param {import("../canvas/scene.js").Item[]} items
 */
export function drawHead(head, editor, nodes, items) {
  const [node] = nodes;
  const [item] = items;
  let title = "Pipeline", detail = editor.document.path, name = "pipeline";
  if (nodes.length === 1 && items.length === 1) {
    [title, detail, name] = [node.label, kindNames[node.kind] ?? node.kind, node.kind];
  } else if (items.length > 1) {
    [title, detail, name] = [
      `${items.length} objects`,
      nodes.length > 1 ? `A change counts for all ${nodes.length} nodes` : "",
      "copy",
    ];
  } else if (item?.type === "comment") [title, detail, name] = ["Comment", "Markdown", "comment"];
  else if (item?.type === "link") [title, detail, name] = ["Link", "", "link"];
  const open = nodes.length === 1 && node.file
    ? h("button", {
      class: "icon-button",
      type: "button",
      title: "Open the file (O)",
      "aria-label": "Open the file",
      on: { click: () => editor.openFile() },
    }, icon("open"))
    : null;
  fill(
    head,
    icon(name),
    h(
      "div",
      { class: "panel-title" },
      h("h2", { title }, title),
      detail ? h("p", { class: "muted", title: detail }, detail) : null,
    ),
    open,
  );
}

/**
 * What is no form: the text of a comment, the ends of a link, the buttons of a super node.
 * @param {Editor} editor
 * @param {import("../canvas/scene.js").Item[]} items
 */
export function special(editor, items) {
  if (items.length !== 1) return [];
  const [item] = items;
  const buttons = (/** @type {string[]} */ names) =>
    h(
      "div",
      { class: "panel-buttons" },
      names.filter((name) => editor.can(name)).map((name) =>
        h(
          "button",
          { class: "button small", type: "button", on: { click: () => editor.run(name) } },
          { rename: "Edit the text", inside: "Open" }[name] ?? commands[name].label,
        )
      ),
    );
  if (item.type === "comment") {
    return [
      h(
        "p",
        { class: "panel-note muted" },
        "The text becomes the description of the nodes that are linked with the comment.",
      ),
      buttons(["rename", "connect", "remove"]),
    ];
  }
  if (item.type === "link") {
    const name = (/** @type {string} */ id) => editor.node(id)?.label ?? "a comment";
    return [
      h("p", { class: "panel-note" }, `From ${name(item.data.source)} to ${name(item.data.target)}.`),
      buttons(["remove"]),
    ];
  }
  return item.data.kind === "super" ? [buttons(["inside", "toggle", "ungroup"])] : [];
}
