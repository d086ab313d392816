// New comments: written before they exist, at a place or above what is selected.

/** @typedef {import("./editor.js").Editor} Editor */

/**
 * @param {Editor} editor
 * @param {{flow: string, x: number, y: number}} [place]
 */
export async function addComment(editor, place) {
  const selected = editor.targetNodes.map(({ id }) => id);
  const at = place ?? (selected.length > 0 ? aboveSelection(editor) : editor.newPlace());
  const nodes = selected.filter((id) => editor.canvas.scene.items.get(id)?.flow === at.flow);
  const size = { width: 200, height: 60 };
  const text = await editor.canvas.overlays.writeComment({ ...at, ...size });
  if (text === null) return;
  // About 30 letters fit in a line of 18 px.
  const lines = text.split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 30)), 0);
  const height = Math.min(320, Math.max(size.height, lines * 18 + 24));
  const y = at.y - (place || selected.length === 0 ? 0 : height - size.height);
  const edit = { op: "add_comment", flow: at.flow, text, x: at.x, y, width: size.width, height, nodes };
  await editor.apply([edit], "add a comment", { select: true });
}

/** @param {Editor} editor */
function aboveSelection(editor) {
  const items = editor.targetBoxes.flatMap((id) => editor.canvas.scene.items.get(id) ?? []);
  const x = Math.min(...items.map(({ box }) => box.x)), y = Math.min(...items.map(({ box }) => box.y));
  return { flow: items[0].flow, x, y: y - 84 };
}
