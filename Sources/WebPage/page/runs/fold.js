// Events of a run into its state (docs/events.md). No access to the page.

import { closeOpen, endAttempt, newNode } from "./state.js";
import { timeOf } from "./words.js";

/**
 * @typedef {import("./state.js").RunState} RunState
 * @typedef {import("./state.js").NodeState} NodeState
 * @typedef {import("./state.js").CellState} CellState
 * @typedef {import("./state.js").Data} Data
 */

/**
 * Takes the next event into the state.
 *
 * @param {RunState} state
 * @param {Data} event
 * @returns {number | null} the place of the node that it is about; null if it is about the run
 */
export function fold(state, event) {
  const time = timeOf(event.time) ?? 0;
  switch (event.event) {
    case "pipeline_started":
      startPipeline(state, event, time);
      return null;
    case "pipeline_finished":
      state.status = String(event.status);
      state.seconds = event.seconds ?? state.seconds;
      state.criticalPath = event.critical_path ?? [];
      state.over = true;
      closeOpen(state);
      return null;
  }
  const node = nodeOf(state, event);
  if (node === null) {
    if (event.event === "warning") state.warnings.push(String(event.message));
    return null;
  }
  foldNode(state, node, event, time);
  return node.place;
}

/** @param {RunState} state @param {Data} event @returns {NodeState | null} */
function nodeOf(state, event) {
  if (state.kind === "notebook") return state.nodes[0] ?? null;
  if (event.place === undefined || event.place === null) return null;
  const expected = state.nodes[event.place];
  if (expected?.place === event.place) return expected;
  return state.nodes.find((node) => node.place === event.place) ?? null;
}

/** @param {RunState} state @param {Data} event @param {number} time */
function startPipeline(state, event, time) {
  state.started = time || state.started;
  state.jobs = typeof event.jobs === "number" ? Math.max(1, event.jobs) : null;
  state.keepsGoing = event.keep_going !== false;
  const known = new Map(state.nodes.map((node) => [node.place, node]));
  state.nodes = (event.node_list ?? []).map((/** @type {Data} */ entry, /** @type {number} */ place) => {
    const node = newNode(place, entry);
    const old = known.get(place);
    if (!old) return node;
    old.parents = node.parents;
    old.usual = node.usual;
    old.file ??= node.file;
    old.hasNotebook ||= node.hasNotebook;
    return old;
  });
}

/** @param {RunState} state @param {NodeState} node @param {Data} event @param {number} time */
function foldNode(state, node, event, time) {
  switch (event.event) {
    case "node_comparing":
      if (!node.settled) node.status = "comparing";
      node.progress = `comparing ${Number(event.files).toLocaleString("en")} files`;
      break;
    case "node_started":
      startAttempt(node, Number(event.attempt ?? node.history.length + 1), time);
      node.reason = event.reason ?? node.reason;
      node.hasLog = true;
      break;
    case "node_retried":
      endAttempt(node, String(event.status), event.seconds ?? null, event.message ?? null);
      if (!node.settled) {
        node.status = "retrying";
        node.message = event.message ?? null;
      }
      break;
    case "node_finished":
      finishNode(node, event);
      break;
    case "kernel_starting":
      node.kernel = String(event.kernel);
      node.progress = `kernel ${event.kernel} starts`;
      break;
    case "kernel_ready":
      node.progress = null;
      break;
    case "run_started":
      node.cells = cellsOf(event.cell_list);
      node.cellsDone = 0;
      node.cellsToRun = Number(event.to_run ?? 0);
      if (state.kind === "notebook") startAttempt(node, 1, time);
      break;
    case "cell_started":
      setCell(node, event, "running");
      node.cell = node.settled ? null : Number(event.cell);
      break;
    case "cell_finished":
      setCell(node, event, String(event.status));
      node.cell = null;
      node.cellsDone += 1;
      break;
    case "cell_not_run":
      setCell(node, event, "not_run");
      break;
    case "kernel_died":
      node.message ??= event.reason ?? null;
      break;
    case "warning":
      node.warnings.push(
        event.cell === null || event.cell === undefined
          ? String(event.message)
          : `cell ${Number(event.cell) + 1}: ${event.message}`,
      );
      break;
    case "run_finished":
      if (event.cell_list) node.cells = cellsOf(event.cell_list);
      if (state.kind === "notebook") finishNotebook(state, node, event, time);
      break;
    case "error":
      if (state.kind === "notebook") finishNotebook(state, node, { ...event, outcome: "failed" }, time);
      break;
  }
}

/** @param {NodeState} node @param {number} number @param {number} time */
function startAttempt(node, number, time) {
  if (!node.history.some((attempt) => attempt.number === number)) {
    node.history.push({ number, started: time, seconds: null, status: "running", message: null });
  }
  node.started ??= time;
  node.attempts = Math.max(node.attempts, number);
  node.progress = null;
  if (!node.settled) {
    node.status = "running";
    node.message = null;
    node.cells = [];
    node.cell = null;
  }
}

/** @param {NodeState} node @param {Data} event */
function finishNode(node, event) {
  node.settled = true;
  node.status = String(event.status);
  node.message = event.message ?? null;
  node.reason = event.reason ?? node.reason;
  node.attempts = Number(event.attempts ?? node.attempts);
  node.seconds = event.seconds ?? null;
  node.cachedRun = event.cached_run ?? null;
  node.file ??= event.file ?? null;
  node.started = timeOf(event.started) ?? node.started;
  node.hasLog ||= Boolean(event.log);
  node.hasResult ||= Boolean(event.executed);
  node.hasNotebook ||= node.hasResult;
  node.tail = String(event.stderr_tail ?? "");
  node.cell = null;
  node.progress = null;
  if (event.cell_list) node.cells = cellsOf(event.cell_list);
  const last = node.history.at(-1);
  const before = node.history.slice(0, -1);
  const spent = last && node.started !== null ? (last.started - node.started) / 1000 : 0;
  // The duration of a node is that of all its attempts.
  endAttempt(
    node,
    node.status,
    before.length && node.seconds !== null ? Math.max(0, node.seconds - spent) : node.seconds,
    node.message,
  );
}

/** @param {RunState} state @param {NodeState} node @param {Data} event @param {number} time */
function finishNotebook(state, node, event, time) {
  const outcome = String(event.outcome ?? "failed");
  const status = outcome === "completed" ? "succeeded" : outcome === "stopped" ? "interrupted" : outcome;
  const message = event.message ?? event.reason ?? null;
  const seconds = event.seconds ?? (node.started ? (time - node.started) / 1000 : null);
  endAttempt(node, status, seconds, message);
  Object.assign(node, { settled: true, status, message, seconds, cell: null, progress: null });
  node.tail = String(event.stderr_tail ?? "");
  node.cachedRun = event.cached_run ?? null;
  Object.assign(state, { status, seconds, message, over: true });
}

/** @param {unknown} list @returns {CellState[]} */
export function cellsOf(list) {
  return Array.isArray(list) ? list.map((cell, index) => cellOf(cell, index)) : [];
}

/** @param {Data} data @param {number} index @returns {CellState} */
function cellOf(data, index) {
  const error = data.error;
  return {
    index: Number(data.cell ?? index),
    firstLine: String(data.first_line ?? ""),
    status: String(data.status ?? "pending"),
    code: data.code !== false,
    count: data.execution_count ?? null,
    seconds: data.seconds ?? null,
    error: error ? `${error.ename ?? ""}: ${error.evalue ?? ""}` : null,
  };
}

/** @param {NodeState} node @param {Data} event @param {string} status */
function setCell(node, event, status) {
  const index = Number(event.cell);
  const cell = cellOf({ ...event, status }, index);
  const place = node.cells.findIndex((other) => other.index === index);
  if (place < 0) {
    node.cells.push(cell);
    return;
  }
  const old = node.cells[place];
  node.cells[place] = { ...cell, firstLine: cell.firstLine || old.firstLine };
}

/**
 * The run is over, and its log has no end of its own if it was killed.
 *
 * @param {RunState} state
 * @param {string} status
 */
export function finish(state, status) {
  if (!state.over || status === "killed") state.status = status;
  state.over = true;
  closeOpen(state);
}
