import assert from "node:assert/strict";
import { withExpanded } from "../../../Sources/WebPage/page/canvas/expansion.js";
import * as geometry from "../../../Sources/WebPage/page/canvas/geometry.js";

const node = { x: 100, y: 50, width: 160, height: 40 };

Deno.test("the box around boxes reaches from the first corner to the last, and is null around none", () => {
  const other = { x: 400, y: -10, width: 20, height: 20 };
  assert.deepEqual(geometry.bounds([node, other]), { x: 100, y: -10, width: 320, height: 100 });
  assert.equal(geometry.bounds([]), null);
});

Deno.test("a box between two corners does not depend on their order", () => {
  const box = { x: 1, y: 2, width: 9, height: 18 };
  assert.deepEqual(geometry.boxBetween({ x: 10, y: 20 }, { x: 1, y: 2 }), box);
  assert.deepEqual(geometry.boxBetween({ x: 1, y: 20 }, { x: 10, y: 2 }), box);
});

for (
  const [index, count, y]
    of /** @type {[number, number, number][]} */ ([[0, 1, 70], [0, 3, 60], [1, 3, 70], [2, 3, 80]])
) {
  Deno.test(`port ${index + 1} of ${count} lies at height ${y}`, () => {
    assert.deepEqual(geometry.portPoint(node, "output", index, count), { x: 260, y });
    assert.deepEqual(geometry.portPoint(node, "input", index, count), { x: 100, y });
  });
}

Deno.test("a link begins and ends at its ports, forwards and backwards", () => {
  for (const to of [{ x: 300, y: 10 }, { x: -300, y: 2 }]) {
    const curve = geometry.linkCurve({ x: 0, y: 0 }, to);
    assert.deepEqual(geometry.curvePoint(curve, 0), { x: 0, y: 0 });
    assert.deepEqual(geometry.curvePoint(curve, 1), to);
  }
});

Deno.test("a link crosses a node that lies on it, and none beside it", () => {
  const curve = geometry.linkCurve({ x: 0, y: 0 }, { x: 400, y: 0 });
  assert.ok(geometry.curveCrosses(curve, { x: 150, y: -20, width: 100, height: 40 }));
  assert.ok(!geometry.curveCrosses(curve, { x: 150, y: 40, width: 100, height: 40 }));
});

Deno.test("a line to a box ends at its edge", () => {
  assert.deepEqual(geometry.edgePoint(node, { x: 1000, y: 70 }), { x: 260, y: 70 });
  assert.deepEqual(geometry.edgePoint(node, { x: 180, y: -500 }), { x: 180, y: 50 });
  assert.deepEqual(geometry.edgePoint(node, geometry.center(node)), { x: 180, y: 70 });
});

Deno.test("the contents of a super node lie inside its frame and are never enlarged", () => {
  const box = { x: 10, y: 20, width: 300, height: 200 };
  for (const contents of [{ x: 0, y: 0, width: 2000, height: 100 }, { x: -50, y: 900, width: 40, height: 40 }]) {
    const { scale, x, y } = geometry.fitInside(box, contents);
    assert.ok(scale <= 1);
    assert.ok(contents.x * scale + x >= box.x + geometry.frame.side - 0.01);
    assert.ok(contents.y * scale + y >= box.y + geometry.frame.top - 0.01);
    assert.ok((contents.x + contents.width) * scale + x <= box.x + box.width - geometry.frame.side + 0.01);
    assert.ok((contents.y + contents.height) * scale + y <= box.y + box.height - geometry.frame.bottom + 0.01);
  }
});

Deno.test("a new node takes its place if that is free, else the next one that covers nothing", () => {
  assert.deepEqual(geometry.freePlace(node, []), { x: 100, y: 50 });
  const found = geometry.freePlace(node, [node]);
  assert.ok(!geometry.overlap({ ...node, ...found }, node));
});

Deno.test("a super node is expanded for a look, and its document stays", () => {
  const node = (/** @type {any} */ values) => ({ kind: "notebook", x: 0, y: 0, width: 160, height: 40, ...values });
  const flow = (/** @type {string} */ id, /** @type {any[]} */ nodes) => ({ id, nodes, comments: [], links: [] });
  const view = /** @type {any} */ ({
    flows: [
      flow("f", [
        node({ id: "s", subflow: "g", expanded: false }),
        node({ id: "beside", x: 220 }),
        node({ id: "below", x: 20, y: 90 }),
        node({ id: "left", x: -300, y: -40 }),
      ]),
      flow("g", [node({ id: "a" })]),
    ],
  });
  const before = JSON.stringify(view);
  const open = withExpanded(view, "s", true);
  const { expanded, width, height } = open.flows[0].nodes[0];
  assert.deepEqual([expanded, width, height], [true, 300, 200]);
  assert.deepEqual(open.flows[0].nodes.slice(1).map(({ x, y }) => [x, y]), [[360, 0], [20, 250], [-300, -40]]);
  assert.equal(open.flows[1], view.flows[1]);
  assert.equal(JSON.stringify(withExpanded(open, "s", false)), before);
  assert.equal(JSON.stringify(view), before);
});
