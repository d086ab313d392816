// The server's API: requests with errors that say what to do, events that reconnect, and one state of the connection.

/** Pauses before a stream that ended is opened again, in milliseconds. */
const [shortest, longest] = [500, 30_000];

/** An answer of the server that reports an error. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {any} body
   */
  constructor(status, body) {
    const error = body?.error ?? {};
    super(error.message ?? `The server answered with status ${status}.`);
    this.name = "ApiError";
    this.status = status;
    /** @type {string} */
    this.code = error.code ?? "unknown";
    /** @type {string|null} */
    this.remedy = error.remedy ?? null;
    this.body = body;
  }
}

/** The server did not answer. */
export class ConnectionError extends Error {
  constructor() {
    super("The server of this page does not answer.");
    this.name = "ConnectionError";
  }
}

/**
 * An error as a sentence or two for the person.
 * @param {unknown} error
 * @returns {string}
 */
export function explain(error) {
  if (error instanceof ApiError && error.remedy) return `${error.message} ${error.remedy}`;
  return error instanceof Error ? error.message : String(error);
}

/**
 * Requests to one server. Fires `connection` when `state` changes: "online", "lost", "refused", or "moved" for good,
 * when another folder is served at this address.
 */
export class Api extends EventTarget {
  /** @param {string} [base] */
  constructor(base = "") {
    super();
    this.base = base;
    /** The folder that the server serves, once that is known. */
    /** @type {string|null} */
    this.folder = null;
    /** @type {"online"|"lost"|"refused"|"moved"} */
    this.state = "online";
    this.retry = 0;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.timer = undefined;
  }

  /**
   * @param {string} path
   * @param {Record<string, any>} [query]
   */
  address(path, query = {}) {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value !== null && value !== undefined) parameters.set(name, String(value));
    }
    const text = parameters.toString();
    return `${this.base}api/${path}${text ? `?${text}` : ""}`;
  }

  /**
   * @param {string} path
   * @param {Record<string, any>} [query]
   * @param {{signal?: AbortSignal}} [options]
   * @returns {Promise<any>}
   */
  get(path, query, options = {}) {
    return this.request("GET", this.address(path, query), undefined, {}, options.signal);
  }

  /**
   * @param {string} path
   * @param {any} body
   * @param {{signal?: AbortSignal}} [options]
   * @returns {Promise<any>}
   */
  post(path, body, options = {}) {
    return this.request("POST", this.address(path), body, {}, options.signal);
  }

  /**
   * @param {string} path
   * @param {Record<string, any>} query
   * @param {any} body
   * @param {Record<string, string>} headers
   * @returns {Promise<any>}
   */
  put(path, query, body, headers) {
    return this.request("PUT", this.address(path, query), body, headers);
  }

  /**
   * @param {string} method
   * @param {string} address
   * @param {any} body
   * @param {Record<string, string>} headers
   * @param {AbortSignal} [signal]
   */
  async request(method, address, body, headers, signal) {
    // Nothing of this page is for another folder.
    if (this.state === "moved") throw new ConnectionError();
    /** @type {RequestInit} */
    const options = { method, headers: { Accept: "application/json", ...headers }, credentials: "same-origin" };
    if (signal) options.signal = signal;
    if (method !== "GET") {
      Object.assign(/** @type {any} */ (options.headers), { "Content-Type": "application/json", "X-Lyre": "1" });
      options.body = JSON.stringify(body ?? {});
    }
    let response;
    let text;
    try {
      response = await fetch(address, options);
      text = await response.text();
    } catch (error) {
      if (signal?.aborted) throw error;
      this.lose();
      throw new ConnectionError();
    }
    // A proxy in front of a server that is gone.
    if (response.status === 502 || response.status === 503 || response.status === 504) {
      this.lose();
      throw new ConnectionError();
    }
    const answer = parse(text);
    if (!response.ok) {
      if (response.status === 401 || (response.status === 403 && answer?.error?.code === "token")) {
        this.become("refused");
      }
      throw new ApiError(response.status, answer);
    }
    if (address === this.address("session") && this.folder !== null && answer?.path !== this.folder) {
      this.become("moved");
      throw new ConnectionError();
    }
    if (this.state !== "online") this.become("online");
    return answer;
  }

  /**
   * Listens to server-sent events until `close()`; reconnects by itself and continues after the last event.
   * @param {string} path
   * @param {Record<string, any>} query
   * @param {Record<string, (data: any, id: string) => void>} handlers by the event's name; `message` for unnamed ones
   * @returns {{close: () => void}}
   */
  events(path, query, handlers) {
    const address = this.address(path, query);
    /** @type {EventSource|null} */
    let source = null;
    let closed = false;
    let pause = shortest;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    let timer;
    const open = () => {
      clearTimeout(timer);
      source?.close();
      if (closed) return;
      source = new EventSource(address, { withCredentials: true });
      for (const [name, handler] of Object.entries(handlers)) {
        source.addEventListener(name, (event) => {
          const message = /** @type {MessageEvent} */ (event);
          handler(parse(message.data), message.lastEventId);
        });
      }
      source.addEventListener("error", (event) => {
        // The server's own events may have this name, too.
        if (closed || event instanceof MessageEvent) return;
        this.doubt();
        // The browser gives up for good after some errors.
        if (source?.readyState !== EventSource.CLOSED) return;
        clearTimeout(timer);
        timer = setTimeout(open, pause);
        pause = Math.min(longest, 2 * pause);
      });
      source.addEventListener("open", () => {
        pause = shortest;
        this.become("online");
      });
    };
    const back = () => {
      if (this.state === "online" && source?.readyState === EventSource.CLOSED) open();
    };
    this.addEventListener("connection", back);
    open();
    return {
      close: () => {
        closed = true;
        clearTimeout(timer);
        this.removeEventListener("connection", back);
        source?.close();
      },
    };
  }

  /** A stream ended: asks whether the server is there, which may have ended only this one. */
  async doubt() {
    if (this.state !== "online" || this.doubting) return;
    this.doubting = true;
    await this.get("session").catch(() => {}); // A request that fails has told so.
    this.doubting = false;
  }

  doubting = false;

  /** Notes that the server did not answer, and asks again until it does. */
  lose() {
    if (this.state === "online") {
      this.retry = 0;
      this.become("lost");
    }
    if (this.timer || this.state !== "lost") return;
    const pause = Math.min(5000, 400 * 2 ** this.retry);
    this.retry += 1;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.get("session").catch(() => this.state === "lost" && this.lose());
    }, pause);
  }

  /** @param {"online"|"lost"|"refused"|"moved"} state */
  become(state) {
    if (this.state === state || this.state === "moved") return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("connection", { detail: state }));
  }
}

/**
 * @param {string} text
 * @returns {any}
 */
function parse(text) {
  if (text === "" || text === undefined) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
