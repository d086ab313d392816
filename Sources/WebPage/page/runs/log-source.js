// Where the text of a node's output comes from: its log, or one of its two streams from the events of the run.

import { Stream } from "./streams.js";
import { Lines } from "./lines.js";

/** @typedef {import("../api.js").Api} Api */
/** @typedef {"all" | "stdout" | "stderr"} Choice */

/** Of a longer log, the page gets the end. */
const MOST_BYTES = 128_000_000;

/** A text that arrives. Fires `change` when there is more, or when it ends. */
export class LogSource extends EventTarget {
  lines = new Lines();
  /** The place in the log that was reached, in bytes. */
  bytes = 0;
  /** The number of bytes at the beginning of the log that the page does not get. */
  left = 0;
  isWhole = false;
  /** Whether the record does not have the streams of all output. */
  isCut = false;
  /** @type {string | null} */
  problem = null;
  #sequence = 0;

  /**
   * @param {Api} api
   * @param {string} run
   * @param {number} place
   * @param {Choice} choice
   * @param {boolean} isNotebook whether the run is that of a notebook, whose events have no places
   */
  constructor(api, run, place, choice, isNotebook) {
    super();
    this.place = place;
    this.choice = choice;
    this.isNotebook = isNotebook;
    const path = `runs/${encodeURIComponent(run)}`;
    const end = () => this.#end();
    const error = (/** @type {any} */ data) => {
      if (data?.error?.message) this.#fail(data.error.message);
    };
    this.stream = choice === "all"
      ? new Stream(
        api,
        `${path}/nodes/${place}/log`,
        () => this.bytes === 0 ? { tail: MOST_BYTES } : { from: this.bytes },
        {
          message: (data) => this.#takeLog(data),
          end,
          error,
        },
      )
      : new Stream(api, `${path}/events`, () => ({ node: isNotebook ? null : place, after: this.#sequence || null }), {
        message: (data, id) => this.#takeEvent(data, id),
        end,
        error,
      });
  }

  close() {
    this.stream.close();
  }

  /** @param {any} data */
  #takeLog(data) {
    if (typeof data?.text !== "string") return;
    const { text, from, to } = data;
    if (this.bytes === 0 && from > 0) this.left = this.bytes = from;
    if (typeof to !== "number" || typeof from !== "number") this.#add(text, text.length);
    else if (to <= this.bytes) return;
    else if (from >= this.bytes) this.#add(text, to - this.bytes);
    else {
      // The stream began again before the place that was reached.
      const bytes = new TextEncoder().encode(text).subarray(this.bytes - from);
      this.#add(new TextDecoder().decode(bytes), to - this.bytes);
    }
  }

  /** @param {any} event @param {string} id */
  #takeEvent(event, id) {
    const sequence = Number(event?.seq ?? id);
    if (!event || sequence <= this.#sequence) return;
    this.#sequence = sequence;
    if (!this.isNotebook && event.place !== this.place) return;
    if (event.event === "warning" && event.kind === "cut_log") this.isCut = true;
    const text = streamText(event, this.choice);
    if (text !== "") this.#add(text, text.length);
  }

  /** @param {string} text @param {number} bytes */
  #add(text, bytes) {
    this.lines.append(text);
    this.bytes += bytes;
    this.dispatchEvent(new Event("change"));
  }

  #end() {
    this.isWhole = true;
    this.stream.close();
    this.dispatchEvent(new Event("change"));
  }

  /** @param {string} message */
  #fail(message) {
    this.problem = message;
    this.#end();
  }
}

/**
 * What an event adds to a stream.
 *
 * @param {any} event
 * @param {Choice} choice
 */
export function streamText(event, choice) {
  if (event.event === "line" && event.name === choice) return `${event.text}\n`;
  if (event.event === "stream" && event.name === choice) return String(event.text);
  const output = event.event === "output" || event.event === "output_outside_cells" ? event.output : null;
  if (!output) return "";
  if (output.output_type === "stream" && output.name === choice) return textOf(output.text);
  if (output.output_type === "error" && choice === "stderr") {
    return `${(output.traceback ?? [`${output.ename}: ${output.evalue}`]).join("\n")}\n`;
  }
  return "";
}

/** @param {unknown} text */
function textOf(text) {
  return Array.isArray(text) ? text.join("") : String(text ?? "");
}
