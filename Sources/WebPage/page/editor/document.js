// One open pipeline: its text, the view of it, edits in order, undo, saving, and what happens on disk meanwhile.

import { ApiError, ConnectionError, explain } from "../api.js";
import { Stream } from "../runs/streams.js";
import { checkDisk, diskChanged } from "./disk.js";
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
    /** Whether the file is gone, or became another one or none that can be read since it was read. */
    /** @type {null|"changed"|"gone"|"unreadable"} */
    this.conflict = null;
    /** The file that cannot be read. */
    /** @type {{text: string, etag: string}|null} */
    this.unreadable = null;
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
    return this.edited || (this.state !== null && (this.conflict === "gone" || this.conflict === "unreadable"));
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
        checkDisk(this);
        if (this.heard) this.dispatchEvent(new Event("files"));
        this.heard = true;
      },
      changed: ({ etag }) => diskChanged(this, etag),
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
    if (this.held || this.working || ["lost", "moved"].includes(this.api.state)) return;
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

  /**
   * Reads the file again; what was here can be taken back with undo.
   * @returns {Promise<unknown>} why that was not possible; null if it was
   */
  reread() {
    const { edited } = this;
    return this.replacing(async () => {
      const before = this.state;
      try {
        await this.open();
      } catch (error) {
        return error;
      }
      if (before && before.text !== this.state?.text) {
        this.undoStack.push(edited ? "taking the file's version" : "the change on disk", before, before.text.length);
        this.changed();
      }
      this.keepDraft();
      return null;
    });
  }

  /** Reads the file again because a person wants it. */
  async reload() {
    const problem = await this.reread();
    if (problem !== null) this.toast(`The file could not be read: ${explain(problem)}`, "error");
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
export function stateOf({ text, view, findings }) {
  return quieted({ text, view, findings });
}
