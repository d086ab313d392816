// Events of the server that rest while the browser's tab is hidden: a browser has few connections for a host.

/** @typedef {import("../api.js").Api} Api */

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
