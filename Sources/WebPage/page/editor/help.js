// The list of keys.

import { openDialog } from "../dialog.js";
import { h } from "../dom.js";
import { canvasKeys, commands } from "./commands.js";
import { shownKey } from "./keys.js";

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
        table("On the canvas", /** @type {[string, string][]} */ (canvasKeys)),
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
