// What stands on the canvas: the overview and the buttons of the zoom in a corner, the place in the pipeline on top.

import { fill, h } from "../dom.js";
import { icon } from "../icons.js";

/**
 * @param {import("./camera.js").Camera} camera
 * @param {HTMLElement} minimap
 */
export function makeCorner(camera, minimap) {
  const button = (/** @type {string} */ name, /** @type {string} */ label, /** @type {() => void} */ click) =>
    h(
      "button",
      { class: "icon-button", type: "button", title: label, "aria-label": label, on: { click } },
      icon(name),
    );
  const scale = h("button", {
    class: "zoom-label",
    type: "button",
    title: "Natural size (Ctrl+1)",
    on: { click: () => camera.zoomTo(1) },
  });
  const element = h(
    "div",
    { class: "corner" },
    minimap,
    h(
      "div",
      { class: "zoom", role: "group", "aria-label": "Zoom" },
      button("minus", "Zoom out (Ctrl+Shift+9)", () => camera.zoomBy(1 / 1.25)),
      scale,
      button("plus", "Zoom in (Ctrl+Shift+8)", () => camera.zoomBy(1.25)),
      button("fit", "Show everything (Ctrl+Shift+0)", () => camera.fit()),
    ),
  );
  return { element, update: () => (scale.textContent = `${Math.round(camera.viewport.scale * 100)} %`) };
}

/**
 * Draws the flows from the outermost one to the one that is shown.
 * @param {HTMLElement} element
 * @param {import("../types.js").View|null} view
 * @param {string} flow
 * @param {(flow: string) => void} open
 */
export function drawBreadcrumb(element, view, flow, open) {
  const flows = new Map((view?.flows ?? []).map((one) => [one.id, one]));
  /** @type {import("../types.js").Flow[]} */
  const path = [];
  for (let at = flows.get(flow); at && !path.includes(at); at = flows.get(at.parent?.flow ?? "")) path.unshift(at);
  element.hidden = path.length < 2;
  const name = (/** @type {import("../types.js").Flow} */ one, /** @type {number} */ index) =>
    one.label || (index === 0 ? view?.name || "Pipeline" : "Super node");
  fill(
    element,
    path.map((one, index) =>
      index === path.length - 1 ? h("span", { "aria-current": "location" }, name(one, index)) : [
        h("button", { type: "button", class: "crumb", on: { click: () => open(one.id) } }, name(one, index)),
        icon("chevron"),
      ]
    ).flat(),
  );
}
