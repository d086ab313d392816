// How long a run goes on, from earlier runs. No access to the page.

import { isOver } from "./words.js";

/** @typedef {import("./state.js").RunState} RunState */
/** @typedef {import("./state.js").Data} Data */

/**
 * The median duration of each node in earlier runs in which it succeeded.
 *
 * @param {Data[]} runs answers of `GET api/runs`, newest first
 * @param {string} current the run that does not count
 * @returns {Map<string, number>} seconds by the node's id
 */
export function usualSeconds(runs, current) {
  /** @type {Map<string, number[]>} */
  const found = new Map();
  for (const run of runs) {
    if (String(run.run) === current) continue;
    for (const node of run.nodes ?? []) {
      if (node.status !== "succeeded" || typeof node.seconds !== "number") continue;
      const list = found.get(node.id) ?? [];
      if (list.length < 9) list.push(node.seconds);
      found.set(node.id, list);
    }
  }
  return new Map([...found].map(([id, list]) => [id, median(list)]));
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * About how many seconds a run goes on: the longest path of nodes that have not ended, or all their work
 * divided by the number of jobs, if that is longer. Null if no node that has not ended is known.
 *
 * @param {RunState} state
 * @param {Map<string, number>} usual
 * @param {number} now milliseconds since 1970
 * @param {number} jobs
 * @returns {number | null}
 */
export function remainingSeconds(state, usual, now, jobs) {
  const open = state.nodes.filter((node) => !isOver(node.status));
  if (open.length === 0 || state.over) return null;
  const known = open.filter((node) => usual.has(node.id));
  if (known.length * 2 < open.length || known.length === 0) return null;
  const average = known.reduce((sum, node) => sum + (usual.get(node.id) ?? 0), 0) / known.length;
  /** @type {Map<number, number>} */
  const own = new Map();
  for (const node of open) {
    const total = usual.get(node.id) ?? average;
    const spent = node.status === "running" && node.started !== null ? (now - node.started) / 1000 : 0;
    own.set(node.place, Math.max(0, total - Math.max(0, spent)));
  }
  // Places are in an order in which parents come first.
  /** @type {Map<number, number>} */
  const ends = new Map();
  for (const node of open) {
    const before = Math.max(0, ...node.parents.map((parent) => ends.get(parent) ?? 0));
    ends.set(node.place, before + (own.get(node.place) ?? 0));
  }
  const work = [...own.values()].reduce((sum, value) => sum + value, 0);
  return Math.max(...ends.values(), work / Math.max(1, jobs));
}
