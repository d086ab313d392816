// Where objects lie: arranged by the server's layout, aligned, distributed.

/** @typedef {import("./editor.js").Editor} Editor */

/**
 * @param {Editor} editor
 * @param {"horizontal"|"vertical"} direction
 */
export async function arrange(editor, direction) {
  const ids = editor.canvas.selection.filter((id) => editor.canvas.scene.items.get(id)?.type === "node");
  const part = ids.length > 1 ? { ids } : {};
  await editor.apply([{ op: "arrange", flow: editor.canvas.flow, ...part, direction }], `arrange ${direction}ly`);
  if (!("ids" in part)) editor.canvas.camera.fit();
}

/**
 * @param {Editor} editor
 * @param {string} to
 */
export function align(editor, to) {
  return editor.apply([{ op: "align", ids: editor.targetBoxes, to }], `align ${editor.count(editor.targetBoxes)}`);
}

/**
 * @param {Editor} editor
 * @param {string} axis
 */
export function distribute(editor, axis) {
  return editor.apply(
    [{ op: "distribute", ids: editor.targetBoxes, axis }],
    `distribute ${editor.count(editor.targetBoxes)}`,
  );
}

/** @param {Editor} editor */
export function alignMenu(editor) {
  const names = [
    "alignLeft",
    "alignCenter",
    "alignRight",
    "separator",
    "alignTop",
    "alignMiddle",
    "alignBottom",
    "separator",
    "distributeH",
    "distributeV",
  ];
  const first = editor.canvas.scene.items.get(editor.targetBoxes[0])?.element.getBoundingClientRect();
  editor.openMenu(names, { x: first?.right ?? 200, y: first?.bottom ?? 200, label: "Align and distribute" });
}
