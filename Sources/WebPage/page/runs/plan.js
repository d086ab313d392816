// The preview of a run in words. No access to the page.

import { counted } from "./words.js";

/**
 * `3 nodes run, 2 are unchanged`.
 *
 * @param {{action: string}[]} nodes each with the action `run`, `may_run`, `unchanged` or `skipped`
 */
export function planText(nodes) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { action } of nodes) counts.set(action, (counts.get(action) ?? 0) + 1);
  const run = counts.get("run") ?? 0;
  /** @type {string[]} */
  const parts = [run === 0 ? "Nothing runs" : `${counted(run, "node")} ${run === 1 ? "runs" : "run"}`];
  counts.delete("run");
  for (const [action, count] of counts) {
    const words = action === "may_run" ? "may run" : `${count === 1 ? "is" : "are"} ${action}`;
    parts.push(`${count} ${words}`);
  }
  return parts.join(", ");
}
