// The geometry of a timeline: bars of nodes and the ticks of its axis. No access to the page.

import { isOver, two } from "./words.js";

/** @typedef {import("./state.js").RunState} RunState */
/** @typedef {import("./state.js").NodeState} NodeState */
/** @typedef {{from: number, to: number, status: string, attempt: number, isOpen: boolean}} Bar Seconds since the start of the run. */

/**
 * The bars of a node: one for each attempt.
 *
 * @param {RunState} state
 * @param {NodeState} node
 * @param {number} now milliseconds since 1970
 * @returns {Bar[]}
 */
export function barsOf(state, node, now) {
  const zero = state.started;
  if (zero === null) return [];
  const at = (/** @type {number} */ time) => Math.max(0, (time - zero) / 1000);
  if (node.history.length > 0) {
    return node.history.map((attempt) => {
      const isOpen = attempt.status === "running" && !isOver(node.status) && !state.over;
      const from = at(attempt.started);
      const to = attempt.seconds !== null ? from + attempt.seconds : isOpen ? at(now) : from;
      const status = attempt.status === "running" && !isOpen ? node.status : attempt.status;
      return { from, to: Math.max(from, to), status, attempt: attempt.number, isOpen };
    });
  }
  if (node.started === null) return [];
  const isOpen = !isOver(node.status);
  const from = at(node.started);
  const to = isOpen ? at(now) : from + (node.seconds ?? 0);
  return [{ from, to: Math.max(from, to), status: node.status, attempt: node.attempts || 1, isOpen }];
}

/** The length of the axis in seconds. @param {RunState} state @param {number} now */
export function spanOf(state, now) {
  let end = 0;
  for (const node of state.nodes) {
    for (const bar of barsOf(state, node, now)) end = Math.max(end, bar.to);
  }
  if (state.started !== null && !state.over) end = Math.max(end, (now - state.started) / 1000);
  if (state.over && state.seconds !== null) end = Math.max(end, state.seconds);
  return end > 0 ? end : 1;
}

const STEPS = [
  0.001,
  0.002,
  0.005,
  0.01,
  0.02,
  0.05,
  0.1,
  0.2,
  0.5,
  1,
  2,
  5,
  10,
  15,
  30,
  60,
  120,
  300,
  600,
  900,
  1800,
  3600,
  7200,
  10800,
  21600,
  43200,
  86400,
];

/**
 * The ticks of the axis.
 *
 * @param {number} from seconds
 * @param {number} to seconds
 * @param {number} most the number of ticks that fit
 * @returns {{at: number, text: string}[]}
 */
export function ticksOf(from, to, most) {
  const wanted = (to - from) / Math.max(1, most);
  const step = STEPS.find((value) => value >= wanted) ?? Math.ceil(wanted / 86400) * 86400;
  const ticks = [];
  for (let number = Math.ceil(from / step - 1e-9); number * step <= to + step * 1e-9; number += 1) {
    const at = number * step;
    ticks.push({ at, text: tickText(at, step) });
  }
  return ticks;
}

/** @param {number} at @param {number} step */
function tickText(at, step) {
  if (step < 1) return `${at.toFixed(step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3)} s`;
  const seconds = Math.round(at);
  if (seconds < 60 && step < 60) return `${seconds} s`;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  if (step >= 60) return hours > 0 ? `${hours}:${two(minutes)} h` : `${minutes} min`;
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
}
