// The state of a run and its nodes. No access to the page, so that it can be tested alone.

import { baseName, isOver, timeOf } from "./words.js";

/**
 * @typedef {object} CellState
 * @property {number} index
 * @property {string} firstLine
 * @property {string} status
 * @property {boolean} code
 * @property {number | null} count
 * @property {number | null} seconds
 * @property {string | null} error
 *
 * @typedef {object} Attempt
 * @property {number} number
 * @property {number} started milliseconds since 1970
 * @property {number | null} seconds
 * @property {string} status
 * @property {string | null} message
 *
 * @typedef {object} NodeState
 * @property {number} place
 * @property {string} id
 * @property {string} label
 * @property {string | null} file
 * @property {number[]} parents
 * @property {number | null} usual how many seconds it usually takes
 * @property {string} status
 * @property {string | null} message
 * @property {string | null} reason
 * @property {string | null} progress
 * @property {number} attempts
 * @property {number | null} started milliseconds since 1970, of the first attempt
 * @property {number | null} seconds
 * @property {string | number | null} cachedRun
 * @property {boolean} hasLog
 * @property {boolean} hasNotebook whether it runs a notebook
 * @property {boolean} hasResult whether the record has its executed notebook
 * @property {boolean} settled whether the record already had its end before its events were read
 * @property {string | null} kernel
 * @property {string} tail
 * @property {string[]} warnings
 * @property {CellState[]} cells
 * @property {number | null} cell the index of the running cell
 * @property {number} cellsDone
 * @property {number} cellsToRun
 * @property {Attempt[]} history
 *
 * @typedef {object} RunState
 * @property {string} run
 * @property {"pipeline" | "notebook"} kind
 * @property {string} file
 * @property {string} name
 * @property {boolean} inside
 * @property {string} status
 * @property {number | null} started milliseconds since 1970
 * @property {number | null} seconds
 * @property {NodeState[]} nodes
 * @property {number | null} jobs how many nodes run at once
 * @property {boolean} keepsGoing whether other nodes run after a failure
 * @property {string[]} warnings
 * @property {number[]} criticalPath
 * @property {string | null} message
 * @property {boolean} over
 *
 * @typedef {Record<string, any>} Data An object from the server.
 */

/** @param {number} place @param {Data} data @returns {NodeState} */
export function newNode(place, data) {
  const status = String(data.status ?? (data.skipped ? "skipped" : "waiting"));
  return {
    place,
    id: String(data.id ?? data.node ?? place),
    label: String(data.label || baseName(String(data.file ?? "")) || `node ${place + 1}`),
    file: data.file ?? null,
    parents: Array.isArray(data.parents) ? data.parents.map(Number) : [],
    usual: typeof data.usual_seconds === "number" ? data.usual_seconds : null,
    status,
    message: data.message ?? null,
    reason: data.reason ?? null,
    progress: null,
    attempts: Number(data.attempts ?? 0),
    started: timeOf(data.started),
    seconds: data.seconds ?? null,
    cachedRun: data.cached_run ?? null,
    hasLog: Boolean(data.has_log),
    hasNotebook: Boolean(data.has_notebook) || /\.ipynb$/.test(String(data.file ?? "")),
    hasResult: Boolean(data.has_notebook),
    settled: isOver(status) && status !== "skipped",
    kernel: null,
    tail: String(data.stderr_tail ?? ""),
    warnings: [],
    cells: [],
    cell: null,
    cellsDone: 0,
    cellsToRun: 0,
    history: [],
  };
}

/** The state of a run from the answer to `GET api/runs/R`. @param {Data} data @returns {RunState} */
export function stateOf(data) {
  const kind = data.kind === "notebook" ? "notebook" : "pipeline";
  const status = String(data.status ?? "running");
  /** @type {RunState} */
  const state = {
    run: String(data.run),
    kind,
    file: String(data.file ?? ""),
    name: String(data.name || baseName(String(data.file ?? ""))),
    inside: data.inside !== false,
    status,
    started: timeOf(data.started),
    seconds: data.seconds ?? null,
    nodes: [],
    jobs: null,
    keepsGoing: true,
    warnings: [],
    criticalPath: [],
    message: data.message ?? null,
    over: data.running === undefined ? isOver(status) : !data.running,
  };
  for (const node of data.nodes ?? []) {
    state.nodes.push(newNode(Number(node.place ?? state.nodes.length), node));
  }
  if (kind === "notebook" && state.nodes.length === 0) {
    state.nodes.push(
      newNode(0, { ...data, id: "notebook", label: baseName(state.file), has_log: true, has_notebook: true }),
    );
  }
  state.nodes.sort((a, b) => a.place - b.place);
  if (state.over) closeOpen(state);
  return state;
}

/** @param {NodeState} node @param {string} status @param {number | null} seconds @param {string | null} message */
export function endAttempt(node, status, seconds, message) {
  const attempt = node.history.at(-1);
  if (!attempt || attempt.status !== "running") return;
  attempt.status = status;
  attempt.seconds = seconds;
  attempt.message = message;
}

/** Nodes of a run that is over do not run and do not wait. @param {RunState} state */
export function closeOpen(state) {
  for (const node of state.nodes) {
    if (isOver(node.status)) continue;
    const hasBegun = node.status === "running" || node.status === "retrying";
    node.status = hasBegun ? (state.status === "killed" ? "killed" : "interrupted") : "not_run";
    node.cell = null;
    node.progress = null;
    endAttempt(node, node.status, null, null);
  }
}

/** The number of nodes by status. @param {RunState} state @returns {Record<string, number>} */
export function countsOf(state) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const node of state.nodes) counts[node.status] = (counts[node.status] ?? 0) + 1;
  return counts;
}

/** Which cell a node runs, as `cell 3 of 4`; null if it runs none. @param {NodeState} node */
export function cellText(node) {
  if (node.status !== "running" || node.cellsToRun === 0) return null;
  return `cell ${Math.min(node.cellsDone + 1, node.cellsToRun)} of ${node.cellsToRun}`;
}

/** The first cell that failed; null if none did. @param {NodeState} node @returns {CellState | null} */
export function failedCell(node) {
  const bad = new Set(["failed", "timed_out", "interrupted", "killed_with_kernel"]);
  return node.cells.find((cell) => bad.has(cell.status)) ?? null;
}

/**
 * How long a node has run, in seconds; null if it has not started.
 *
 * @param {NodeState} node
 * @param {number} now milliseconds since 1970
 */
export function nodeSeconds(node, now) {
  if (isOver(node.status) || node.status === "waiting") {
    return node.started === null && node.seconds === 0 ? null : node.seconds;
  }
  return node.started === null ? null : Math.max(0, (now - node.started) / 1000);
}

/** How long a run has taken, in seconds. @param {RunState} state @param {number} now */
export function runSeconds(state, now) {
  if (state.over && state.seconds !== null) return state.seconds;
  if (state.started === null) return null;
  if (!state.over) return Math.max(0, (now - state.started) / 1000);
  const ends = state.nodes.map((node) => node.started === null ? 0 : node.started + (node.seconds ?? 0) * 1000);
  return Math.max(0, (Math.max(0, ...ends) - state.started) / 1000) || null;
}
