// How long a run goes on, from the usual durations of its nodes. It repeats what the schedule does, as the board of a
// terminal does: ready nodes start in free slots, first those before the longest chain. No access to the page.

import { isFailure, isOver } from "./words.js";

/** @typedef {import("./state.js").RunState} RunState */
/** @typedef {import("./state.js").NodeState} NodeState */

/**
 * About how many seconds the rest of a run takes; null if the durations of less than half of it are known.
 *
 * @param {RunState} state
 * @param {number} now milliseconds since 1970
 * @returns {number | null}
 */
export function remainingSeconds(state, now) {
  const { nodes, jobs } = state;
  if (state.over || jobs === null) return null;
  const isEnding = !state.keepsGoing && nodes.some((node) => isFailure(node.status));
  const isLeft = nodes.map(({ status }) =>
    status === "skipped" || status === "running" || (!isOver(status) && !isEnding)
  );
  const toRun = nodes.filter(({ place, status }) => isLeft[place] && status !== "skipped");
  const known = toRun.filter(({ usual }) => usual !== null).length;
  if (known === 0 || known * 2 < toRun.length) return null;

  const graph = graphOf(nodes, jobs);
  const missing = graph.parents.map((parents) => parents.filter((parent) => isLeft[parent]).length);
  /** The running nodes, the last one ends first. @type {{place: number, end: number}[]} */
  const running = [];
  const start = (/** @type {number} */ place, /** @type {number} */ end) => {
    const before = running.findIndex((other) => other.end <= end);
    running.splice(before < 0 ? running.length : before, 0, { place, end });
  };
  /** Places that are ready, the last one starts first. @type {number[]} */
  const ready = [];
  const wait = (/** @type {number} */ place) => {
    let [low, high] = [0, ready.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (graph.order[ready[middle]] > graph.order[place]) low = middle + 1;
      else high = middle;
    }
    ready.splice(low, 0, place);
  };
  for (const node of nodes) {
    if (!isLeft[node.place]) continue;
    // A node that takes longer than usual may end at any time.
    if (node.status === "running") start(node.place, Math.max(0, graph.seconds[node.place] - elapsed(node, now)));
    else if (missing[node.place] === 0) wait(node.place);
  }
  for (let time = 0;;) {
    while (running.length < jobs && ready.length > 0) {
      const place = /** @type {number} */ (ready.pop());
      start(place, time + (nodes[place].status === "skipped" ? 0 : graph.seconds[place]));
    }
    const first = running.pop();
    if (!first) return time;
    time = first.end;
    for (const child of graph.children[first.place]) if (isLeft[child] && --missing[child] === 0) wait(child);
  }
}

/** For how many seconds the attempt of a node has run. @param {NodeState} node @param {number} now */
function elapsed(node, now) {
  const started = node.history.at(-1)?.started ?? node.started ?? now;
  return Math.max(0, (now - started) / 1000);
}

/**
 * The graph of a run, with the duration of each node (that of a usual node if its own is unknown), and the order in
 * which nodes start when they are ready.
 *
 * @param {NodeState[]} nodes
 * @param {number} jobs
 */
function graphOf(nodes, jobs) {
  const parents = nodes.map((node) =>
    [...new Set(node.parents)].filter((parent) => parent >= 0 && parent < node.place)
  );
  /** @type {number[][]} */
  const children = nodes.map(() => []);
  for (const [place, list] of parents.entries()) for (const parent of list) children[parent].push(place);
  const known = nodes.flatMap(({ usual }) => usual ?? []).sort((a, b) => a - b);
  const seconds = nodes.map(({ usual }) => Math.max(0, usual ?? known[known.length >> 1] ?? 0));
  const ranks = [...seconds];
  for (let place = nodes.length - 1; place >= 0; place -= 1) {
    let longest = 0;
    for (const child of children[place]) longest = Math.max(longest, ranks[child]);
    ranks[place] += longest;
  }
  const places = nodes.map(({ place }) => place);
  if (jobs > 1) places.sort((a, b) => ranks[b] - ranks[a] || a - b);
  /** @type {number[]} */
  const order = new Array(nodes.length);
  for (const [at, place] of places.entries()) order[place] = at;
  return { parents, children, seconds, order };
}
