// Dialogs, and notes that go away by themselves.

import { fill, h, uniqueID } from "./dom.js";
import { icon } from "./icons.js";

/**
 * @typedef {object} DialogButton
 * @property {string} label
 * @property {string} value
 * @property {"primary"|"danger"|"plain"} [kind]
 */

/**
 * Shows a modal dialog, and answers the value of the button that closed it; null for Escape.
 * @param {{title: string, body: (Node|string)[], buttons: DialogButton[], wide?: boolean,
 *   opened?: (dialog: HTMLDialogElement) => void, check?: (value: string) => string|null}} options
 *   `check` may refuse a button with a sentence that says why
 * @returns {Promise<string|null>}
 */
export function openDialog({ title, body, buttons, wide, opened, check }) {
  return new Promise((resolve) => {
    const heading = uniqueID("dialog-title");
    const problem = h("p", { class: "dialog-problem", role: "alert" });
    const form = h("form", { method: "dialog" });
    const dialog = h("dialog", { class: wide ? "dialog wide" : "dialog", "aria-labelledby": heading }, form);
    /** @type {string|null} */
    let answer = null;
    fill(
      form,
      h("h2", { id: heading }, title),
      h("div", { class: "dialog-body" }, ...body),
      problem,
      h(
        "div",
        { class: "dialog-buttons" },
        buttons.map(({ label, value, kind }) => h("button", { class: `button ${kind ?? "plain"}`, value }, label)),
      ),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const primary = buttons.find(({ kind }) => kind === "primary") ?? buttons[0];
      const value = event.submitter?.getAttribute("value") ?? primary.value;
      const refused = check?.(value) ?? null;
      if (refused) {
        problem.textContent = refused;
        return;
      }
      answer = value;
      dialog.close();
    });
    // Enter in a field means the primary button, wherever that stands; a field that only filters a list means none.
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
      event.preventDefault();
      if (event.target.type === "search") return;
      const primary = /** @type {HTMLButtonElement|null} */ (form.querySelector(".button.primary, .button.danger"));
      form.requestSubmit(primary);
    });
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
    opened?.(dialog);
  });
}

/**
 * Asks for a line of text.
 * @param {{title: string, label: string, value?: string, button: string, check?: (text: string) => string|null}} options
 * @returns {Promise<string|null>}
 */
export async function askText({ title, label, value = "", button, check }) {
  const input = h("input", { type: "text", value, autocomplete: "off", spellcheck: "false", class: "input" });
  const answer = await openDialog({
    title,
    body: [h("label", { class: "dialog-field" }, h("span", null, label), input)],
    buttons: [{ label: "Cancel", value: "cancel" }, { label: button, value: "yes", kind: "primary" }],
    opened: () => input.select(),
    check: (choice) => (choice === "yes" ? check?.(input.value.trim()) ?? null : null),
  });
  return answer === "yes" ? input.value.trim() : null;
}

/**
 * Shows a note. Errors stay until they are closed.
 * @param {string} text
 * @param {"info"|"success"|"warning"|"error"} [kind]
 * @param {{label: string, action: () => void}} [button]
 */
export function toast(text, kind = "info", button) {
  const box = document.getElementById("toasts");
  if (!box) return;
  for (const old of [...box.children]) {
    if (old.querySelector(".toast-text")?.textContent === text) old.remove();
  }
  while (box.children.length >= 4) box.firstElementChild?.remove();
  const names = { info: "note", success: "check", warning: "warning", error: "error" };
  const close = h("button", { class: "icon-button", type: "button", "aria-label": "Close this note" }, icon("close"));
  const element = h(
    "div",
    { class: `toast ${kind}` },
    icon(names[kind]),
    h("span", { class: "toast-text" }, text),
    button
      ? h("button", {
        class: "button small",
        type: "button",
        on: {
          click: () => {
            element.remove();
            button.action();
          },
        },
      }, button.label)
      : null,
    close,
  );
  close.addEventListener("click", () => element.remove());
  box.append(element);
  if (kind === "error") return;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;
  const start = () => {
    timer = setTimeout(() => element.remove(), button ? 12000 : 6000);
  };
  element.addEventListener("pointerenter", () => clearTimeout(timer));
  element.addEventListener("pointerleave", start);
  start();
}
