// One open pipeline: its text, the view of it, edits in order, undo, saving, and what happens on disk meanwhile.

import { ApiError, ConnectionError, explain } from "../api.js";
import { Stream } from "../runs/streams.js";
import { Drafts } from "./drafts.js";
import { quieted } from "./quiet.js";
import { UndoStack } from "./undo.js";

/** @typedef {import("../types.js").View} View */
/** @typedef {import("../types.js").Finding} Finding */
/** @typedef {import("../types.js").Edit} Edit */
/** @typedef {{text: string, view: View, findings: Finding[]}} State */
/** @typedef {{edits: Edit[], name: string, key: string|null, done: (created: string[]|null) => void}} Job */

/**
 * Events: `change` (text, view or findings), `status` (dirty, busy, note). The text goes to the server with each edit
 * and comes back: the document's rules are the server's.
 */
export class PipelineDocument extends EventTarget {
  /**
   * @param {import("../api.js").Api} api
   * @param {string} path
   * @param {{toast: (text: string, kind?: any) => void, folder: string, readOnly?: boolean}} context
   */
  constructor(api, path, { toast, folder, readOnly = false }) {
    super();
    this.api = api;
    this.path = path;
    this.toast = toast;
    this.folder = folder;
    /** @type {State|null} */
    this.state = null;
    /** @type {UndoStack<State>} */
    this.undoStack = new UndoStack();
    this.etag = "";
    this.savedText = "";
    /** @type {number|null} */
    this.migratedFrom = null;
    this.readOnly = readOnly;
    /** Whether the file is gone or became another one since it was read. */
    /** @type {null|"changed"|"gone"} */
    this.conflict = null;
    /** @type {Job[]} */
    this.queue = [];
    this.working = false;
    /** Whether the text is being replaced as a whole: edits wait, for they are meant for the text that comes. */
    this.held = false;
    this.saving = false;
    this.drafts = new Drafts(folder, path);
    /** @type {{close: () => void}|null} */
    this.watch = null;
    this.onConnection = () => {
      if (api.state !== "online") return this.status();
      this.work();
    };
    api.addEventListener("connection", this.onConnection);
  }

  get view() {
    return this.state?.view ?? null;
  }

  get findings() {
    return this.state?.findings ?? [];
  }

  /** Whether there are edits that are not saved. */
  get edited() {
    return this.state !== null && (this.state.text !== this.savedText || this.queue.length > 0);
  }

  /** Whether something would be lost without saving: without its file the pipeline exists only here. */
  get dirty() {
    return this.edited || (this.state !== null && this.conflict === "gone");
  }

  /** Reads the file. */
  async open() {
    const answer = await this.api.get("pipeline", { path: this.path });
    this.etag = answer.etag;
    this.savedText = answer.text;
    this.state = stateOf(answer);
    this.migratedFrom = answer.migrated_from ?? null;
    this.conflict = null;
    this.changed();
  }

  /** Hears of changes on disk, and of files and runs (events `files`, `runs`). */
  listen() {
    if (this.closed || !this.state) return;
    this.watch ??= new Stream(this.api, "watch", () => ({ path: this.path }), {
      // The file may have changed before the server watched it, and others since it was heard last.
      open: () => {
        this.checkDisk();
        if (this.heard) this.dispatchEvent(new Event("files"));
        this.heard = true;
      },
      changed: ({ etag }) => this.diskChanged(etag),
      files: () => this.dispatchEvent(new Event("files")),
      runs: () => this.dispatchEvent(new Event("runs")),
    });
  }

  /** Hears of nothing until `listen()`: a browser has few connections for a host. */
  rest() {
    this.watch?.close();
    this.watch = null;
  }

  close() {
    this.closed = true;
    this.queue = [];
    this.watch?.close();
    this.api.removeEventListener("connection", this.onConnection);
  }

  /**
   * Applies edits as one step of undo.
   * @param {Edit[]} edits
   * @param {string} name of the step, as the undo button shows it
   * @param {{key?: string|null}} [options] steps with the same key in a row are one step
   * @returns {Promise<string[]|null>} the ids that were made; null if the server refused
   */
  apply(edits, name, { key = null } = {}) {
    if (this.readOnly || !this.state || edits.length === 0) return Promise.resolve(null);
    return new Promise((done) => {
      this.queue.push({ edits, name, key, done });
      if (this.api.state !== "online") this.keepDraft();
      this.status();
      this.work();
    });
  }

  /**
   * The server's answer to edits of a text; without edits its view and findings as they are now.
   * @param {string} text
   * @param {Edit[]} edits
   * @returns {Promise<any>}
   */
  applied(text, edits) {
    return this.api.post("pipeline/apply", { path: this.path, text, edits });
  }

  async work() {
    if (this.held || this.working || this.api.state === "lost") return;
    this.working = true;
    try {
      while (!this.held && this.queue.length > 0 && this.state) {
        const job = this.queue[0];
        let answer;
        try {
          answer = await this.applied(this.state.text, job.edits);
        } catch (error) {
          if (error instanceof ConnectionError || (error instanceof ApiError && error.status === 401)) {
            this.keepDraft();
            return; // The edit waits for the server.
          }
          this.queue.shift();
          this.toast(`${job.name} was not possible: ${explain(error)}`, "error");
          this.dispatchEvent(new Event("change")); // What was shown ahead goes back.
          job.done(null);
          continue;
        }
        this.queue.shift();
        const before = this.state;
        if (answer.text !== before.text) this.undoStack.push(job.name, before, before.text.length, job.key);
        this.state = stateOf(answer);
        this.changed();
        job.done(answer.created ?? []);
      }
    } finally {
      this.working = false;
      this.status();
    }
  }

  /**
   * Does something that replaces the text, while no edit is under way on the text before.
   * @template T
   * @param {() => Promise<T>} action
   * @returns {Promise<T>}
   */
  async replacing(action) {
    const next = () => new Promise((resolve) => this.addEventListener("status", resolve, { once: true }));
    while (this.held) await next();
    this.held = true;
    try {
      while (this.working) await next();
      return await action();
    } finally {
      this.held = false;
      this.status();
      this.work();
    }
  }

  /** Waits until no edit is under way; false if the server does not answer. */
  async settled() {
    while (this.queue.length > 0 || this.held) {
      if (this.api.state !== "online") return false;
      await new Promise((resolve) => this.addEventListener("status", resolve, { once: true }));
    }
    return true;
  }

  async undo() {
    if (!(await this.settled()) || this.held || !this.state || this.readOnly) return null;
    return this.step(this.undoStack.undo(this.state));
  }

  async redo() {
    if (!(await this.settled()) || this.held || !this.state || this.readOnly) return null;
    return this.step(this.undoStack.redo(this.state));
  }

  /** @param {{name: string, state: State}|null} step */
  step(step) {
    if (!step) return null;
    this.state = step.state;
    this.changed();
    return step.name;
  }

  /**
   * Writes the file, unless it became another one on disk.
   * @returns {Promise<boolean>}
   */
  async save() {
    if (this.readOnly) {
      this.toast("This pipeline is open for reading only.", "warning");
      return false;
    }
    if (!(await this.settled()) || !this.state || this.saving) return false;
    this.saving = true;
    this.status();
    try {
      if (this.migratedFrom !== null && this.state.text === this.savedText) await this.replacing(() => this.migrate());
      const { text } = this.state;
      /** @type {Record<string, string>} */
      const condition = this.conflict === "gone"
        ? { "If-None-Match": "*" }
        : { "If-Match": `"${this.etag.replaceAll('"', "")}"` };
      const { etag } = await this.api.put("pipeline", { path: this.path }, { text }, condition);
      this.etag = etag;
      this.savedText = text;
      this.migratedFrom = null;
      this.conflict = null;
      this.undoStack.seal();
      this.keepDraft(); // There may be newer edits.
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 412) {
        this.conflict = error.body?.text === null || error.body?.text === undefined ? "gone" : "changed";
        this.dispatchEvent(new CustomEvent("conflict"));
      } else if (error instanceof ConnectionError) {
        this.toast(
          "The server does not answer: the pipeline is not saved yet. Your edits are kept in this browser.",
          "error",
        );
      } else this.toast(`The pipeline was not saved: ${explain(error)}`, "error");
      return false;
    } finally {
      this.saving = false;
      this.status();
    }
  }

  /** Brings the text of an old version to the present one, which any edit does: this one changes nothing. */
  async migrate() {
    if (!this.state) return;
    const edits = [{ op: "set_pipeline_property", name: "description", value: this.state.view.description || null }];
    const answer = await this.applied(this.state.text, edits);
    this.state = stateOf(answer);
    this.changed();
  }

  /** Asks for the findings again, as after files changed. */
  async validate() {
    if (!this.state || this.queue.length > 0 || this.api.state !== "online") return;
    const { text } = this.state;
    try {
      const answer = await this.applied(text, []);
      if (this.state.text !== text || this.queue.length > 0) return;
      this.state = quieted({ ...this.state, view: answer.view, findings: answer.findings });
      this.dispatchEvent(new Event("change"));
    } catch (error) {
      if (!(error instanceof ConnectionError)) this.toast(explain(error), "error");
    }
  }

  /**
   * The file has another path now.
   * @param {string} path
   */
  rename(path) {
    if (this.kept) this.drafts.remove();
    this.path = path;
    this.drafts = new Drafts(this.folder, path);
    const listens = this.watch !== null;
    this.rest();
    if (listens) this.listen();
    this.keepDraft();
    this.status();
  }

  /** Compares with the file after a time without a connection. */
  async checkDisk() {
    if (!this.state) return;
    try {
      const { etag } = await this.api.get("pipeline", { path: this.path });
      await this.diskChanged(etag);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) await this.diskChanged(null);
    }
  }

  /** @param {string|null} etag of the file now; null if it is gone */
  async diskChanged(etag) {
    if (!this.state || this.saving || this.closed) return;
    if (etag === this.etag) {
      if (this.conflict === null) return;
      this.conflict = null; // The file is again what it was.
      this.keepDraft();
      this.status();
      return;
    }
    if (etag === null) {
      this.conflict = "gone";
      this.keepDraft();
      this.status();
      this.dispatchEvent(new CustomEvent("conflict"));
      return;
    }
    if (!this.edited) {
      await this.reload();
      this.toast("The file was changed on disk; the page shows it as it is now.", "info");
      return;
    }
    this.conflict = "changed";
    this.status();
    this.dispatchEvent(new CustomEvent("conflict"));
  }

  /** Reads the file again; what was here can be taken back with undo. */
  async reload() {
    const { edited } = this;
    await this.replacing(async () => {
      const before = this.state;
      try {
        await this.open();
      } catch (error) {
        this.toast(`The file could not be read: ${explain(error)}`, "error");
        return;
      }
      if (before && before.text !== this.state?.text) {
        this.undoStack.push(edited ? "taking the file's version" : "the change on disk", before, before.text.length);
        this.changed();
      }
      this.keepDraft();
    });
  }

  /**
   * Merges this document with the file as it is now.
   * @returns {Promise<{where: string, mine: any, theirs: any}[]|null>} conflicts that kept the document's side
   */
  async merge() {
    if (!(await this.settled())) return null;
    return await this.replacing(async () => {
      if (!this.state) return null;
      const disk = await this.api.get("pipeline", { path: this.path });
      return await this.mergeWith(this.savedText, this.state.text, disk);
    });
  }

  /**
   * @param {string} base
   * @param {string} mine
   * @param {{text: string, etag: string}} disk
   */
  async mergeWith(base, mine, disk) {
    const answer = await this.api.post("pipeline/merge", { path: this.path, base, mine, theirs: disk.text });
    if (this.state) this.undoStack.push("the merge with the file on disk", this.state, this.state.text.length);
    this.etag = disk.etag;
    this.savedText = disk.text;
    this.conflict = null;
    this.state = stateOf(answer);
    this.changed();
    return answer.conflicts ?? [];
  }

  /**
   * Decides for this side: the next save replaces the file as it is now.
   * @param {{text: string, etag: string}} disk
   */
  keepMine({ text, etag }) {
    this.etag = etag;
    this.savedText = text;
    this.conflict = null;
    this.changed();
  }

  /**
   * Takes a draft of an earlier visit.
   * @param {import("./drafts.js").Draft} draft
   * @returns {Promise<any[]>} conflicts
   */
  restore(draft) {
    return this.replacing(() => this.takeDraft(draft));
  }

  /**
   * @param {import("./drafts.js").Draft} draft
   * @returns {Promise<any[]>}
   */
  async takeDraft(draft) {
    if (!this.state) return [];
    // Each waiting step by itself: "$0" means what the step made, and one that is refused leaves the others.
    let answer = null;
    let refused = 0;
    for (const edits of draft.waiting) {
      try {
        answer = await this.applied(answer?.text ?? draft.text, edits);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 422) throw error;
        refused += 1;
      }
    }
    if (refused > 0) {
      this.toast(`${refused === 1 ? "One edit" : `${refused} edits`} of before could not be brought back.`, "warning");
    }
    if (draft.etag !== this.etag && draft.base !== this.savedText) {
      const disk = { text: this.savedText, etag: this.etag };
      return await this.mergeWith(draft.base, answer?.text ?? draft.text, disk);
    }
    answer ??= await this.applied(draft.text, []);
    this.undoStack.push("the unsaved edits of before", this.state, this.state.text.length);
    this.state = stateOf(answer);
    this.changed();
    return [];
  }

  changed() {
    this.keepDraft();
    this.dispatchEvent(new Event("change"));
    this.status();
  }

  keepDraft() {
    if (!this.state || this.closed) return;
    // A draft of an earlier visit stays until somebody has decided about it.
    if (!this.dirty) {
      if (this.kept) this.drafts.remove();
      this.kept = false;
      return;
    }
    this.kept = true;
    const kept = this.drafts.keep({
      etag: this.etag,
      base: this.savedText,
      text: this.state.text,
      waiting: this.queue.map(({ edits }) => edits),
      time: Date.now(),
    });
    if (!kept && !this.warned) {
      this.warned = true;
      this.toast(
        "This pipeline is too large for the browser's storage: save often, unsaved edits do not survive a reload.",
        "warning",
      );
    }
  }

  closed = false;
  heard = false;
  warned = false;
  kept = false;

  status() {
    this.dispatchEvent(new Event("status"));
  }
}

/**
 * The document's part of an answer.
 * @param {State} answer
 * @returns {State}
 */
function stateOf({ text, view, findings }) {
  return quieted({ text, view, findings });
}
