// Events of the server that rest while the browser's tab is hidden: a browser has few connections for a host.

import { debounced } from "../dom.js";
import { finish, fold } from "./fold.js";

/** @typedef {import("../api.js").Api} Api */
/** @typedef {import("./state.js").RunState} RunState */

/** How long a tab is hidden before its streams close. */
const PATIENCE = 4000;

/**
 * Listens to events until it is closed.
 */
export class Stream {
  /** @type {{close: () => void} | null} */
  #source = null;
  #timer = 0;
  #isClosed = false;

  /**
   * @param {Api} api
   * @param {string} path
   * @param {() => Record<string, any>} query the query, asked each time the stream opens
   * @param {Record<string, (data: any, id: string) => void>} handlers
   * @param {number} [patience] for how many milliseconds it stays open in a hidden tab
   */
  constructor(api, path, query, handlers, patience = PATIENCE) {
    this.api = api;
    this.path = path;
    this.query = query;
    this.handlers = handlers;
    this.patience = patience;
    document.addEventListener("visibilitychange", this.#look);
    if (document.hidden) this.#look();
    else this.#open();
  }

  #look = () => {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    if (!document.hidden) this.#open();
    else this.#timer = setTimeout(() => this.#rest(), this.patience);
  };

  #open() {
    this.#source ??= this.api.events(this.path, this.query(), this.handlers);
  }

  #rest() {
    this.#source?.close();
    this.#source = null;
  }

  close() {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    document.removeEventListener("visibilitychange", this.#look);
    this.#rest();
  }
}

/**
 * Takes the states of a run's nodes into its state as they come, each once, until the run ends.
 *
 * @param {Api} api
 * @param {string} run
 * @param {RunState} state
 * @param {() => void} changed
 * @returns {Stream}
 */
export function followStates(api, run, state, changed) {
  let last = 0;
  const path = `runs/${encodeURIComponent(run)}/events`;
  const stream = new Stream(api, path, () => ({ kinds: "states", after: last || null }), {
    message: (event, id) => {
      const sequence = Number(event?.seq ?? id);
      if (!event || sequence <= last) return;
      last = sequence;
      fold(state, event);
      changed();
    },
    end: (data) => {
      stream.close();
      finish(state, String(data?.status ?? state.status));
      changed();
    },
  });
  return stream;
}

/**
 * Listens to changes of the record.
 *
 * @param {Api} api
 * @param {() => void} changed called at the end of a pause in changes
 * @returns {Stream}
 */
export function watchRuns(api, changed) {
  const later = debounced(150, changed);
  return new Stream(api, "watch", () => ({}), { runs: () => later.call() });
}
