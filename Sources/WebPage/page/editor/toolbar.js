// The tool bar above the canvas.

import { fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { commands } from "./commands.js";
import { labelOf } from "./menus.js";
import { shownKey } from "./keys.js";

/** @typedef {import("./editor.js").Editor} Editor */

const buttons = [["save", "undo", "redo"], ["cut", "copy", "paste", "remove"], ["addNode", "addComment", "makeSuper"], [
  "arrangeH",
  "arrangeV",
  "align",
], ["find"]];
const more = [
  "duplicate",
  "connect",
  "disconnect",
  "separator",
  "runNodes",
  "runFrom",
  "runUntil",
  "separator",
  "selectAll",
  "clear",
  "separator",
  "help",
];

/** @param {Editor} editor */
export function makeToolbar(editor) {
  const run = h(
    "button",
    {
      class: "button primary run-button",
      type: "button",
      on: { click: () => editor.run("run") },
    },
    icon("play"),
    "Run…",
  );
  run.title = "Run the pipeline (Ctrl+Enter)";
  const state = h("span", { class: "save-state", role: "status" });
  const runtime = h("span", { class: "runtime muted" });
  /** @type {Map<string, HTMLButtonElement>} */
  const made = new Map();
  const make = (/** @type {string} */ name) => {
    const button = h(
      "button",
      { class: "icon-button", type: "button", on: { click: () => editor.run(name) } },
      icon(commands[name].icon ?? "more"),
    );
    made.set(name, button);
    return button;
  };
  const moreButton = h("button", {
    class: "icon-button",
    type: "button",
    "aria-label": "More",
    title: "More",
    "aria-haspopup": "menu",
  }, icon("more"));
  moreButton.addEventListener("click", () => {
    const box = moreButton.getBoundingClientRect();
    editor.openMenu(more, { x: box.left, y: box.bottom + 4, label: "More" });
  });
  const element = h(
    "div",
    { class: "toolbar", role: "toolbar", "aria-label": "Pipeline" },
    make("palette"),
    run,
    buttons.map((group) => h("span", { class: "toolbar-group" }, group.map(make))),
    moreButton,
    h("span", { class: "spring" }),
    state,
    runtime,
    make("help"),
    make("panel"),
  );
  element.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    const all = /** @type {HTMLButtonElement[]} */ ([...element.querySelectorAll("button:not(:disabled)")]);
    const at = all.indexOf(/** @type {any} */ (document.activeElement));
    all[(at + (event.key === "ArrowRight" ? 1 : -1) + all.length) % all.length]?.focus();
    event.preventDefault();
  });

  const update = () => {
    const pipeline = editor.document;
    for (const [name, button] of made) {
      const { keys } = commands[name];
      const text = labelOf(editor, name) + (keys ? ` (${shownKey(keys[0])})` : "");
      if (button.title !== text) {
        button.title = text;
        button.setAttribute("aria-label", labelOf(editor, name));
      }
      const off = !editor.can(name);
      if (button.disabled !== off) button.disabled = off;
    }
    run.disabled = (editor.view?.flows ?? []).every(({ nodes }) => nodes.length === 0);
    const waiting = pipeline.queue.length > 0 && editor.context.api.state !== "online";
    const text = pipeline.readOnly
      ? "Read only"
      : pipeline.saving
      ? "Saving…"
      : waiting
      ? "Not saved; edits wait for the server"
      : pipeline.dirty
      ? "Not saved"
      : pipeline.migratedFrom !== null
      ? `Version ${pipeline.migratedFrom} on disk`
      : "Saved";
    if (state.dataset.text !== text) {
      state.dataset.text = text;
      fill(
        state,
        pipeline.readOnly
          ? icon("lock")
          : pipeline.dirty
          ? h("span", { class: "dirty", "aria-hidden": "true" }, "•")
          : null,
        text,
      );
    }
    runtime.textContent = runtimeLabel(editor.view?.runtime_type ?? null);
  };
  return { element, update };
}

/** @param {string|null} type */
function runtimeLabel(type) {
  /** @type {Record<string, string>} */
  const names = { KUBEFLOW_PIPELINES: "Kubeflow Pipelines", APACHE_AIRFLOW: "Apache Airflow", LOCAL: "Local" };
  return `Runtime: ${type === null ? "Generic" : names[type] ?? type}`;
}
