// What an empty canvas says.

import { h } from "../dom.js";
import { icon } from "../icons.js";

/** @param {import("./editor.js").Editor} editor */
export function emptyHelp(editor) {
  return h(
    "div",
    { class: "empty-help" },
    icon("pipeline"),
    h("h2", null, "This pipeline is empty"),
    h("p", null, "Drag notebooks and scripts from the palette to here, or add them by name."),
    h(
      "div",
      { class: "empty-buttons" },
      h(
        "button",
        { class: "button primary", type: "button", on: { click: () => editor.run("addNode") } },
        icon("plus"),
        "Add a node",
      ),
      h("button", { class: "button", type: "button", on: { click: () => editor.run("help") } }, "Keys"),
    ),
    h(
      "p",
      { class: "muted" },
      "Double click on the canvas or press ",
      h("kbd", null, "N"),
      " to add, ",
      h("kbd", null, "?"),
      " for all keys.",
    ),
  );
}
