import assert from "node:assert/strict";
import { groups, neighbour } from "../../../Sources/WebPage/page/canvas/navigation.js";

const node = (/** @type {string} */ id, /** @type {number} */ x, /** @type {number} */ y) => ({
  id,
  x,
  y,
  width: 160,
  height: 40,
  kind: "notebook",
});
const link = (/** @type {string} */ source, /** @type {string} */ target) => ({
  id: `${source}-${target}`,
  source,
  target,
});

/** @type {any} */
const flow = {
  nodes: [node("a", 0, 0), node("b", 300, -60), node("c", 300, 60), node("far", 0, 400)],
  links: [link("a", "b"), link("a", "c")],
  comments: [],
};

Deno.test("linked objects are one group, in reading order", () => {
  assert.deepEqual(groups(flow), [["b", "a", "c"], ["far"]]);
});

/** @type {[string, import("../../../Sources/WebPage/page/canvas/navigation.js").Direction, string|null][]} */
const moves = [
  ["a", "right", "a-b"],
  ["a-b", "right", "b"],
  ["a-b", "left", "a"],
  ["a-b", "down", "a-c"],
  ["a-c", "up", "a-b"],
  ["a-c", "down", null],
  ["b", "left", "a-b"],
  ["b", "down", "c"],
  ["c", "down", "far"],
  ["far", "up", "a"],
  ["b", "up", null],
  ["gone", "up", null],
];
for (const [from, direction, to] of moves) {
  Deno.test(`${direction} from ${from} leads to ${to ?? "nothing"}`, () => {
    assert.equal(neighbour(flow, from, direction), to);
  });
}
