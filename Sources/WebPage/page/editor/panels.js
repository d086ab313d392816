// Palette, canvas and properties side by side; the outer two can be hidden and made wider, and stay so.

import { h, set } from "../dom.js";
import { kept } from "../storage.js";

/** @typedef {"palette"|"properties"} Side */

/** From which width of the window on each side is shown at first. */
const narrow = { palette: 560, properties: 760 };

/** @param {{palette: HTMLElement, canvas: HTMLElement, properties: HTMLElement}} parts */
export function makePanels(parts) {
  const lines = { palette: splitter("palette"), properties: splitter("properties") };
  const element = h(
    "div",
    { class: "panels" },
    parts.palette,
    lines.palette,
    parts.canvas,
    lines.properties,
    parts.properties,
  );
  const show = (/** @type {Side} */ side, /** @type {boolean} */ shown) => {
    parts[side].hidden = !shown;
    lines[side].hidden = !shown;
  };
  const choose = (/** @type {Side} */ side, /** @type {boolean} */ shown) => {
    show(side, shown);
    kept.set(`lyre-panel-${side}`, shown ? "shown" : "hidden");
  };
  for (const side of /** @type {Side[]} */ (["palette", "properties"])) {
    const choice = kept.get(`lyre-panel-${side}`);
    // In a narrow window the canvas has the room, until somebody chooses otherwise.
    show(side, choice === null ? innerWidth >= narrow[side] : choice !== "hidden");
  }
  set(parts.palette, { role: "region", "aria-label": "Palette" });
  set(parts.properties, { role: "region", "aria-label": "Properties" });
  set(parts.canvas, { role: "region", "aria-label": "Canvas" });

  /** @param {Side} side */
  function splitter(side) {
    const line = h("div", {
      class: "splitter",
      role: "separator",
      "aria-orientation": "vertical",
      "aria-label": `Width of the ${side}`,
      tabindex: 0,
      "aria-valuemin": 160,
      "aria-valuemax": 640,
      "aria-valuenow": side === "palette" ? 220 : 320,
    });
    const resize = (/** @type {number} */ width) => {
      const value = Math.round(Math.max(160, Math.min(640, width)));
      parts[side].style.width = `${value}px`;
      line.setAttribute("aria-valuenow", String(value));
      kept.set(`lyre-width-${side}`, String(value));
    };
    const sign = side === "palette" ? 1 : -1;
    line.addEventListener("pointerdown", (event) => {
      line.setPointerCapture(event.pointerId);
      const start = event.clientX, width = parts[side].offsetWidth;
      const move = (/** @type {PointerEvent} */ now) => resize(width + sign * (now.clientX - start));
      line.addEventListener("pointermove", move);
      line.addEventListener("lostpointercapture", () => line.removeEventListener("pointermove", move), { once: true });
    });
    line.addEventListener("keydown", (event) => {
      const step = event.key === "ArrowRight" ? 20 : event.key === "ArrowLeft" ? -20 : 0;
      if (step === 0) return;
      event.preventDefault();
      resize(parts[side].offsetWidth + sign * step);
    });
    const width = Number(kept.get(`lyre-width-${side}`));
    if (width >= 160) resize(width);
    return line;
  }

  return {
    element,
    toggle: (/** @type {Side} */ side) => choose(side, parts[side].hidden === true),
    show: (/** @type {Side} */ side) => parts[side].hidden && choose(side, true),
  };
}
