// The bar above the canvas: an old version, a file that changed or vanished on disk, unsaved edits of before.

import { explain } from "../api.js";
import { fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { openDialog } from "../dialog.js";
import { formatRoute } from "../router.js";
import { keepMine, merge, restore } from "./merging.js";
import { save } from "./saving.js";

/** @typedef {import("./document.js").PipelineDocument} PipelineDocument */

export class Notices {
  /**
   * @param {PipelineDocument} document
   * @param {import("../types.js").Context} context
   */
  constructor(document, context) {
    this.document = document;
    this.context = context;
    this.element = h("div", { class: "notices", role: "region", "aria-label": "Notices" });
    /** @type {{draft: import("./drafts.js").Draft, key: string}|null} */
    this.draft = null;
    this.dismissed = false;
    this.shown = "";
  }

  /** Looks for unsaved edits of an earlier visit. */
  async findDraft() {
    this.draft = this.document.readOnly ? null : await this.document.drafts.find();
    if (this.draft && this.draft.draft.text === this.document.savedText && this.draft.draft.waiting.length === 0) {
      this.document.drafts.discard(this.draft.key);
      this.draft = null;
    }
    this.update();
  }

  update() {
    const { document } = this;
    const state = JSON.stringify([
      document.migratedFrom,
      document.conflict,
      this.draft?.key,
      this.dismissed,
    ]);
    if (state === this.shown) return;
    this.shown = state;
    fill(
      this.element,
      document.readOnly ? this.readingNotice() : null,
      this.draft ? this.draftNotice(this.draft) : null,
      document.conflict ? this.conflictNotice() : null,
      document.migratedFrom !== null && !this.dismissed ? this.oldNotice() : null,
    );
  }

  /**
   * @param {string} text
   * @param {{label: string, action: () => void, primary?: boolean}[]} buttons
   */
  notice(text, buttons) {
    return h(
      "div",
      { class: "notice-bar", role: "alert" },
      icon("warning"),
      h("span", { class: "notice-text" }, text),
      buttons.map(({ label, action, primary }) =>
        h("button", { class: `button small${primary ? " primary" : ""}`, type: "button", on: { click: action } }, label)
      ),
    );
  }

  readingNotice() {
    const edit = h("a", {
      class: "button small",
      href: formatRoute({ name: "edit", path: this.document.path, node: null }),
    }, "Edit");
    return h(
      "div",
      { class: "notice-bar plain" },
      icon("lock"),
      h("span", { class: "notice-text" }, "This pipeline is open for reading only."),
      edit,
    );
  }

  oldNotice() {
    return this.notice(
      `The file has version ${this.document.migratedFrom} of the format. The page shows it as version 8; the file changes only when you save.`,
      [{
        label: "Hide",
        action: () => {
          this.dismissed = true;
          this.update();
        },
      }],
    );
  }

  /** @param {{draft: import("./drafts.js").Draft, key: string}} found */
  draftNotice({ draft, key }) {
    const time = new Date(draft.time).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
    return this.notice(`This browser has unsaved edits of this pipeline from ${time}.`, [
      {
        label: "Bring them back",
        primary: true,
        action: () =>
          this.attempt(async () => {
            const conflicts = await restore(this.document, draft);
            if (key !== this.document.drafts.key) this.document.drafts.discard(key);
            this.draft = null;
            this.update();
            await this.showConflicts(conflicts);
          }),
      },
      {
        label: "Discard",
        action: () => {
          this.document.drafts.discard(key);
          this.draft = null;
          this.update();
        },
      },
    ]);
  }

  conflictNotice() {
    const { document } = this;
    if (document.conflict === "gone") {
      return this.notice("The file was deleted or moved on disk. What you see exists only here.", [{
        label: "Save it again",
        primary: true,
        action: () => void save(document),
      }]);
    }
    if (document.conflict === "unreadable" && document.unreadable) {
      const { unreadable } = document;
      return this.notice("The file on disk cannot be read as a pipeline any more. What you see is how it was.", [
        {
          label: "Save this over it",
          action: () => {
            keepMine(document, unreadable);
            void save(document);
          },
        },
        { label: "Read it again", primary: true, action: () => void document.reload() },
      ]);
    }
    return this.notice("The file was changed on disk while you edit. Nothing was overwritten.", [
      { label: "Merge both", primary: true, action: () => this.merge() },
      { label: "Take the file's version", action: () => void document.reload() },
      { label: "Compare", action: () => this.compare() },
    ]);
  }

  merge() {
    return this.attempt(async () => {
      const conflicts = await merge(this.document);
      if (conflicts === null) return;
      await this.showConflicts(conflicts);
      this.context.toast(
        conflicts.length === 0
          ? "Both versions are merged. Save when you have looked at it."
          : `Merged; ${conflicts.length} conflicts kept your side.`,
        "success",
      );
    });
  }

  /** @param {{where: string, mine: any, theirs: any}[]} conflicts */
  async showConflicts(conflicts) {
    if (conflicts.length === 0) return;
    const cell = (/** @type {any} */ value) =>
      h(
        "td",
        null,
        h(
          "code",
          null,
          value === null || value === undefined ? "–" : typeof value === "string" ? value : JSON.stringify(value),
        ),
      );
    await openDialog({
      title: "Changed here and on disk",
      wide: true,
      body: [
        "Your side was kept. Undo takes the merge back.",
        h(
          "div",
          { class: "table-scroll", tabindex: 0, role: "region", "aria-label": "Conflicts" },
          h(
            "table",
            { class: "table" },
            h(
              "thead",
              null,
              h("tr", null, h("th", null, "Where"), h("th", null, "Here (kept)"), h("th", null, "On disk")),
            ),
            h(
              "tbody",
              null,
              conflicts.map(({ where, mine, theirs }) => h("tr", null, h("td", null, where), cell(mine), cell(theirs))),
            ),
          ),
        ),
      ],
      buttons: [{ label: "Close", value: "close", kind: "primary" }],
    });
  }

  /** Shows both texts side by side. */
  compare() {
    return this.attempt(async () => {
      const disk = await this.context.api.get("pipeline", { path: this.document.path });
      const column = (/** @type {string} */ title, /** @type {string} */ text) =>
        h(
          "section",
          null,
          h("h3", null, title),
          h("pre", { class: "compare-text", tabindex: 0, "aria-label": title }, text),
        );
      const answer = await openDialog({
        title: "Here and on disk",
        wide: true,
        body: [
          h("div", { class: "compare" }, column("Here", this.document.state?.text ?? ""), column("On disk", disk.text)),
        ],
        buttons: [{ label: "Close", value: "" }, { label: "Take the file's version", value: "theirs" }, {
          label: "Keep what is here",
          value: "mine",
        }, { label: "Merge both", value: "merge", kind: "primary" }],
      });
      if (answer === "mine") keepMine(this.document, disk);
      if (answer === "theirs") await this.document.reload();
      if (answer === "merge") await this.merge();
    });
  }

  /** @param {() => Promise<unknown>} action */
  async attempt(action) {
    try {
      await action();
    } catch (error) {
      this.context.toast(explain(error), "error");
    }
  }
}
