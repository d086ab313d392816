import assert from "node:assert/strict";
import { UndoStack } from "../../../Sources/WebPage/page/editor/undo.js";

Deno.test("undo goes back step by step with names, redo forth again", () => {
  const stack = new UndoStack();
  stack.push("add a", "0", 1);
  stack.push("add b", "1", 1);
  assert.deepEqual(stack.undo("2"), { name: "add b", state: "1" });
  assert.equal(stack.undoName, "add a");
  assert.equal(stack.redoName, "add b");
  assert.deepEqual(stack.redo("1"), { name: "add b", state: "2" });
  assert.deepEqual(stack.undo("2"), { name: "add b", state: "1" });
  assert.deepEqual(stack.undo("1"), { name: "add a", state: "0" });
  assert.equal(stack.undo("0"), null);
});

Deno.test("a new step forgets what was undone", () => {
  const stack = new UndoStack();
  stack.push("a", "0", 1);
  stack.undo("1");
  stack.push("b", "0", 1);
  assert.equal(stack.redo("1"), null);
});

Deno.test("letters typed in a row are one step, until the row is sealed", () => {
  const stack = new UndoStack();
  stack.push("label", "0", 1, "label:1");
  stack.push("label", "1", 1, "label:1");
  stack.seal();
  stack.push("label", "2", 1, "label:1");
  assert.deepEqual(stack.undo("3"), { name: "label", state: "2" });
  assert.deepEqual(stack.undo("2"), { name: "label", state: "0" });
});

Deno.test("old steps are forgotten when the texts grow over the limit, the last one never", () => {
  const stack = new UndoStack(10);
  stack.push("a", "0", 6);
  stack.push("b", "1", 6);
  assert.deepEqual(stack.past.map(({ name }) => name), ["b"]);
  stack.push("c", "2", 100);
  assert.deepEqual(stack.past.map(({ name }) => name), ["c"]);
});
