// Small pieces that several pages of runs show: badges, buttons, switches, bars of counts.

import { explain } from "../api.js";
import { fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { orderedCounts, statusSign, statusTone, statusWord } from "./words.js";

/** Adds the style sheet of these pages once. */
export function addStyles() {
  const address = new URL("./runs.css", import.meta.url).href;
  if (document.head.querySelector('link[data-part="runs"]')) return;
  document.head.append(h("link", { rel: "stylesheet", href: address, data: { part: "runs" } }));
}

/** The sign of a status in its colour. @param {string} status */
export function sign(status) {
  return h(
    "span",
    { class: "run-sign", data: { tone: statusTone(status), status }, "aria-hidden": "true" },
    statusSign(status),
  );
}

/** A status as sign and word. @param {string} status @param {string} [word] */
export function badge(status, word = statusWord(status)) {
  return h(
    "span",
    { class: "run-badge", data: { tone: statusTone(status), status } },
    sign(status),
    h("span", null, word),
  );
}

/**
 * A button with an icon and a label.
 *
 * @param {string} name the icon
 * @param {string} label
 * @param {() => void} action
 * @param {{iconOnly?: boolean, kind?: string, title?: string, keys?: string}} [options]
 */
export function button(name, label, action, { iconOnly = false, kind = "", title, keys } = {}) {
  return h(
    "button",
    {
      type: "button",
      class: iconOnly ? `icon-button ${kind}` : `button ${kind}`,
      title: title ?? (iconOnly ? label : null),
      "aria-label": iconOnly ? label : null,
      "aria-keyshortcuts": keys ?? null,
      on: { click: action },
    },
    icon(name),
    iconOnly ? null : h("span", null, label),
  );
}

/**
 * A button that is on or off.
 *
 * @param {string} label
 * @param {string} title
 * @param {boolean} isOn
 * @param {(isOn: boolean) => void} changed
 */
export function toggle(label, title, isOn, changed) {
  const element = h(
    "button",
    { type: "button", class: "run-toggle", title, "aria-pressed": String(isOn), "aria-label": title },
    label,
  );
  element.addEventListener("click", () => {
    const next = element.getAttribute("aria-pressed") !== "true";
    element.setAttribute("aria-pressed", String(next));
    changed(next);
  });
  return element;
}

/**
 * Buttons of which one is pressed.
 *
 * @template {string} T
 * @param {string} label
 * @param {{value: T, label: string, title?: string}[]} choices
 * @param {T} value
 * @param {(value: T) => void} changed
 */
export function choice(label, choices, value, changed) {
  const group = h("div", { class: "run-choice", role: "group", "aria-label": label });
  for (const entry of choices) {
    const element = h(
      "button",
      {
        type: "button",
        title: entry.title ?? null,
        "aria-pressed": String(entry.value === value),
        data: { value: entry.value },
      },
      entry.label,
    );
    element.addEventListener("click", () => {
      for (const other of group.children) other.setAttribute("aria-pressed", String(other === element));
      changed(entry.value);
    });
    group.append(element);
  }
  return group;
}

/**
 * A field to search in a list.
 *
 * @param {string} label
 * @param {string} value
 * @param {(text: string) => void} changed
 */
export function searchField(label, value, changed) {
  const input = h("input", {
    type: "search",
    class: "input run-search",
    placeholder: label,
    "aria-label": label,
    value,
    autocomplete: "off",
    spellcheck: "false",
  });
  input.addEventListener("input", () => changed(input.value));
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || input.value === "") return;
    input.value = "";
    changed("");
    // A dialog around it stays open.
    event.preventDefault();
    event.stopPropagation();
  });
  return input;
}

/**
 * A drop-down list.
 *
 * @param {string} label
 * @param {{value: string, label: string}[]} choices
 * @param {string} value
 * @param {(value: string) => void} changed
 */
export function select(label, choices, value, changed) {
  const element = h(
    "select",
    { class: "select run-select", "aria-label": label },
    choices.map((entry) => h("option", { value: entry.value }, entry.label)),
  );
  element.value = choices.some((entry) => entry.value === value) ? value : choices[0].value;
  element.addEventListener("change", () => changed(element.value));
  return element;
}

/**
 * A bar whose parts have the lengths of counts.
 *
 * @param {HTMLElement} element
 * @param {Record<string, number>} counts
 */
export function drawCountBar(element, counts) {
  const parts = orderedCounts(counts);
  const total = parts.reduce((sum, part) => sum + part.count, 0);
  const order = ["good", "same", "bad", "stopped", "active", "left", "idle"];
  parts.sort((a, b) => order.indexOf(statusTone(a.status)) - order.indexOf(statusTone(b.status)));
  fill(
    element,
    parts.map(({ status, count }) => {
      const part = h("span", { class: "run-count-part", data: { tone: statusTone(status) } });
      part.style.width = `${(100 * count) / total}%`;
      return part;
    }),
  );
  element.setAttribute("title", countText(counts));
}

/** `4 ok, 1 failed`. @param {Record<string, number>} counts */
export function countText(counts) {
  return orderedCounts(counts).map(({ status, count }) => `${count} ${statusWord(status)}`).join(", ");
}

/** A message instead of a list or a page. @param {string} title @param {...(Node | string)} more */
export function blank(title, ...more) {
  return h("div", { class: "run-blank" }, h("p", { class: "run-blank-title" }, title), ...more);
}

/**
 * Why something could not be loaded, instead of it.
 *
 * @param {string} title
 * @param {unknown} error
 * @param {...(Node | string)} more
 */
export function loadProblem(title, error, ...more) {
  return blank(title, h("p", null, explain(error)), ...more);
}

/**
 * The times of a node or a cell in two runs as bars, in a cell of a table.
 *
 * @param {{status: string, seconds: number | null, text: string}[]} sides of the runs A and B
 * @param {number} longest the seconds of the longest bar
 */
export function timeBars(sides, longest) {
  return h(
    "td",
    { class: "compare-bars" },
    sides.map(({ status, seconds, text }, index) => {
      const bar = h("span", { class: `compare-bar ${index === 0 ? "a" : "b"}`, data: { tone: statusTone(status) } });
      bar.style.width = `${(100 * (seconds ?? 0)) / longest}%`;
      return h(
        "span",
        { class: "compare-time" },
        h("span", { class: "compare-track" }, bar),
        h("span", { class: "number" }, text),
      );
    }),
  );
}

/** A link in the page. @param {string} hash @param {...(Node | string)} children */
export function link(hash, ...children) {
  return h("a", { href: hash, class: "run-link" }, ...children);
}
