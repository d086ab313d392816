// Menus at a point, by mouse and keyboard.

import { h } from "./dom.js";
import { icon } from "./icons.js";

/**
 * @typedef {object} Item
 * @property {string} label
 * @property {string} [icon]
 * @property {string} [keys] the keys that do the same, as shown
 * @property {boolean} [disabled]
 * @property {boolean} [danger]
 * @property {() => void} action
 */

/** @typedef {Item|"separator"|null|false|undefined} Entry */

/** @type {(() => void)|null} */
let closeCurrent = null;

/**
 * Opens a menu; the focus returns to where it was when it closes.
 * @param {Entry[]} entries
 * @param {{x: number, y: number, label: string}} options a point of the window, and the menu's name for screen readers
 */
export function openMenu(entries, { x, y, label }) {
  closeCurrent?.();
  const before = document.activeElement;
  const items = entries.filter((entry) => !!entry);
  const menu = h("div", { class: "menu", role: "menu", "aria-label": label, tabindex: -1 });
  let typed = "";
  let typedAt = 0;

  const close = (refocus = true) => {
    if (closeCurrent !== closeThis) return;
    closeCurrent = null;
    menu.remove();
    removeEventListener("pointerdown", outside, true);
    removeEventListener("resize", closeThis);
    if (refocus && before instanceof Element && before.isConnected) {
      /** @type {HTMLElement} */ (before).focus({ preventScroll: true });
    }
  };
  const closeThis = () => close();
  /** @param {Event} event */
  const outside = (event) => {
    if (event.target instanceof Node && !menu.contains(event.target)) close(false);
  };

  for (const entry of items) {
    if (entry === "separator") {
      if (menu.lastElementChild?.getAttribute("role") === "menuitem") menu.append(h("div", { role: "separator" }));
      continue;
    }
    const item = h(
      "button",
      {
        type: "button",
        role: "menuitem",
        class: entry.danger ? "menu-item danger" : "menu-item",
        tabindex: -1,
        "aria-disabled": entry.disabled ? "true" : null,
        "aria-keyshortcuts": entry.keys ? entry.keys.replaceAll("Ctrl", "Control").replaceAll(" ", "") : null,
      },
      entry.icon ? icon(entry.icon) : h("span", { class: "icon" }),
      h("span", { class: "menu-label" }, entry.label),
      entry.keys ? h("kbd", { "aria-hidden": "true" }, entry.keys) : null,
    );
    item.addEventListener("click", () => {
      if (entry.disabled) return;
      close();
      entry.action();
    });
    item.addEventListener("pointerenter", () => item.focus({ preventScroll: true }));
    menu.append(item);
  }
  const last = menu.lastElementChild;
  if (last?.getAttribute("role") === "separator") last.remove();

  const buttons = /** @type {HTMLButtonElement[]} */ ([...menu.querySelectorAll("[role=menuitem]")]);
  menu.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(/** @type {any} */ (document.activeElement));
    const move = (/** @type {number} */ to) => buttons[(to + buttons.length) % buttons.length]?.focus();
    if (event.key === "Escape" || event.key === "Tab") close();
    else if (event.key === "ArrowDown") move(at + 1);
    else if (event.key === "ArrowUp") move(at < 0 ? -1 : at - 1);
    else if (event.key === "Home") move(0);
    else if (event.key === "End") move(-1);
    else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey) {
      typed = event.timeStamp - typedAt > 700 ? event.key : typed + event.key;
      typedAt = event.timeStamp;
      const order = [...buttons.slice(at + (typed.length > 1 ? 0 : 1)), ...buttons];
      order.find((button) => button.innerText.trim().toLowerCase().startsWith(typed.toLowerCase()))?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  menu.addEventListener("contextmenu", (event) => event.preventDefault());

  closeCurrent = closeThis;
  (document.querySelector("dialog[open]") ?? document.querySelector("main") ?? document.body).append(menu);
  const box = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(4, Math.min(x, innerWidth - box.width - 4))}px`;
  menu.style.top = `${Math.max(4, Math.min(y, innerHeight - box.height - 4))}px`;
  addEventListener("pointerdown", outside, true);
  addEventListener("resize", closeThis);
  (buttons.find((button) => button.getAttribute("aria-disabled") !== "true") ?? menu).focus();
}
