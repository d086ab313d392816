import assert from "node:assert/strict";
import * as viewport from "../../../Sources/WebPage/page/canvas/viewport.js";

const near = (/** @type {number} */ a, /** @type {number} */ b) =>
  assert.ok(Math.abs(a - b) < 1e-6, `${a} is not ${b}`);

Deno.test("zooming keeps the point under the pointer where it is", () => {
  const before = { x: 40, y: -30, scale: 0.8 };
  const at = { x: 333, y: 222 };
  const point = viewport.toCanvas(before, at);
  for (const factor of [0.5, 1.25, 3]) {
    const after = viewport.toWindow(viewport.zoomed(before, factor, at), point);
    near(after.x, at.x);
    near(after.y, at.y);
  }
});

Deno.test("zooming stops at its limits", () => {
  const start = { x: 0, y: 0, scale: 1 };
  assert.equal(viewport.zoomed(start, 1e9, { x: 0, y: 0 }).scale, viewport.limits.most);
  assert.equal(viewport.zoomed(start, 1e-9, { x: 0, y: 0 }).scale, viewport.limits.least);
});

Deno.test("fitting shows the whole box in the middle, and never enlarges", () => {
  const box = { x: 500, y: 500, width: 2000, height: 100 };
  const fit = viewport.fitted(box, { width: 800, height: 600 });
  const [a, b] = [viewport.toWindow(fit, box), viewport.toWindow(fit, { x: 2500, y: 600 })];
  near(a.x, 40);
  near(b.x, 760);
  near(a.y, 600 - b.y);
  assert.equal(viewport.fitted({ x: 0, y: 0, width: 10, height: 10 }, { width: 800, height: 600 }).scale, 1);
});

Deno.test("revealing moves only as far as needed", () => {
  const size = { width: 800, height: 600 };
  const still = { x: 0, y: 0, scale: 1 };
  assert.deepEqual(viewport.revealed(still, { x: 100, y: 100, width: 160, height: 40 }, size), still);
  assert.deepEqual(viewport.revealed(still, { x: 900, y: 100, width: 160, height: 40 }, size), {
    x: -284,
    y: 0,
    scale: 1,
  });
});
