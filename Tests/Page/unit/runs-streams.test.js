// Streams rest while the browser's tab is hidden.

import assert from "node:assert/strict";
import { Stream } from "../../../Sources/WebPage/page/runs/streams.js";

/** A tab and a server, as far as a stream sees them. */
function world() {
  const tab = Object.assign(new EventTarget(), { hidden: false });
  /** @type {any} */ (globalThis).document = tab;
  /** @type {{path: string, query: any, isOpen: boolean}[]} */
  const sources = [];
  const api = {
    events: (/** @type {string} */ path, /** @type {any} */ query) => {
      const source = { path, query, isOpen: true };
      sources.push(source);
      return { close: () => (source.isOpen = false) };
    },
  };
  const turn = (/** @type {boolean} */ hidden) => {
    tab.hidden = hidden;
    tab.dispatchEvent(new Event("visibilitychange"));
  };
  return { sources, turn, api: /** @type {any} */ (api), open: () => sources.filter((source) => source.isOpen).length };
}

const later = (/** @type {number} */ milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

Deno.test("a stream closes in a hidden tab, and goes on after its last event", async () => {
  const { sources, turn, api, open } = world();
  let last = 0;
  const stream = new Stream(api, "runs/1/events", () => ({ after: last || null }), {}, 1);
  assert.equal(open(), 1);
  turn(true);
  await later(20);
  assert.equal(open(), 0);
  last = 7;
  turn(false);
  assert.equal(open(), 1);
  assert.deepEqual(sources.map(({ query }) => query), [{ after: null }, { after: 7 }]);
  stream.close();
  assert.equal(open(), 0);
});

Deno.test("a look at another tab does not close a stream", async () => {
  const { sources, turn, api } = world();
  const stream = new Stream(api, "x", () => ({}), {}, 30);
  turn(true);
  turn(false);
  await later(60);
  assert.equal(sources.length, 1);
  stream.close();
});

Deno.test("a closed stream does not open again", async () => {
  const { sources, turn, api } = world();
  const stream = new Stream(api, "x", () => ({}), {}, 1);
  turn(true);
  stream.close();
  await later(10);
  turn(false);
  assert.equal(sources.length, 1);
});

Deno.test("a stream of a page that is opened in the background waits", async () => {
  const { sources, turn, api } = world();
  /** @type {any} */ (globalThis).document.hidden = true;
  const stream = new Stream(api, "x", () => ({}), {}, 1);
  await later(10);
  assert.equal(sources.length, 0);
  turn(false);
  assert.equal(sources.length, 1);
  stream.close();
});
