// The list of keys.

import { openDialog } from "../dialog.js";
import { h } from "../dom.js";
import { commands } from "./commands.js";
import { shownKey } from "./keys.js";

/** Keys of the canvas itself. */
/** @type {[string, string][]} */
const canvasKeys = [
  ["Ctrl+V", "Paste"],
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

export function openHelp() {
  const groups = Map.groupBy(Object.values(commands).filter(({ keys }) => keys), ({ group }) => group);
  const table = (/** @type {string} */ title, /** @type {[string, string][]} */ rows) =>
    h(
      "section",
      { class: "keys-group" },
      h("h3", null, title),
      h(
        "dl",
        null,
        rows.flatMap(([keys, label]) => [
          h(
            "dt",
            null,
            ...keys.split(" or ").map((key) => h("kbd", null, key)),
          ),
          h("dd", null, label),
        ]),
      ),
    );
  return openDialog({
    title: "Keys",
    wide: true,
    body: [
      h(
        "div",
        { class: "keys", tabindex: 0, role: "region", "aria-label": "List of keys" },
        [...groups].map(([title, list]) =>
          table(title, list.map(({ keys, label }) => [(keys ?? []).map(shownKey).join(" or "), label]))
        ),
        table("On the canvas", canvasKeys),
        h(
          "section",
          { class: "keys-group" },
          h("h3", null, "By mouse"),
          h(
            "p",
            null,
            "Wheel: move; Ctrl+wheel: zoom. Drag on the canvas: select. Middle button or Space and drag: move. Drag from the right port of a node: link; dropped on nothing, it asks what to add. Drop a node on a link: insert it there. Double click on the canvas, or Tab after a click on it: add a node.",
          ),
        ),
      ),
    ],
    buttons: [{ label: "Close", value: "close", kind: "primary" }],
  });
}
