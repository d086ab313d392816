// Streams of the API: opened again after they end, and what that says about the connection.

import assert from "node:assert/strict";
import { Api } from "../../../Sources/WebPage/page/api.js";

const page = /** @type {any} */ (globalThis);

/** A stream whose life the test decides. */
class Source extends EventTarget {
  static CLOSED = 2;
  /** @type {Source[]} */
  static all = [];
  readyState = 0;

  /** @param {string} address */
  constructor(address) {
    super();
    this.address = address;
    Source.all.push(this);
  }

  close() {
    this.readyState = 2;
  }

  /** @param {number} readyState */
  fail(readyState) {
    this.readyState = readyState;
    this.dispatchEvent(new Event("error"));
  }
}

/** @param {(parts: {api: Api, states: string[], asked: () => number, timers: {run: () => void, pause: number}[], server: {is: boolean}}) => Promise<void>} body */
async function withStream(body) {
  const before = { EventSource: page.EventSource, fetch: page.fetch, setTimeout: page.setTimeout };
  /** @type {{run: () => void, pause: number}[]} */
  const timers = [];
  const server = { is: true };
  let asked = 0;
  Source.all = [];
  page.EventSource = Source;
  page.fetch = () => {
    asked += 1;
    return server.is ? Promise.resolve(new Response("{}")) : Promise.reject(new TypeError("refused"));
  };
  page.setTimeout = (/** @type {() => void} */ run, /** @type {number} */ pause) => timers.push({ run, pause });
  const api = new Api();
  /** @type {string[]} */
  const states = [];
  api.addEventListener("connection", () => states.push(api.state));
  try {
    await body({ api, states, asked: () => asked, timers, server });
  } finally {
    Object.assign(page, before);
  }
}

const turns = async () => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

Deno.test("a stream that only ended is no lost connection", async () => {
  await withStream(async ({ api, states, asked, timers }) => {
    api.events("watch", {}, {});
    Source.all[0].fail(0);
    await turns();
    assert.deepEqual([states, asked(), timers.length], [[], 1, 0]);
    Source.all[0].dispatchEvent(new MessageEvent("error", { data: '{"error": {}}' }));
    assert.equal(asked(), 1);
  });
});

Deno.test("a stream that is refused is opened again after longer and longer pauses", async () => {
  await withStream(async ({ api, states, timers }) => {
    const stream = api.events("runs/9/events", {}, {});
    /** @type {number[]} */
    const pauses = [];
    for (let round = 0; round < 8; round += 1) {
      Source.all.at(-1)?.fail(2);
      await turns();
      const timer = timers.pop();
      assert.ok(timer);
      pauses.push(timer.pause);
      timer.run();
    }
    assert.deepEqual(pauses, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
    assert.deepEqual(states, []);
    assert.equal(Source.all.length, 9);
    stream.close();
    Source.all.at(-1)?.fail(2);
    assert.equal(timers.length, 0);
  });
});

Deno.test("a server that is gone is a lost connection, and its return opens the stream again", async () => {
  await withStream(async ({ api, states, timers, server }) => {
    api.events("watch", {}, {});
    server.is = false;
    Source.all[0].fail(2);
    await turns();
    assert.deepEqual(states, ["lost"]);
    server.is = true;
    // The pause of the connection, beside that of the stream.
    timers.find(({ pause }) => pause === 400)?.run();
    await turns();
    assert.deepEqual(states, ["lost", "online"]);
    assert.equal(Source.all.length, 2);
  });
});
