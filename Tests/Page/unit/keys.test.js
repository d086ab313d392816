import assert from "node:assert/strict";
import { commands } from "../../../Sources/WebPage/page/editor/commands.js";
import { keyName, keyTable } from "../../../Sources/WebPage/page/editor/keys.js";

const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

/** @type {[any, string][]} */
const presses = [
  [{ key: "s", ctrlKey: true }, "Ctrl+S"],
  [{ key: "s", metaKey: true }, "Ctrl+S"],
  [{ key: "Z", ctrlKey: true, shiftKey: true }, "Ctrl+Shift+Z"],
  [{ key: "?", shiftKey: true }, "?"],
  [{ key: "n" }, "N"],
  [{ key: "ArrowLeft", altKey: true, shiftKey: true }, "Alt+Shift+ArrowLeft"],
  [{ key: "Delete" }, "Delete"],
];
for (const [press, name] of presses) {
  Deno.test(`${JSON.stringify(press)} is ${name}`, () => assert.equal(keyName({ ...none, ...press }), name));
}

Deno.test("no two commands have the same key", () => {
  assert.equal(keyTable(commands).get("Ctrl+Shift+L"), "connect");
  assert.throws(() => keyTable({ a: { keys: ["X"] }, b: { keys: ["X"] } }), /Two commands have the key X/);
});
