// The page of one pipeline: palette, canvas, properties, tool bar, findings, and how they hear of one another.

import { h, isWriting } from "../dom.js";
import { commands } from "./commands.js";
import { PipelineDocument } from "./document.js";
import { Editor } from "./editor.js";
import { makeFindings } from "./findings.js";
import { keyName, keyTable } from "./keys.js";
import { Notices } from "./notices.js";
import { openPipeline } from "./opening.js";
import { Palette } from "./palette.js";
import { makePanels } from "./panels.js";
import { Properties } from "./properties.js";
import { save } from "./saving.js";
import { makeToolbar } from "./toolbar.js";
import { wireCanvas } from "./wiring.js";

const keys = keyTable(commands);

/**
 * @param {HTMLElement} element
 * @param {import("../types.js").Route} route
 * @param {import("../types.js").Context} context
 * @returns {import("../types.js").Page & {save: () => Promise<boolean>, text: () => string, reload: () => Promise<void>,
 *   renamed: (path: string) => void, drop: (paths: string[], at: {x: number, y: number}) => void}}
 */
export function mount(element, route, context) {
  const path = route.name === "edit" ? route.path : "";
  const pipeline = new PipelineDocument(context.api, path, {
    toast: context.toast,
    folder: context.session.path,
    readOnly: route.name === "edit" && route.read === true,
  });
  const place = h("div", { class: "editor-canvas" });
  const editor = new Editor(pipeline, context, place);
  const palette = new Palette(editor);
  const properties = new Properties(editor);
  const notices = new Notices(pipeline, context);
  const toolbar = makeToolbar(editor);
  const findings = makeFindings(editor, (finding) => {
    if (finding.node_id && editor.canvas.view) editor.goTo(finding.node_id);
    else editor.canvas.select([]);
    editor.showProperties();
    properties.update();
    if (finding.property && !properties.goToField(finding.property) && finding.property.includes(".")) {
      properties.goToField(finding.property.split(".")[0]);
    }
  });
  const live = h("div", { class: "hidden-text", role: "status", "aria-live": "polite" });
  const panels = makePanels({ palette: palette.element, canvas: place, properties: properties.element });
  const body = h(
    "div",
    { class: "editor" },
    h("h1", { class: "hidden-text" }, `Pipeline ${path}`),
    toolbar.element,
    notices.element,
    panels.element,
    findings.element,
    live,
  );
  element.append(body);

  let frame = 0;
  const update = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      toolbar.update();
      notices.update();
      properties.update();
      findings.update();
    });
  };
  pipeline.addEventListener("change", () => {
    if (!pipeline.view) return;
    editor.canvas.setReadOnly(pipeline.readOnly);
    editor.canvas.setFindings(pipeline.findings);
    editor.canvas.show(pipeline.view);
    update();
  });
  pipeline.addEventListener("status", () => {
    context.setDocumentState?.(pipeline.path, { dirty: pipeline.dirty });
    update();
  });
  pipeline.addEventListener("conflict", update);
  pipeline.addEventListener("files", () => {
    properties.facts.clear();
    palette.refresh();
    pipeline.validate();
  });
  editor.addEventListener("announce", (event) => (live.textContent = /** @type {CustomEvent} */ (event).detail));
  editor.addEventListener("toggle", (event) => panels.toggle(/** @type {CustomEvent} */ (event).detail));
  editor.addEventListener("show", (event) => panels.show(/** @type {CustomEvent} */ (event).detail));
  wireCanvas(editor, update);
  const flush = () => {
    properties.flush();
    editor.canvas.overlays.flush();
  };
  editor.beforeCommand = flush;

  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (element.hidden || event.defaultPrevented || document.querySelector("dialog[open], .menu")) return;
    const name = keys.get(keyName(event));
    if (!name) return;
    const command = commands[name];
    const inField = isWriting(event.target);
    const onCanvas = place.contains(document.activeElement) || document.activeElement === document.body;
    if (
      command.scope === "anywhere"
        ? inField && ["undo", "redo"].includes(name) && hasOwnUndo(event.target)
        : inField || !(onCanvas || (name === "help" && body.contains(document.activeElement)))
    ) return;
    // The text that is selected on the page is meant.
    if (["copy", "cut"].includes(name) && getSelection()?.toString()) return;
    event.preventDefault();
    editor.run(name);
  };
  const onPaste = (/** @type {ClipboardEvent} */ event) => {
    if (
      element.hidden || isWriting(event.target) || document.querySelector("dialog[open], .menu") || !editor.can("paste")
    ) return;
    event.preventDefault();
    editor.clipboard.pasteText(event.clipboardData?.getData("text/plain") ?? null);
  };
  document.addEventListener("keydown", onKey);
  document.addEventListener("paste", onPaste);

  openPipeline({ editor, properties, palette, notices }, { route, body, element, place });
  update();
  return {
    update: (next) => next.name === "edit" && next.node && editor.goTo(next.node),
    shown: () => {
      pipeline.listen();
      update();
    },
    hidden: () => pipeline.rest(),
    unmount: () => {
      document.removeEventListener("keydown", onKey);
      document.removeEventListener("paste", onPaste);
      pipeline.close();
      if (pipeline.kept) pipeline.drafts.remove();
      editor.canvas.remove();
    },
    save: async () => {
      flush();
      await null; // A new comment becomes an edit then.
      return !pipeline.dirty || (await save(pipeline));
    },
    text: () => pipeline.state?.text ?? "",
    reload: () => pipeline.reload(),
    renamed: (next) => pipeline.rename(next),
    drop: (paths, { x, y }) => void dropPaths(editor, paths, x, y),
  };
}

/** @param {EventTarget|null} target */
function hasOwnUndo(target) {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

/**
 * Files that another program dropped on the page.
 * @param {Editor} editor
 * @param {string[]} paths
 * @param {number} x
 * @param {number} y
 */
async function dropPaths(editor, paths, x, y) {
  const kinds = { ipynb: "notebook", py: "python", r: "r", sh: "script" };
  const items = paths.map((file) => ({
    file,
    kind: kinds[/** @type {keyof typeof kinds} */ (file.split(".").at(-1)?.toLowerCase() ?? "")] ??
      (file.includes(".") ? "other" : "folder"),
  }));
  await editor.add(items, editor.canvas.locate(x, y));
}
