// The queue of edits of an open pipeline: what waits, what is kept, and what a new text of the file does to it.

import assert from "node:assert/strict";
import { ApiError, ConnectionError } from "../../../Sources/WebPage/page/api.js";
import { diskChanged } from "../../../Sources/WebPage/page/editor/disk.js";
import { PipelineDocument } from "../../../Sources/WebPage/page/editor/document.js";
import { readDraft } from "../../../Sources/WebPage/page/editor/drafts.js";
import { keepMine, merge, restore } from "../../../Sources/WebPage/page/editor/merging.js";
import { save } from "../../../Sources/WebPage/page/editor/saving.js";

/** A server whose edits add letters to a text; it answers when told, if `holds`. */
class Server extends EventTarget {
  /** @type {"online"|"lost"|"refused"} */
  state = "online";
  file = { text: "a", etag: "1" };
  holds = false;
  /** @type {(() => void)[]} */
  held = [];

  /** @param {Record<string, any>} answer */
  async answer(answer) {
    if (this.holds) await new Promise((resolve) => this.held.push(() => resolve(null)));
    if (this.state === "lost") throw new ConnectionError();
    if (this.state === "refused") throw new ApiError(401, null);
    return { view: { runtime_type: "x", flows: [] }, findings: [], ...answer };
  }

  get() {
    return this.answer({ ...this.file });
  }

  /** @param {string} path @param {any} body */
  post(path, body) {
    if (path === "pipeline/merge") return this.answer({ text: `${body.theirs}+${body.mine}`, conflicts: [] });
    const letters = body.edits.map((/** @type {any} */ { letter }) => letter);
    if (letters.includes("!")) return Promise.reject(new ApiError(422, null));
    return this.answer({ text: body.text + letters.join(""), created: [] });
  }

  /** @param {string} _path @param {any} _query @param {{text: string}} body */
  async put(_path, _query, { text }) {
    await this.answer({});
    this.file = { text, etag: `${Number(this.file.etag) + 1}` };
    return { etag: this.file.etag };
  }

  /** @param {"online"|"lost"|"refused"} state */
  become(state) {
    this.state = state;
    this.dispatchEvent(new Event("connection"));
  }
}

async function opened() {
  const server = new Server();
  /** @type {string[]} */
  const told = [];
  const pipeline = new PipelineDocument(/** @type {any} */ (server), `${crypto.randomUUID()}.pipeline`, {
    toast: (text) => told.push(text),
    folder: "/f",
  });
  await pipeline.open();
  const draft = () => readDraft(localStorage.getItem(pipeline.drafts.key));
  return { server, pipeline, told, draft };
}

const turns = () => new Promise((done) => setTimeout(done, 5));
/** @param {string} letter */
const add = (letter) => /** @type {any[]} */ ([{ op: "add", letter }]);

Deno.test("an edit under way does not overwrite the file's version, and one that comes meanwhile is not lost", async () => {
  const { server, pipeline } = await opened();
  server.holds = true;
  const first = pipeline.apply(add("b"), "b");
  server.file = { text: "disk", etag: "2" };
  const read = pipeline.reload();
  const second = pipeline.apply(add("c"), "c");
  await turns();
  assert.equal(server.held.length, 1, "the file is read after the edit under way");
  server.holds = false;
  server.held[0]();
  await Promise.all([first, read, second]);
  assert.deepEqual([pipeline.state?.text, pipeline.savedText, pipeline.etag], ["diskc", "disk", "2"]);
  assert.equal(await pipeline.undo(), "c");
  assert.equal(await pipeline.undo(), "taking the file's version");
  assert.equal(pipeline.state?.text, "ab");
});

Deno.test("an edit during a merge is applied to what was merged", async () => {
  const { server, pipeline } = await opened();
  await pipeline.apply(add("b"), "b");
  server.file = { text: "disk", etag: "2" };
  server.holds = true;
  const merged = merge(pipeline);
  await turns();
  const edit = pipeline.apply(add("c"), "c");
  server.holds = false;
  for (const go of server.held) go();
  await Promise.all([merged, edit]);
  assert.equal(pipeline.state?.text, "disk+abc");
});

for (const state of /** @type {const} */ (["lost", "refused"])) {
  Deno.test(`every edit made while the server is ${state} is kept, and applied when it is back`, async () => {
    const { server, pipeline, draft } = await opened();
    server.become(state);
    const edits = [pipeline.apply(add("b"), "b")];
    await turns();
    edits.push(pipeline.apply(add("c"), "c"));
    await turns();
    assert.deepEqual(draft()?.waiting, [add("b"), add("c")]);
    server.become("online");
    await Promise.all(edits);
    assert.equal(pipeline.state?.text, "abc");
  });
}

Deno.test("a draft is brought back step by step, without the step that is refused, and merged with another file", async () => {
  const { pipeline, told } = await opened();
  const draft = { etag: "1", base: "a", text: "ab", waiting: [add("c"), add("!"), add("d")], time: 1 };
  assert.deepEqual(await restore(pipeline, draft), []);
  assert.equal(pipeline.state?.text, "abcd");
  assert.deepEqual(told, ["One edit of before could not be brought back."]);
  const other = await opened();
  await restore(other.pipeline, { ...draft, etag: "0", base: "x" });
  assert.equal(other.pipeline.state?.text, "a+abcd");
});

Deno.test("an edit made while the file is written stays a draft", async () => {
  const { server, pipeline, draft } = await opened();
  await pipeline.apply(add("b"), "b");
  server.holds = true;
  const saved = save(pipeline);
  await turns();
  server.holds = false;
  await pipeline.apply(add("c"), "c");
  server.held[0]();
  assert.equal(await saved, true);
  assert.deepEqual([draft()?.text, draft()?.base], ["abc", "ab"]);
  await save(pipeline);
  assert.equal(draft(), null);
});

Deno.test("a draft nobody has decided about outlives new edits, a save and the end of the visit", async () => {
  const { pipeline, draft } = await opened();
  const old = { etag: "1", base: "a", text: "old", waiting: [], time: 1 };
  pipeline.drafts.keep(old);
  const found = await pipeline.drafts.find();
  assert.ok(found && found.key !== pipeline.drafts.key);
  await pipeline.apply(add("b"), "b");
  assert.equal(draft()?.text, "ab");
  await save(pipeline);
  pipeline.close();
  assert.deepEqual(await pipeline.drafts.find(), found);
  pipeline.drafts.discard(found.key);
  assert.equal(await pipeline.drafts.find(), null);
});

Deno.test("a closed pipeline keeps no draft of an edit that was under way", async () => {
  const { server, pipeline, draft } = await opened();
  server.holds = true;
  pipeline.apply(add("b"), "b");
  pipeline.close();
  for (const go of server.held) go();
  await turns();
  assert.equal(draft(), null);
});

Deno.test("a file that cannot be read any more leaves what is shown, which can be saved over it", async () => {
  const { server, pipeline, told, draft } = await opened();
  server.file = { text: "broken", etag: "2" };
  const get = server.get;
  server.get = (/** @type {string} */ path, /** @type {any} */ query) => {
    if (path !== "pipeline" || server.file.text !== "broken") return get.call(server, path, query);
    return Promise.reject(new ApiError(422, { error: { message: "no pipeline" }, ...server.file }));
  };
  await diskChanged(pipeline, "2");
  assert.deepEqual([pipeline.conflict, pipeline.state?.text, pipeline.dirty], ["unreadable", "a", true]);
  assert.deepEqual(told, []);
  assert.equal(draft()?.text, "a");
  keepMine(pipeline, /** @type {any} */ (pipeline.unreadable));
  assert.deepEqual([pipeline.conflict, pipeline.etag, pipeline.edited], [null, "2", true]);
  server.file = { text: "good", etag: "3" };
  await pipeline.reload();
  assert.deepEqual([pipeline.state?.text, pipeline.dirty], ["good", false]);
});

Deno.test("a pipeline whose file is gone is not saved, until the file is there again", async () => {
  const { pipeline, draft } = await opened();
  await diskChanged(pipeline, null);
  assert.deepEqual([pipeline.dirty, draft()?.text], [true, "a"]);
  await diskChanged(pipeline, "1");
  assert.deepEqual([pipeline.dirty, pipeline.conflict, draft()], [false, null, null]);
});
