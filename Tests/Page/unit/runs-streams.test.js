// Streams rest while the browser's tab is hidden.

import assert from "node:assert/strict";
import { LogSource } from "../../../Sources/WebPage/page/runs/log-source.js";
import { stateOf } from "../../../Sources/WebPage/page/runs/state.js";
import { followStates, Stream } from "../../../Sources/WebPage/page/runs/streams.js";

/** A tab and a server, as far as a stream sees them. */
function world() {
  const tab = Object.assign(new EventTarget(), { hidden: false });
  /** @type {any} */ (globalThis).document = tab;
  /** @type {{path: string, query: any, handlers: any, isOpen: boolean}[]} */
  const sources = [];
  const api = {
    events: (/** @type {string} */ path, /** @type {any} */ query, /** @type {any} */ handlers) => {
      const source = { path, query, handlers, isOpen: true };
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

Deno.test("a log that is sent again from an earlier place has each byte once", () => {
  const { sources, api } = world();
  const log = new LogSource(api, "1", 0, "all", false);
  const send = (/** @type {string} */ text, /** @type {number} */ from, /** @type {number} */ to) =>
    sources[0].handlers.message({ text, from, to });
  send("änderung\nzwei", 0, 14);
  send("änderung\nzwei", 0, 14);
  send("zwei\ndrei\n", 10, 20);
  assert.deepEqual([...log.lines], ["änderung", "zwei", "drei"]);
  assert.deepEqual([log.bytes, log.left], [20, 0]);
  sources[0].handlers.end({});
  assert.ok(log.isWhole);
  assert.equal(sources[0].isOpen, false);
});

Deno.test("of a huge log the page gets the end, and knows how much is missing", async () => {
  const { sources, api, turn } = world();
  const log = new LogSource(api, "1", 0, "all", false);
  assert.ok(sources[0].query.tail > 1e6);
  sources[0].handlers.message({ text: "late\n", from: 5_000_000_000, to: 5_000_000_005 });
  assert.deepEqual([[...log.lines], log.left, log.bytes], [["late"], 5_000_000_000, 5_000_000_005]);
  log.stream.patience = 1;
  turn(true);
  await later(20);
  turn(false);
  assert.deepEqual(sources[1].query, { from: 5_000_000_005 });
  log.close();
});

Deno.test("a stream of a node has its own events, each once", () => {
  const { sources, api } = world();
  const log = new LogSource(api, "1", 2, "stderr", false);
  assert.deepEqual(sources[0].query, { node: 2, after: null });
  const send = (/** @type {any} */ event) => sources[0].handlers.message({ event: "line", ...event }, "");
  send({ seq: 3, place: 2, name: "stderr", text: "one" });
  send({ seq: 3, place: 2, name: "stderr", text: "one" });
  send({ seq: 4, place: 1, name: "stderr", text: "another node" });
  send({ seq: 5, place: 2, name: "stdout", text: "another stream" });
  send({ seq: 6, place: 2, event: "warning", kind: "cut_log" });
  assert.deepEqual([[...log.lines], log.isCut], [["one"], true]);
  log.close();
});

Deno.test("the states of a run come once each, until its end", () => {
  const { sources, api } = world();
  const state = stateOf({ run: "3", running: true, nodes: [{ place: 0, id: "a", label: "A" }] });
  let changes = 0;
  followStates(api, "3", state, () => (changes += 1));
  const { path, query, handlers } = sources[0];
  assert.deepEqual([path, query], ["runs/3/events", { kinds: "states", after: null }]);
  const event = { seq: 4, event: "node_started", place: 0, attempt: 1, time: "2026-11-29T12:00:00Z" };
  handlers.message(event, "4");
  handlers.message({ ...event, attempt: 2 }, "4");
  assert.deepEqual([state.nodes[0].status, state.nodes[0].attempts, changes], ["running", 1, 1]);
  handlers.end({ status: "killed" });
  assert.deepEqual([state.over, state.nodes[0].status, changes, sources[0].isOpen], [true, "killed", 2, false]);
});
