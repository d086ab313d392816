// Menus and double clicks on the canvas: which object they mean, and the place in its flow.

/** @typedef {import("./canvas.js").Canvas} Canvas */

/** @param {Canvas} canvas */
export function wireOpening(canvas) {
  canvas.svg.addEventListener("contextmenu", (event) => contextMenu(canvas, event));
  canvas.svg.addEventListener("dblclick", (event) => doubleClick(canvas, event));
}

/**
 * @param {Canvas} canvas
 * @param {MouseEvent} event
 */
function contextMenu(canvas, event) {
  const element = /** @type {Element} */ (event.target);
  if (element.closest(".comment-editor")) return;
  event.preventDefault();
  const id = /** @type {HTMLElement|null} */ (element.closest("[data-id]"))?.dataset.id ?? null;
  openMenuAt(canvas, id, event.clientX, event.clientY);
}

/**
 * @param {Canvas} canvas
 * @param {string|null} id
 * @param {number} clientX
 * @param {number} clientY
 */
export function openMenuAt(canvas, id, clientX, clientY) {
  canvas.tip.hide();
  const item = id ? canvas.scene.items.get(id) : undefined;
  if (item && item.data.kind !== "binding") {
    if (!canvas.scene.selected.has(item.id)) canvas.select([item.id]);
    canvas.keys.focus(item.id);
  } else canvas.select([]);
  const type = item && item.data.kind !== "binding" ? item.type : "canvas";
  canvas.emit("menu", {
    id: item?.id ?? null,
    type,
    ids: canvas.selection,
    ...canvas.locate(clientX, clientY),
    clientX,
    clientY,
  });
}

/**
 * @param {Canvas} canvas
 * @param {MouseEvent} event
 */
function doubleClick(canvas, event) {
  // The gesture has captured the pointer, so that the event's own target is the whole drawing.
  const element = document.elementFromPoint(event.clientX, event.clientY) ?? canvas.svg;
  if (element.closest(".comment-editor, .node-toggle, a")) return;
  const item = canvas.scene.items.get(/** @type {HTMLElement|null} */ (element.closest("[data-id]"))?.dataset.id ?? "");
  if (item && item.data.kind !== "binding") canvas.emit("open", { id: item.id, type: item.type });
  else if (!canvas.readOnly) {
    canvas.emit("add", {
      ...canvas.locate(event.clientX, event.clientY),
      clientX: event.clientX,
      clientY: event.clientY,
    });
  }
}
