// What the canvas tells, as edits of the document.

import { quickAdd } from "./adding.js";
import { openContextMenu } from "./menus.js";
import { expand } from "./super-nodes.js";

/**
 * @param {import("./editor.js").Editor} editor
 * @param {() => void} update
 */
export function wireCanvas(editor, update) {
  const { canvas } = editor;
  /** @type {Record<string, (detail: any) => unknown>} */
  const handlers = {
    select: update,
    flow: update,
    open: ({ id, type }) => {
      const node = editor.node(id);
      if (type === "comment") return editor.document.readOnly ? undefined : canvas.overlays.editComment(id);
      if (node?.kind === "super" && node.subflow) return canvas.openFlow(node.subflow);
      if (type === "node") return editor.openFile();
    },
    move: ({ positions, link, keys }) => {
      const ids = positions.map((/** @type {{id: string}} */ { id }) => id);
      const edits = [{ op: "move", positions }, ...(link ? [{ op: "insert_in_link", node: ids[0], link }] : [])];
      const name = link ? `insert ${editor.count(ids)} in a link` : `move ${editor.count(ids)}`;
      editor.apply(edits, name, { key: keys ? `move:${ids.join()}` : null });
    },
    resize: ({ id, width, height, keys }) =>
      editor.apply([{ op: "resize", id, width, height }], `resize ${editor.count([id])}`, {
        key: keys ? `resize:${id}` : null,
      }),
    connect: ({ source, target, source_port, target_port }) => {
      const ports = { ...(source_port ? { source_port } : {}), ...(target_port ? { target_port } : {}) };
      editor.apply([{ op: "connect", source, target, ...ports }], `connect to “${editor.node(target)?.label}”`);
    },
    "connect-void": ({ source, source_port, flow, x, y, clientX, clientY }) =>
      quickAdd(editor, { flow, x, y: y - 20, clientX, clientY }, { after: source, port: source_port }),
    add: ({ flow, x, y, clientX, clientY }) => editor.quickAdd({ flow, x: x - 80, y: y - 20, clientX, clientY }),
    drop: ({ data, flow, x, y, link }) => editor.add(data, { flow, x: x - 80, y: y - 20, link }),
    toggle: ({ id, expanded }) => expand(editor, id, expanded),
    comment: ({ id, text }) => editor.apply([{ op: "set_comment", id, text }], "edit a comment"),
    label: ({ id, text }) =>
      editor.apply([{ op: "set_label", id, label: text || null }], `rename “${editor.node(id)?.label}”`),
    menu: (detail) => openContextMenu(editor, detail),
  };
  for (const [name, handler] of Object.entries(handlers)) {
    canvas.addEventListener(name, (event) => void handler(/** @type {CustomEvent} */ (event).detail));
  }
  // After a click on nothing, Tab adds a node there; for people who came by keyboard Tab goes on.
  canvas.svg.addEventListener("keydown", (event) => {
    if (
      event.key === "Tab" && !event.shiftKey && event.target === canvas.svg && canvas.pressed &&
      editor.can("addNode")
    ) {
      event.preventDefault();
      editor.run("addNode");
    }
  });
}
