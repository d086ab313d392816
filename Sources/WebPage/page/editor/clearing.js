// The pipeline emptied, with the choice of what goes.

import { openDialog } from "../dialog.js";

/** @typedef {import("./editor.js").Editor} Editor */

/** @param {Editor} editor */
export async function clear(editor) {
  const what = await openDialog({
    title: "Clear the pipeline",
    body: [
      "“Canvas” removes all nodes, links and comments. “Everything” removes the pipeline's properties, defaults and parameters, too. Both can be undone.",
    ],
    buttons: [{ label: "Cancel", value: "" }, { label: "Everything", value: "everything" }, {
      label: "Canvas",
      value: "canvas",
      kind: "primary",
    }],
  });
  if (what) await editor.apply([{ op: "clear", what }], what === "canvas" ? "clear the canvas" : "clear everything");
}
