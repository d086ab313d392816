// Unsaved edits, kept in the browser: they survive a reload, a crash, and a server that is killed.

import { kept, ofTab } from "../storage.js";

/** @typedef {{etag: string, base: string, text: string, waiting: any[][], time: number}} Draft */

const prefix = "lyre-draft";
const most = 5_000_000;

/** The id of this browser tab; it stays through reloads. */
function tabID() {
  const known = ofTab.get("lyre-tab");
  if (known) return known;
  const id = crypto.getRandomValues(new Uint32Array(2)).join("");
  ofTab.set("lyre-tab", id);
  return id;
}

const tab = tabID();
// Others can tell whether this tab is alive.
navigator.locks?.request(`${prefix}-${tab}`, () => new Promise(() => {}));

export class Drafts {
  /**
   * @param {string} folder absolute path of the served folder
   * @param {string} path of the pipeline
   */
  constructor(folder, path) {
    this.prefix = `${prefix}:${folder}:${path}:`;
    this.key = this.prefix + tab;
  }

  /**
   * @param {Draft} draft
   * @returns {boolean} whether there was room
   */
  keep(draft) {
    // Browsers take about five million letters; to find that out with each edit of a large pipeline takes long.
    if (draft.base.length + draft.text.length < most && kept.set(this.key, JSON.stringify(draft))) return true;
    kept.remove(this.key);
    return false;
  }

  remove() {
    kept.remove(this.key);
  }

  /**
   * The newest draft of this pipeline that no living tab has: of this tab before a reload, or of one that was closed.
   * It stays until somebody has decided about it, so it goes from the key that this visit's edits have.
   * @returns {Promise<{draft: Draft, key: string}|null>}
   */
  async find() {
    const held = new Set((await navigator.locks?.query())?.held?.map(({ name }) => name) ?? []);
    /** @type {{draft: Draft, key: string}|null} */
    let best = null;
    for (const key of kept.names()) {
      if (!key.startsWith(this.prefix)) continue;
      const owner = key.slice(this.prefix.length);
      if (owner !== tab && held.has(`${prefix}-${owner}`)) continue;
      const draft = readDraft(kept.get(key));
      if (draft && (!best || draft.time > best.draft.time)) best = { draft, key };
    }
    if (best?.key === this.key) best.key = this.moveAway(best.draft);
    return best;
  }

  /** @param {Draft} draft */
  moveAway({ time }) {
    const text = kept.get(this.key) ?? "";
    const key = `${this.prefix}${time}.${tab}`;
    // Two of them may be too much for the browser's storage.
    kept.remove(this.key);
    if (kept.set(key, text)) return key;
    kept.remove(key);
    kept.set(this.key, text);
    return this.key;
  }

  /** @param {string} key */
  discard(key) {
    kept.remove(key);
  }
}

/**
 * A draft from its text; null for what is none.
 * @param {string|null} text
 * @returns {Draft|null}
 */
export function readDraft(text) {
  try {
    const value = JSON.parse(text ?? "null");
    const strings = [value?.etag, value?.base, value?.text].every((part) => typeof part === "string");
    return strings && Array.isArray(value.waiting) && typeof value.time === "number" ? value : null;
  } catch {
    return null;
  }
}
