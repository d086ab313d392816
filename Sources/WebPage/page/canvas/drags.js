// The pointer on an object of the canvas: move it, draw a link from it, resize it.

import { contains, curvePath, linkCurve } from "./geometry.js";
import { portOf } from "./links.js";
import { Mover } from "./mover.js";
import { end } from "./scene.js";

/** @typedef {import("./scene.js").Item} Item */
/** @typedef {import("./canvas.js").Canvas} Canvas */
/** @typedef {import("./gestures.js").Gesture} Gesture */

/** How far the pointer moves before it drags, in pixels. */
export const threshold = 4;

/**
 * Moves what is selected with the item; a press alone selects it.
 * @param {Canvas} canvas
 * @param {PointerEvent} start
 * @param {Item} item
 * @returns {Gesture}
 */
export function drag(canvas, start, item) {
  const adds = start.shiftKey || start.ctrlKey || start.metaKey;
  const was = canvas.scene.selected.has(item.id);
  if (adds) canvas.toggle(item.id);
  else if (!was) canvas.select([item.id]);
  canvas.keys.focus(item.id);
  /** @type {Mover|null} */
  let mover = null;
  /** @type {string|null} */
  let link = null;
  let frame = 0;
  /** @type {PointerEvent|null} */
  let latest = null;
  const movable = !canvas.readOnly && item.type !== "link";
  const origin = canvas.camera.toWorld(start.clientX, start.clientY);
  const scale = canvas.scene.layers.get(item.flow)?.scale ?? 1;
  const step = () => {
    frame = 0;
    if (!latest || !mover) return;
    canvas.camera.autoPan(latest.clientX, latest.clientY);
    const now = canvas.camera.toWorld(latest.clientX, latest.clientY);
    mover.move((now.x - origin.x) / scale, (now.y - origin.y) / scale);
    link = mover.items.length === 1 ? linkUnder(canvas, item) : null;
    canvas.markTarget(link);
  };
  const stop = () => {
    cancelAnimationFrame(frame);
    canvas.svg.classList.remove("dragging");
    canvas.markTarget(null);
  };
  return {
    move: (event) => {
      if (!movable) return;
      latest = event;
      if (!mover) {
        if (Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < threshold) return;
        mover = new Mover(canvas.scene, item.flow, canvas.scene.selected.has(item.id) ? canvas.selection : [item.id]);
        canvas.keys.focus(item.id);
        canvas.svg.classList.add("dragging");
      }
      frame ||= requestAnimationFrame(step);
    },
    end: (event) => {
      latest = event;
      step();
      stop();
      if (!mover) {
        if (was && !adds) canvas.select([item.id]);
        return;
      }
      const positions = mover.finish();
      canvas.keys.focus(item.id);
      canvas.emit("move", { positions, link, flow: item.flow });
    },
    cancel: () => {
      stop();
      mover?.cancel();
    },
  };
}

/**
 * The link that a node without links lies on.
 * @param {Canvas} canvas
 * @param {Item} item
 */
function linkUnder(canvas, item) {
  const { scene } = canvas;
  if (item.type !== "node" || item.data.inputs.length === 0 || item.data.outputs.length === 0) return null;
  if ((scene.linksOf.get(item.id) ?? []).some(({ data }) => data.kind === "data")) return null;
  return canvas.scene.linkThrough(item.flow, item.box);
}

/**
 * Draws a link from a port to the node where it is dropped.
 * @param {Canvas} canvas
 * @param {Item} source
 * @param {string|null} port
 * @returns {Gesture}
 */
export function drawLink(canvas, source, port) {
  const { scene } = canvas;
  /** @type {Item|null} */
  let target = null;
  let moved = false;
  const finish = () => {
    canvas.drawDraft(null);
    canvas.markTarget(null);
  };
  return {
    move: (event) => {
      moved = true;
      const point = canvas.camera.toWorld(event.clientX, event.clientY);
      canvas.camera.autoPan(event.clientX, event.clientY);
      target = null;
      for (const item of scene.items.values()) {
        if (item.type !== "node" || item.id === source.id || item.flow !== source.flow) continue;
        const { x, y, width, height } = scene.worldBox(item);
        if (contains({ x: x - 10, y: y - 4, width: width + 14, height: height + 8 }, point)) target = item;
      }
      const from = portOf({ ...end(source), box: scene.worldBox(source) }, "output", port);
      canvas.drawDraft(curvePath(linkCurve(from, point)));
      canvas.markTarget(target?.id ?? null);
    },
    end: (event) => {
      finish();
      if (!moved) return canvas.select([source.id]);
      const place = canvas.locate(event.clientX, event.clientY);
      if (target) {
        const inputs = target.data.inputs;
        const under = document.elementFromPoint(event.clientX, event.clientY)?.closest(".port.input");
        canvas.emit("connect", {
          source: source.id,
          target: target.id,
          source_port: port,
          target_port: under?.getAttribute("data-port") ?? (inputs.length > 0 ? inputs[0].id : null),
        });
      } else if (source.type === "node") {
        canvas.emit("connect-void", {
          source: source.id,
          source_port: port,
          ...place,
          flow: source.flow,
          clientX: event.clientX,
          clientY: event.clientY,
        });
      }
    },
    cancel: finish,
  };
}

/**
 * @param {Canvas} canvas
 * @param {PointerEvent} start
 * @param {Item} item
 * @returns {Gesture}
 */
export function resize(canvas, start, item) {
  const { width, height } = item.box;
  const scale = (canvas.scene.layers.get(item.flow)?.scale ?? 1) * canvas.camera.viewport.scale;
  const least = item.type === "comment" ? { width: 60, height: 32 } : { width: 160, height: 80 };
  return {
    move: (event) => {
      canvas.scene.resize(
        item,
        Math.max(least.width, Math.round(width + (event.clientX - start.clientX) / scale)),
        Math.max(least.height, Math.round(height + (event.clientY - start.clientY) / scale)),
      );
    },
    end: () => {
      if (item.box.width !== width || item.box.height !== height) {
        canvas.emit("resize", { id: item.id, width: item.box.width, height: item.box.height });
      }
    },
    cancel: () => canvas.scene.resize(item, width, height),
  };
}
