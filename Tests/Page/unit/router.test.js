import assert from "node:assert/strict";
import { formatRoute, parseRoute } from "../../../Sources/WebPage/page/router.js";

/** @type {[string, any][]} */
const routes = [
  ["#/", { name: "home" }],
  ["#/edit/a.pipeline", { name: "edit", path: "a.pipeline", node: null }],
  ["#/edit/etl/%C3%BC%20%23%3F%25.pipeline", { name: "edit", path: "etl/ü #?%.pipeline", node: null }],
  ["#/edit/a.pipeline?node=n%2F1", { name: "edit", path: "a.pipeline", node: "n/1" }],
  ["#/edit/a.pipeline?read", { name: "edit", path: "a.pipeline", node: null, read: true }],
  ["#/runs", { name: "runs" }],
  ["#/runs/12", { name: "run", run: "12", node: null, cell: null }],
  ["#/runs/12/2.1", { name: "run", run: "12", node: "2.1", cell: null }],
  ["#/runs/12/2%2F1/cell/7", { name: "run", run: "12", node: "2/1", cell: 7 }],
  ["#/compare/3/4", { name: "compare", runs: ["3", "4"] }],
  ["#/history/etl/a.pipeline", { name: "history", path: "etl/a.pipeline" }],
];

for (const [hash, route] of routes) {
  Deno.test(`${hash} is an address and back`, () => {
    assert.deepEqual(parseRoute(hash), route);
    assert.equal(formatRoute(route), hash);
  });
}

for (const hash of ["#/nothing", "#/runs/1/2/cell/x", "#/runs/1/2/3", "#/compare/1", "#/edit", "#/history"]) {
  Deno.test(`${hash} is none of the page's addresses`, () => assert.equal(parseRoute(hash).name, "unknown"));
}

Deno.test("no hash means the folder, and a lone % stays as it is", () => {
  assert.deepEqual(parseRoute(""), { name: "home" });
  assert.deepEqual(parseRoute("#/edit/50%.pipeline"), { name: "edit", path: "50%.pipeline", node: null });
});
