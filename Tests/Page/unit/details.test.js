// Which objects of a flow are drawn whole.

import { Details } from "../../../Sources/WebPage/page/canvas/details.js";
import assert from "node:assert/strict";

const page = /** @type {any} */ (globalThis);

/**
 * A scene with a row of nodes, 200 units apart, whose drawing takes a millisecond of a clock that does not run.
 * @param {number} count
 */
function row(count) {
  /** @type {(() => void)[]} */
  const frames = [];
  let time = 0;
  page.document = { activeElement: null };
  page.requestAnimationFrame = (/** @type {() => void} */ draw) => frames.push(draw);
  page.performance.now = () => time;
  /** @type {Map<string, any>} */
  const items = new Map();
  for (let number = 0; number < count; number += 1) {
    const box = { x: number * 200, y: 0, width: 160, height: 40 };
    items.set(`n${number}`, { id: `n${number}`, flow: "f", box, whole: false, element: {} });
  }
  const sight = { box: { x: 0, y: 0, width: 1000, height: 500 }, scale: 1 };
  const layers = new Map([["f", { x: 0, y: 0, scale: 1 }]]);
  const scene = { items, layers, fill: () => void (time += 1) };
  const details = new Details(/** @type {any} */ (scene), () => sight);
  return {
    details,
    items,
    sight,
    frames,
    whole: () => [...items.values()].filter(({ whole }) => whole).map(({ id }) => id),
    /** Draws until nothing is left, and answers after how many pictures. */
    settle() {
      let pictures = 0;
      for (let draw = frames.shift(); draw; draw = frames.shift()) {
        draw();
        pictures += 1;
        assert.ok(pictures < 1000, "it never ends");
      }
      return pictures;
    },
  };
}

const clock = page.performance.now;
/** @param {string} name @param {() => void} body */
function test(name, body) {
  Deno.test(name, () => {
    try {
      body();
    } finally {
      page.performance.now = clock;
    }
  });
}

test("a small flow is drawn whole at once, wherever it lies", () => {
  const { details, whole, frames } = row(900);
  details.draw();
  assert.deepEqual(whole().length, 900);
  assert.deepEqual(frames.length, 0);
});

test("of a large flow, what is in sight or near it is whole, in slices", () => {
  const { details, whole, settle, sight } = row(5000);
  sight.box.width = 5000;
  details.draw();
  assert.ok(whole().length < 12, "a slice took longer than a picture");
  assert.ok(settle() > 1);
  assert.deepEqual(whole().length, 26);
  assert.deepEqual(whole().at(-1), "n25");
});

test("what leaves the sight becomes an outline, and what comes into it is whole", () => {
  const { details, whole, settle, sight } = row(5000);
  details.draw();
  settle();
  sight.box.x = 100_000;
  details.later();
  settle();
  assert.deepEqual(whole(), ["n499", "n500", "n501", "n502", "n503", "n504", "n505"]);
});

test("from far away all are outlines", () => {
  const { details, whole, settle, sight } = row(5000);
  details.draw();
  settle();
  sight.scale = 0.05;
  sight.box = { x: 0, y: 0, width: 1_000_000, height: 10_000 };
  details.later();
  settle();
  assert.deepEqual(whole(), []);
});

test("a comment with a link that has the focus keeps it", () => {
  const { details, whole, settle, sight, items } = row(5000);
  details.draw();
  settle();
  page.document.activeElement = { parentElement: { closest: () => items.get("n1").element } };
  sight.box.x = 100_000;
  details.later();
  settle();
  assert.ok(whole().includes("n1"));
});

test("a canvas that is not shown draws nothing of a large flow", () => {
  const { details, whole, sight } = row(5000);
  sight.box.width = 0;
  details.draw();
  assert.deepEqual(whole(), []);
});
