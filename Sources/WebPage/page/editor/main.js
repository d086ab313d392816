// The editor of one pipeline (placeholder of its parts until they follow in the next step).

import { Canvas } from "../canvas/canvas.js";
import { PipelineDocument } from "./document.js";
import { explain } from "../api.js";

/**
 * @param {HTMLElement} element
 * @param {import("../types.js").Route} route
 * @param {import("../types.js").Context} context
 * @returns {import("../types.js").Page}
 */
export function mount(element, route, context) {
  const path = route.name === "edit" ? route.path : "";
  const pipeline = new PipelineDocument(context.api, path, { toast: context.toast, folder: context.session.path });
  const canvas = new Canvas(element, { label: path });
  pipeline.addEventListener("change", () => pipeline.view && canvas.show(pipeline.view));
  pipeline.open().catch((error) => context.toast(explain(error), "error"));
  return { update() {}, unmount: () => pipeline.close() };
}
