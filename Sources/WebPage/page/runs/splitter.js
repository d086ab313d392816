// The border between a run's nodes and the panel: moved by mouse and keyboard, beside or above each other.

import { h } from "../dom.js";
import { keepOption, option } from "./options.js";

const LEAST = 18;
const MOST = 82;

export class Splitter {
  #share;

  /**
   * @param {HTMLElement} parent
   * @param {string} name of the kept choice
   * @param {HTMLElement} controlled the part after the border
   */
  constructor(parent, name, controlled) {
    this.parent = parent;
    this.name = name;
    controlled.id ||= `run-split-${name}`;
    this.#share = option(`split-${name}`, 52);
    this.element = h("div", {
      class: "run-splitter",
      role: "separator",
      tabindex: 0,
      "aria-label": "Size of the panel",
      "aria-controls": controlled.id,
      "aria-valuemin": LEAST,
      "aria-valuemax": MOST,
    });
    this.element.addEventListener("pointerdown", (event) => this.#start(event));
    this.element.addEventListener("dblclick", () => this.#set(52));
    this.element.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: 2, ArrowUp: 2, ArrowRight: -2, ArrowDown: -2 }[event.key];
      if (!step) return;
      this.#set(this.#share + step);
      event.preventDefault();
    });
    this.#set(this.#share);
  }

  /** @param {boolean} isOpen whether there is a panel */
  show(isOpen) {
    this.element.hidden = !isOpen;
    this.parent.classList.toggle("with-panel", isOpen);
  }

  /** @param {number} share of the part after the border, in percent */
  #set(share) {
    this.#share = Math.round(Math.max(LEAST, Math.min(MOST, share)));
    this.parent.style.setProperty("--panel-share", `${this.#share}%`);
    this.element.setAttribute("aria-valuenow", String(this.#share));
    keepOption(`split-${this.name}`, this.#share);
  }

  /** @param {PointerEvent} event */
  #start(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.element.setPointerCapture(event.pointerId);
    this.parent.classList.add("splitting");
    const move = (/** @type {PointerEvent} */ moved) => {
      const box = this.parent.getBoundingClientRect();
      const isBeside = getComputedStyle(this.parent).flexDirection === "row";
      this.#set(
        isBeside ? (100 * (box.right - moved.clientX)) / box.width : (100 * (box.bottom - moved.clientY)) / box.height,
      );
    };
    const end = () => {
      this.parent.classList.remove("splitting");
      this.element.removeEventListener("pointermove", move);
    };
    this.element.addEventListener("pointermove", move);
    this.element.addEventListener("lostpointercapture", end, { once: true });
  }
}
