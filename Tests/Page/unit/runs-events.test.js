// Events of a run into its state.

import { countsOf, failedCell, nodeSeconds, runSeconds, stateOf } from "../../../Sources/WebPage/page/runs/state.js";
import { finish, fold } from "../../../Sources/WebPage/page/runs/fold.js";
import assert from "node:assert/strict";

/** @param {number} seconds */
const at = (seconds) => new Date(Date.UTC(2026, 10, 29, 12, 0, 0) + seconds * 1000).toISOString();
const zero = Date.parse(at(0));

/** @param {Record<string, any>[]} events @param {Record<string, any>} [data] */
function run(events, data = {}) {
  const state = stateOf({ run: "7", kind: "pipeline", file: "a.pipeline", status: "running", running: true, ...data });
  for (const event of events) fold(state, event);
  return state;
}

const started = {
  event: "pipeline_started",
  time: at(0),
  name: "a",
  node_list: [
    { node: "x", label: "Load", file: "load.py" },
    { node: "y", label: "Fit", file: "fit.ipynb", parents: [0] },
    { node: "z", label: "Skipped", skipped: true },
  ],
};
/** @param {number} place @param {Record<string, any>} members */
const node = (place, members) => ({ node: "xyz"[place], label: "?", place, ...members });

Deno.test("a started pipeline has waiting and skipped nodes with their parents", () => {
  const state = run([started]);
  assert.deepEqual(state.nodes.map(({ status }) => status), ["waiting", "waiting", "skipped"]);
  assert.deepEqual(state.nodes[1].parents, [0]);
  assert.deepEqual(state.nodes[1].hasNotebook, true);
  assert.deepEqual(state.started, zero);
});

Deno.test("attempts are kept with their times, and the last one has what is left of the node's duration", () => {
  const state = run([
    started,
    node(0, { event: "node_started", time: at(1), attempt: 1, reason: "its code changed" }),
    node(0, { event: "node_retried", time: at(3), status: "failed", seconds: 2, message: "exit code 1", attempts: 1 }),
    node(0, { event: "node_started", time: at(5), attempt: 2, reason: null }),
    node(0, {
      event: "node_finished",
      time: at(6),
      status: "succeeded",
      seconds: 5,
      attempts: 2,
      started: at(1),
      log: "l",
    }),
  ]);
  const [first] = state.nodes;
  assert.deepEqual(first.history.map(({ number, status, seconds }) => [number, status, seconds]), [[1, "failed", 2], [
    2,
    "succeeded",
    1,
  ]]);
  assert.deepEqual([first.status, first.attempts, first.seconds, first.reason, first.hasLog], [
    "succeeded",
    2,
    5,
    "its code changed",
    true,
  ]);
});

Deno.test("a retried node waits for its next attempt", () => {
  const state = run([
    started,
    node(0, { event: "node_started", time: at(1), attempt: 1 }),
    node(0, { event: "node_retried", time: at(3), status: "timed_out", seconds: 2, message: "took 2 s" }),
  ]);
  assert.deepEqual([state.nodes[0].status, state.nodes[0].message], ["retrying", "took 2 s"]);
});

Deno.test("cells count while they run, and the failed one is found", () => {
  const cells = [{ cell: 0, first_line: "a" }, { cell: 1, first_line: "b" }, { cell: 2, code: false }];
  const state = run([
    started,
    node(1, { event: "node_started", time: at(1), attempt: 1 }),
    node(1, { event: "run_started", to_run: 2, cell_list: cells }),
    node(1, { event: "cell_started", cell: 0 }),
    node(1, { event: "cell_finished", cell: 0, status: "succeeded", seconds: 1.5, execution_count: 1 }),
    node(1, { event: "cell_started", cell: 1 }),
  ]);
  const [, fit] = state.nodes;
  assert.deepEqual([fit.cellsDone, fit.cellsToRun, fit.cell], [1, 2, 1]);
  assert.deepEqual(fit.cells.map(({ status, firstLine }) => [status, firstLine]), [
    ["succeeded", "a"],
    ["running", "b"],
    [
      "pending",
      "",
    ],
  ]);
  assert.deepEqual(failedCell(fit), null);
  fold(state, node(1, { event: "cell_finished", cell: 1, status: "failed", error: { ename: "E", evalue: "v" } }));
  assert.deepEqual(failedCell(fit)?.error, "E: v");
  assert.deepEqual(fit.cell, null);
});

Deno.test("events of the past do not change the status that the record has already", () => {
  const recorded = {
    nodes: [{ place: 0, id: "x", label: "Load", status: "failed", seconds: 2, attempts: 1, started: at(1) }],
  };
  const state = run([started, node(0, { event: "node_started", time: at(1), attempt: 1 })], recorded);
  assert.deepEqual(state.nodes[0].status, "failed");
  fold(state, node(0, { event: "node_finished", status: "failed", seconds: 2, attempts: 1, message: "exit code 3" }));
  assert.deepEqual([state.nodes[0].status, state.nodes[0].message], ["failed", "exit code 3"]);
});

Deno.test("the end of a killed run ends its nodes", () => {
  const state = run([started, node(0, { event: "node_started", time: at(1), attempt: 1 })]);
  finish(state, "killed");
  assert.deepEqual(state.nodes.map(({ status }) => status), ["killed", "not_run", "skipped"]);
  assert.deepEqual([state.status, state.over], ["killed", true]);
  assert.deepEqual(state.nodes[0].history[0].status, "killed");
});

Deno.test("a run that ended by itself keeps its status at the end of the stream", () => {
  const state = run([started, {
    event: "pipeline_finished",
    time: at(9),
    status: "interrupted",
    seconds: 9,
    critical_path: [0],
  }]);
  finish(state, "interrupted");
  assert.deepEqual([state.status, state.seconds, state.criticalPath], ["interrupted", 9, [0]]);
  assert.deepEqual(countsOf(state), { not_run: 2, skipped: 1 });
});

Deno.test("a notebook's run is one node", () => {
  const state = run([
    { event: "run_started", time: at(0), to_run: 1, cell_list: [{ cell: 0, first_line: "1/0" }] },
    { event: "cell_started", time: at(1), cell: 0 },
    {
      event: "cell_finished",
      time: at(2),
      cell: 0,
      status: "failed",
      error: { ename: "ZeroDivisionError", evalue: "" },
    },
    { event: "run_finished", time: at(3), outcome: "failed", seconds: 3 },
  ], { kind: "notebook", file: "sub/a.ipynb", started: at(0) });
  assert.deepEqual(state.nodes.length, 1);
  assert.deepEqual([state.nodes[0].label, state.nodes[0].status, state.status, state.over], [
    "a.ipynb",
    "failed",
    "failed",
    true,
  ]);
});

Deno.test("a notebook that could not run says why", () => {
  const state = run([{ event: "error", time: at(1), message: "no kernel named 'x'" }], {
    kind: "notebook",
    file: "a.ipynb",
    started: at(0),
  });
  assert.deepEqual([state.status, state.message], ["failed", "no kernel named 'x'"]);
});

Deno.test("times grow while something runs, and stand still afterwards", () => {
  const state = run([started, node(0, { event: "node_started", time: at(1), attempt: 1 })]);
  assert.deepEqual(nodeSeconds(state.nodes[0], zero + 4000), 3);
  assert.deepEqual(nodeSeconds(state.nodes[1], zero + 4000), null);
  assert.deepEqual(runSeconds(state, zero + 4000), 4);
  // A browser whose clock is behind.
  assert.deepEqual(nodeSeconds(state.nodes[0], zero), 0);
  fold(state, node(0, { event: "node_finished", status: "succeeded", seconds: 3.5, attempts: 1 }));
  assert.deepEqual(nodeSeconds(state.nodes[0], zero + 99000), 3.5);
});

Deno.test("unknown events and events of unknown nodes change nothing", () => {
  const state = run([started]);
  const before = JSON.stringify(state);
  for (
    const event of [{ event: "new_kind", place: 0 }, node(2, { event: "new_kind" }), {
      event: "node_started",
      place: 77,
      time: at(1),
    }]
  ) {
    fold(state, event);
  }
  assert.deepEqual(JSON.stringify(state), before);
  assert.ok(!state.over);
});
