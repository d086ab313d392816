// The addresses of runs, pipelines, histories and comparisons.

import { formatRoute } from "../router.js";

/**
 * The address of a run, or of a node or a cell in it.
 *
 * @param {string | number} run
 * @param {number | null} [place] of the node
 * @param {number | null} [cell] its number, from 1
 */
export function runAddress(run, place = null, cell = null) {
  return formatRoute({ name: "run", run: String(run), node: place === null ? null : String(place), cell });
}

/** The address of a pipeline in the editor. @param {string} path @param {string | null} [node] its id */
export function editAddress(path, node = null) {
  return formatRoute({ name: "edit", path, node });
}

/** The address of the history of a pipeline. @param {string} path */
export function historyAddress(path) {
  return formatRoute({ name: "history", path });
}

/** The address of the comparison of two runs. @param {string} a @param {string} b */
export function compareAddress(a, b) {
  return formatRoute({ name: "compare", runs: [a, b] });
}
