// Cut, copy and paste, also between pipelines and browser tabs: through the system's clipboard, or the browser's
// storage where the page may not use that.

import { explain } from "../api.js";
import { kept } from "../storage.js";

const key = "lyre-clipboard";

export class Clipboard {
  /** @param {import("./editor.js").Editor} editor */
  constructor(editor) {
    this.editor = editor;
    this.pasted = 0;
  }

  /** @returns {Promise<boolean>} whether something was copied */
  async copy() {
    const { editor } = this;
    const ids = editor.targets;
    const content = await this.content(ids);
    if (content === null) return false;
    this.pasted = 0;
    kept.set(key, content);
    try {
      await navigator.clipboard.writeText(content);
    } catch {
      // No permission, or no secure address: the copy in the browser's storage serves all tabs of this page.
    }
    editor.announce(`Copied ${editor.count(ids)}`);
    return true;
  }

  async cut() {
    const ids = this.editor.targets;
    const name = this.editor.count(ids);
    if (await this.copy()) await this.editor.apply([{ op: "remove", ids }], `cut ${name}`);
  }

  /**
   * @param {string[]} ids
   * @returns {Promise<string|null>}
   */
  async content(ids) {
    const { document, context } = this.editor;
    if (!document.state || ids.length === 0) return null;
    try {
      const { content } = await context.api.post("pipeline/copy", {
        path: document.path,
        text: document.state.text,
        ids,
      });
      return content;
    } catch (error) {
      context.toast(`Nothing was copied: ${explain(error)}`, "error");
      return null;
    }
  }

  /** Pastes from a menu or button: asks the browser for the clipboard. */
  async paste() {
    let text = null;
    try {
      text = await navigator.clipboard.readText();
    } catch {
      // The browser refuses: then what was copied in this page.
    }
    await this.pasteText(text);
  }

  /**
   * Pastes what a paste event brought, or what was copied in a tab of this page if that is no part of a pipeline.
   * @param {string|null} text
   */
  async pasteText(text) {
    const { editor } = this;
    const content = isContent(text) ? text : kept.get(key);
    if (!isContent(content)) {
      editor.context.toast("There are no nodes on the clipboard.", "info");
      return;
    }
    const place = this.place();
    await editor.apply([{ op: "paste", content, ...place }], "paste", { select: true });
  }

  /** Under the pointer; without one the document chooses, and each next paste goes further. */
  place() {
    const { editor } = this;
    if (editor.pointer) {
      const { flow, x, y } = editor.canvas.locate(editor.pointer.x, editor.pointer.y);
      return { flow, x, y };
    }
    this.pasted += 1;
    const { flow, x, y } = editor.canvas.middle();
    return { flow, x: x + this.pasted * 20, y: y + this.pasted * 20 };
  }

  async duplicate() {
    const { editor } = this;
    const ids = editor.targetBoxes;
    const content = await this.content(ids);
    if (content === null) return;
    const boxes = ids.flatMap((id) => editor.canvas.scene.items.get(id) ?? []);
    const place = {
      flow: boxes[0].flow,
      x: Math.min(...boxes.map(({ box }) => box.x)) + 24,
      y: Math.max(...boxes.map(({ box }) => box.y + box.height)) + 24,
    };
    await editor.apply([{ op: "paste", content, ...place }], `duplicate ${editor.count(ids)}`, { select: true });
  }
}

/**
 * Whether a text can be a part of a pipeline; the server looks closer.
 * @param {string|null} text
 * @returns {text is string}
 */
function isContent(text) {
  if (!text?.trimStart().startsWith("{")) return false;
  try {
    const value = JSON.parse(text);
    return value.kind === "lyre-pipeline-nodes";
  } catch {
    return false;
  }
}
