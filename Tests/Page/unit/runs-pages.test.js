// What the pages of runs compute: words, timelines, estimates, grids, differences, forms.

import { cellPairsOf, changeText, pairsOf } from "../../../Sources/WebPage/page/runs/differences.js";
import { remainingSeconds } from "../../../Sources/WebPage/page/runs/estimate.js";
import { fold } from "../../../Sources/WebPage/page/runs/fold.js";
import { kindOf, parse } from "../../../Sources/WebPage/page/runs/kinds.js";
import { statesOf } from "../../../Sources/WebPage/page/runs/graph-states.js";
import { gridOf, sparkline } from "../../../Sources/WebPage/page/runs/grid.js";
import { planText } from "../../../Sources/WebPage/page/runs/plan.js";
import { stateOf } from "../../../Sources/WebPage/page/runs/state.js";
import { barsOf, spanOf, ticksOf } from "../../../Sources/WebPage/page/runs/timeline.js";
import {
  ago,
  duration,
  isFailure,
  isOver,
  orderedCounts,
  size,
  statusWord,
  timeOf,
} from "../../../Sources/WebPage/page/runs/words.js";
import assert from "node:assert/strict";

const zero = Date.UTC(2026, 10, 29, 12, 0, 0);
/** @param {number} seconds */
const at = (seconds) => new Date(zero + seconds * 1000).toISOString();

Deno.test("durations", () => {
  const values = [0, 0.04, 9.94, 9.96, 59.4, 59.6, 185, 3599.7, 7441, 86399, 100000, null, undefined, NaN, -3];
  assert.deepEqual(values.map(duration), [
    "0.0 s",
    "0.0 s",
    "9.9 s",
    "10 s",
    "59 s",
    "1 min 00 s",
    "3 min 05 s",
    "1 h 00 min",
    "2 h 04 min",
    "1 d 00 h",
    "1 d 04 h",
    "",
    "",
    "",
    "0.0 s",
  ]);
});

Deno.test("sizes, times and past times", () => {
  assert.deepEqual([812, 3100, 12_400_000].map(size), ["812 B", "3.1 kB", "12 MB"]);
  assert.deepEqual([timeOf("2026-11-29T12:00:00.123456Z"), timeOf("nonsense"), timeOf(null), timeOf(1764417600)], [
    zero + 123,
    null,
    null,
    1764417600000,
  ]);
  assert.deepEqual([5, 300, 7200, 86400 * 3].map((seconds) => ago(zero - seconds * 1000, zero)), [
    "just now",
    "5 min ago",
    "2 h ago",
    "3 days ago",
  ]);
});

Deno.test("every status of a node has a word, and failures and open ones are known", () => {
  const all = [
    "succeeded",
    "cached",
    "failed",
    "timed_out",
    "kernel_died",
    "kernel_not_started",
    "not_written",
    "interrupted",
    "blocked",
    "skipped",
    "not_run",
    "killed",
  ];
  assert.deepEqual(all.filter((status) => statusWord(status) === status.replaceAll("_", " ")), [
    "failed",
    "timed_out",
    "kernel_died",
    "not_written",
    "interrupted",
    "blocked",
    "skipped",
    "not_run",
    "killed",
  ]);
  assert.deepEqual(all.filter(isFailure), [
    "failed",
    "timed_out",
    "kernel_died",
    "kernel_not_started",
    "not_written",
    "killed",
  ]);
  assert.deepEqual(["waiting", "running", "comparing", "retrying", ...all].filter((status) => !isOver(status)), [
    "waiting",
    "running",
    "comparing",
    "retrying",
  ]);
  assert.deepEqual([statusWord("a_new_one"), isOver("a_new_one")], ["a new one", true]);
});

Deno.test("counts begin with what needs attention", () => {
  assert.deepEqual(orderedCounts({ succeeded: 4, failed: 1, waiting: 0, running: 2 }).map(({ status }) => status), [
    "failed",
    "running",
    "succeeded",
  ]);
});

const live = stateOf({
  run: "2",
  status: "running",
  running: true,
  started: at(0),
  nodes: [
    { place: 0, id: "a", label: "A", status: "succeeded", started: at(1), seconds: 4, attempts: 1 },
    { place: 1, id: "b", label: "B", status: "running", started: at(5), attempts: 1, parents: [0] },
    { place: 2, id: "c", label: "C", status: "waiting", parents: [1] },
    { place: 3, id: "d", label: "D", status: "waiting", parents: [0] },
  ],
});

Deno.test("bars of a run that goes on end now", () => {
  assert.deepEqual(
    live.nodes.map((node) => barsOf(live, node, zero + 8000).map(({ from, to, isOpen }) => [from, to, isOpen])),
    [
      [[1, 5, false]],
      [[5, 8, true]],
      [],
      [],
    ],
  );
  assert.deepEqual(spanOf(live, zero + 8000), 8);
});

Deno.test("ticks fit their axis", () => {
  assert.deepEqual(ticksOf(0, 25, 4).map(({ text }) => text), ["0 s", "10 s", "20 s"]);
  assert.deepEqual(ticksOf(0, 0.5, 5).map(({ text }) => text), ["0.0 s", "0.1 s", "0.2 s", "0.3 s", "0.4 s", "0.5 s"]);
  assert.deepEqual(ticksOf(0, 200, 4).map(({ text }) => text), ["0 min", "1 min", "2 min", "3 min"]);
  assert.deepEqual(ticksOf(0, 9000, 3).map(({ text }) => text), ["0 min", "1:00 h", "2:00 h"]);
  for (const span of [0.001, 1, 7, 61, 1e4, 1e6, 1e8]) {
    const { length } = ticksOf(0, span, 10);
    assert.deepEqual(length >= 2 && length <= 12, true);
  }
});

/**
 * A run that has begun: a chain b → c, and d, with 10, 4 and 30 seconds as usual durations.
 *
 * @param {Record<string, any>} [members] of the event that began it
 * @param {(number | null)[]} [usual]
 */
function begun(members = {}, usual = [10, 4, 30]) {
  const state = stateOf({ run: "2", kind: "pipeline", file: "a.pipeline", status: "running", running: true });
  fold(state, {
    event: "pipeline_started",
    time: at(0),
    jobs: 4,
    node_list: ["b", "c", "d"].map((node, place) => ({
      node,
      label: node,
      ...(place === 1 ? { parents: [0] } : {}),
      ...(usual[place] === null ? {} : { usual_seconds: usual[place] }),
    })),
    ...members,
  });
  return state;
}

/** @param {number} place @param {Record<string, any>} event */
const about = (place, event) => ({ place, node: "bcd"[place], label: "bcd"[place], ...event });

Deno.test("the estimate is what the schedule would take with the usual durations and the jobs of the run", () => {
  assert.deepEqual(remainingSeconds(begun(), zero), 30);
  assert.deepEqual(remainingSeconds(begun({ jobs: 1 }), zero), 44);
  // The longest chain starts first: d beside b and c.
  assert.deepEqual(remainingSeconds(begun({ jobs: 2 }), zero), 30);
  assert.deepEqual(remainingSeconds(begun({ jobs: 2 }, [10, 4, 6]), zero), 14);
  // An event of a Lyre that did not write the number of jobs.
  assert.deepEqual(remainingSeconds(begun({ jobs: undefined }), zero), null);
});

Deno.test("the estimate shrinks while a node runs, and never below what the others take", () => {
  const state = begun({ jobs: 1 });
  fold(state, about(0, { event: "node_started", time: at(2), attempt: 1 }));
  assert.deepEqual(remainingSeconds(state, zero + 5000), 7 + 4 + 30);
  assert.deepEqual(remainingSeconds(state, zero + 99_000), 34);
  // A second attempt begins anew.
  fold(state, about(0, { event: "node_retried", time: at(8), status: "failed", seconds: 6 }));
  fold(state, about(0, { event: "node_started", time: at(9), attempt: 2 }));
  assert.deepEqual(remainingSeconds(state, zero + 10_000), 9 + 4 + 30);
  fold(state, about(0, { event: "node_finished", time: at(12), status: "succeeded", seconds: 10, attempts: 2 }));
  assert.deepEqual(remainingSeconds(state, zero + 12_000), 34);
});

Deno.test("nodes without earlier runs take as long as a usual one; with more than half of them there is no estimate", () => {
  assert.deepEqual(remainingSeconds(begun({ jobs: 1 }, [10, null, 30]), zero), 10 + 30 + 30);
  assert.deepEqual(remainingSeconds(begun({ jobs: 1 }, [10, null, null]), zero), null);
  assert.deepEqual(remainingSeconds(begun({ jobs: 1 }, [null, null, null]), zero), null);
});

Deno.test("after a failure that ends the run, only what runs counts", () => {
  for (const [keepsGoing, left] of /** @type {[boolean, number][]} */ ([[false, 28], [true, 28 + 4]])) {
    const state = begun({
      jobs: 1,
      keep_going: keepsGoing,
      node_list: [
        { node: "b", label: "b", usual_seconds: 10 },
        { node: "c", label: "c", usual_seconds: 4 },
        { node: "d", label: "d", usual_seconds: 30 },
      ],
    });
    fold(state, about(0, { event: "node_finished", time: at(1), status: "failed", seconds: 1, attempts: 1 }));
    fold(state, about(2, { event: "node_started", time: at(1), attempt: 1 }));
    assert.deepEqual(remainingSeconds(state, zero + 3000), left);
  }
});

Deno.test("what waits for a skipped node waits for its parents alone", () => {
  const state = begun({
    jobs: 4,
    node_list: [
      { node: "b", label: "b", usual_seconds: 10 },
      { node: "c", label: "c", skipped: true, parents: [0], usual_seconds: 500 },
      { node: "d", label: "d", parents: [1], usual_seconds: 30 },
    ],
  });
  assert.deepEqual(remainingSeconds(state, zero), 40);
});

Deno.test("the graph shows words for statuses, and what is in super nodes", () => {
  /** @type {any} */
  const view = {
    flows: [{ id: "f", nodes: [{ id: "a" }, { id: "s", subflow: "g" }] }, {
      id: "g",
      nodes: [{ id: "b" }, { id: "c" }, { id: "t", subflow: "f" }],
    }],
  };
  const states = statesOf(view, live, zero + 8000);
  assert.deepEqual(states.get("a"), { status: "succeeded", text: "ok", seconds: 4, attempt: null });
  assert.deepEqual(states.get("b")?.seconds, 3);
  assert.deepEqual(states.get("s")?.status, "running");
});

Deno.test("the grid has a row for each node and a column for each run, oldest first", () => {
  const grid = gridOf([
    {
      run: "2",
      seconds: 6,
      nodes: [{ id: "b", place: 1, label: "B", status: "failed", seconds: 1 }, {
        id: "a",
        place: 0,
        label: "A",
        status: "succeeded",
        seconds: 4,
      }],
    },
    {
      run: "1",
      seconds: 3,
      nodes: [{ id: "a", place: 0, label: "A", status: "succeeded", seconds: 2 }, {
        id: "old",
        place: 1,
        label: "Old",
        status: "cached",
        seconds: 0,
      }],
    },
  ]);
  assert.deepEqual(grid.runs.map(({ run }) => run), ["1", "2"]);
  assert.deepEqual(
    grid.rows.map((row) => [row.label, row.squares.map((square) => square?.status ?? null), row.usual]),
    [
      ["A", ["succeeded", "succeeded"], 4],
      ["B", [null, "failed"], null],
      ["Old", ["cached", null], null],
    ],
  );
  assert.deepEqual(sparkline([2, null, 4], 60, 10), [{ x: 0, y: 5 }, { x: 60, y: 0 }]);
  assert.deepEqual(sparkline([], 60, 10), []);
});

Deno.test("differences of two runs", () => {
  const other = stateOf({
    run: "3",
    status: "succeeded",
    nodes: [{ place: 0, id: "new", label: "A", status: "succeeded" }, {
      place: 1,
      id: "b",
      label: "B2",
      status: "cached",
    }],
  });
  assert.deepEqual(pairsOf(live.nodes, other.nodes).map(({ label, a, b }) => [label, a?.id ?? null, b?.id ?? null]), [
    ["A", "a", "new"],
    ["B2", "b", "b"],
    ["C", "c", null],
    ["D", "d", null],
  ]);
  assert.deepEqual([
    changeText(2, 5.2),
    changeText(5, 5.01),
    changeText(1, 0.5),
    changeText(null, 1),
    changeText(100, 104),
  ], [
    "+3.2 s (×2.6)",
    "",
    "−0.5 s (×0.5)",
    "",
    "+4.0 s",
  ]);
  const cell = (/** @type {number} */ index) => ({
    index,
    firstLine: "x",
    status: "succeeded",
    code: index !== 1,
    count: 1,
    seconds: 1,
    error: null,
  });
  assert.deepEqual(
    cellPairsOf([cell(0), cell(1)], [cell(0), cell(2)]).map(({ index, a, b }) => [index, a !== null, b !== null]),
    [
      [0, true, true],
      [2, false, true],
    ],
  );
});

Deno.test("values of the form by type", () => {
  assert.deepEqual(["Integer", "int", "Bool", "Float", "List", "dict[str, int]", "String", null].map(kindOf), [
    "integer",
    "integer",
    "boolean",
    "number",
    "json",
    "json",
    "text",
    "text",
  ]);
  assert.deepEqual([
    parse(" 12 ", "integer"),
    parse("1.5", "integer"),
    parse("1e3", "number"),
    parse("x", "number"),
    parse("[1]", "json"),
    parse("{", "json"),
    parse("true", "boolean"),
    parse(" a ", "text"),
  ], [
    { value: 12 },
    { problem: "enter a whole number" },
    { value: 1000 },
    { problem: "enter a number" },
    { value: [1] },
    { problem: 'enter JSON, such as [1, 2] or {"a": 1}' },
    { value: true },
    { value: " a " },
  ]);
});

Deno.test("the preview in words", () => {
  const plan = (/** @type {string[]} */ ...actions) => planText(actions.map((action) => ({ action })));
  assert.deepEqual([plan("run", "run", "run", "unchanged", "unchanged"), plan("run"), plan("unchanged"), plan()], [
    "3 nodes run, 2 are unchanged",
    "1 node runs",
    "Nothing runs, 1 is unchanged",
    "Nothing runs",
  ]);
  assert.deepEqual([plan("run", "may_run", "may_run", "unchanged"), plan("skipped", "skipped", "run")], [
    "1 node runs, 2 may run, 1 is unchanged",
    "1 node runs, 2 are skipped",
  ]);
});
