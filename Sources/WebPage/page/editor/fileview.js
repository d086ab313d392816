// A notebook or script, read in a frame over the page.

import { openDialog } from "../dialog.js";
import { h } from "../dom.js";

/**
 * @param {import("../types.js").Context} context
 * @param {string} path
 */
export async function openView(context, path) {
  const address = context.api.address("files/view", { path });
  const frame = h("iframe", { class: "file-view", sandbox: "allow-scripts allow-popups", title: path, src: address });
  await openDialog({
    title: path,
    wide: true,
    body: [frame],
    buttons: [{ label: "Close", value: "close", kind: "primary" }],
  });
}
