// A search field with a list below it: to add a node, to connect, to find, to choose a file.

import { explain } from "./api.js";
import { fill, h, uniqueID } from "./dom.js";
import { icon } from "./icons.js";

/**
 * @typedef {object} Choice
 * @property {string} label
 * @property {string} [detail]
 * @property {string} [icon]
 * @property {any} value
 */

/**
 * Opens the picker and answers the chosen value, or null.
 * @param {{label: string, placeholder: string, x?: number, y?: number, empty?: string,
 *   search: (text: string) => Choice[]|Promise<Choice[]>, changed?: (value: any|null) => void}} options
 *   a point of the window, or the middle; `changed` hears of the choice under the cursor
 * @returns {Promise<any|null>}
 */
export function pick({ label, placeholder, x, y, empty = "Nothing fits.", search, changed }) {
  return new Promise((resolve) => {
    const listID = uniqueID("picker");
    const input = h("input", {
      class: "picker-input",
      type: "text",
      placeholder,
      role: "combobox",
      "aria-label": label,
      "aria-expanded": "true",
      "aria-autocomplete": "list",
      "aria-controls": listID,
      autocomplete: "off",
      spellcheck: "false",
    });
    const list = h("div", { class: "picker-list", id: listID, role: "listbox", "aria-label": label });
    const dialog = h(
      "dialog",
      { class: "picker", "aria-label": label },
      h("div", { class: "picker-head" }, icon("search"), input),
      list,
    );
    /** @type {Choice[]} */
    let choices = [];
    let at = 0;
    let asked = 0;
    /** @type {any} */
    let answer = null;

    const mark = () => {
      [...list.querySelectorAll("[role=option]")].forEach((option, index) => {
        option.setAttribute("aria-selected", String(index === at));
        if (index === at) {
          option.scrollIntoView({ block: "nearest" });
          input.setAttribute("aria-activedescendant", option.id);
        }
      });
      if (choices.length === 0) input.removeAttribute("aria-activedescendant");
      changed?.(choices[at]?.value ?? null);
    };
    /** @type {Promise<void>} */
    let searching = Promise.resolve();
    const choose = async () => {
      await searching; // What is chosen fits what is typed.
      const choice = choices[at];
      if (!choice) return;
      answer = choice.value;
      dialog.close();
    };
    const update = async () => {
      const question = ++asked;
      /** @type {Choice[]} */
      let found = [];
      let none = empty;
      try {
        found = await search(input.value.trim());
      } catch (error) {
        none = explain(error);
      }
      if (question !== asked) return;
      choices = found.slice(0, 200);
      at = 0;
      fill(
        list,
        choices.map((choice, index) =>
          h(
            "div",
            {
              role: "option",
              class: "picker-option",
              id: `${listID}-${index}`,
              "aria-selected": "false",
              on: {
                pointermove: () => {
                  if (at !== index) {
                    at = index;
                    mark();
                  }
                },
                click: () => {
                  at = index;
                  choose();
                },
              },
            },
            choice.icon ? icon(choice.icon) : null,
            h("span", { class: "picker-label" }, choice.label),
            choice.detail ? h("span", { class: "picker-detail" }, choice.detail) : null,
          )
        ),
        choices.length === 0
          ? h("div", { class: "picker-empty", role: "option", "aria-disabled": "true" }, none)
          : null,
      );
      mark();
    };

    input.addEventListener("input", () => (searching = update()));
    dialog.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "ArrowDown" && at < choices.length - 1) at += 1;
      else if (event.key === "ArrowUp" && at > 0) at -= 1;
      else if (event.key === "PageDown") at = Math.min(choices.length - 1, at + 8);
      else if (event.key === "PageUp") at = Math.max(0, at - 8);
      else if (event.key === "Enter") {
        event.preventDefault();
        return choose();
      } else if (event.key === "Tab") {
        event.preventDefault();
        return;
      } else return;
      event.preventDefault();
      mark();
    });
    dialog.addEventListener("pointerdown", (event) => {
      if (event.target === dialog) dialog.close(); // The backdrop.
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (answer === null) changed?.(null);
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
    if (x !== undefined && y !== undefined) {
      dialog.classList.add("placed");
      dialog.style.left = `${Math.max(8, Math.min(x, innerWidth - 328))}px`;
      dialog.style.top = `${Math.max(8, Math.min(y, innerHeight - 328))}px`;
    }
    input.focus();
    searching = update();
  });
}

/**
 * How well a text fits what was typed: lower is better, null if it does not. Letters in order are enough.
 * @param {string} typed
 * @param {string} text
 * @returns {number|null}
 */
export function matchScore(typed, text) {
  const wanted = typed.toLowerCase();
  const candidate = text.toLowerCase();
  const at = candidate.indexOf(wanted);
  if (at >= 0) return at;
  let position = -1;
  let gaps = 0;
  for (const letter of wanted) {
    const next = candidate.indexOf(letter, position + 1);
    if (next < 0) return null;
    gaps += next - position - 1;
    position = next;
  }
  return 1000 + gaps;
}

/**
 * The choices that fit, best first; in their order when nothing is typed.
 * @template {{label: string, detail?: string}} C
 * @param {string} typed
 * @param {C[]} choices
 * @returns {C[]}
 */
export function filterChoices(typed, choices) {
  if (typed === "") return choices;
  return choices
    .map((choice, index) => {
      const label = matchScore(typed, choice.label);
      const detail = choice.detail === undefined ? null : matchScore(typed, choice.detail);
      const score = label ?? (detail === null ? null : detail + 500);
      return { choice, score, index };
    })
    .filter(({ score }) => score !== null)
    .sort((a, b) => /** @type {number} */ (a.score) - /** @type {number} */ (b.score) || a.index - b.index)
    .map(({ choice }) => choice);
}
