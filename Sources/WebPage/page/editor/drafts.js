// Unsaved edits, kept in the browser: they survive a reload, a crash, and a server that is killed.

/** @typedef {{etag: string, base: string, text: string, waiting: any[][], time: number}} Draft */

const prefix = "lyre-draft";

/** The id of this browser tab; it stays through reloads. */
function tabID() {
  let id = sessionStorage.getItem("lyre-tab");
  if (!id) {
    id = crypto.getRandomValues(new Uint32Array(2)).join("");
    sessionStorage.setItem("lyre-tab", id);
  }
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
    try {
      localStorage.setItem(this.key, JSON.stringify(draft));
      return true;
    } catch {
      localStorage.removeItem(this.key);
      return false;
    }
  }

  remove() {
    localStorage.removeItem(this.key);
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
    for (let index = 0; index < localStorage.length; index += 1) {
      const key = localStorage.key(index) ?? "";
      if (!key.startsWith(this.prefix)) continue;
      const owner = key.slice(this.prefix.length);
      if (owner !== tab && held.has(`${prefix}-${owner}`)) continue;
      const draft = readDraft(localStorage.getItem(key));
      if (draft && (!best || draft.time > best.draft.time)) best = { draft, key };
    }
    if (best?.key === this.key) best.key = this.moveAway(best.draft);
    return best;
  }

  /** @param {Draft} draft */
  moveAway({ time }) {
    const text = localStorage.getItem(this.key) ?? "";
    const key = `${this.prefix}${time}.${tab}`;
    // Two of them may be too much for the browser's storage.
    localStorage.removeItem(this.key);
    try {
      localStorage.setItem(key, text);
      return key;
    } catch {
      localStorage.setItem(this.key, text);
      return this.key;
    }
  }

  /** @param {string} key */
  discard(key) {
    localStorage.removeItem(key);
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
