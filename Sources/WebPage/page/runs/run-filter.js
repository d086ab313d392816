// Which runs a filter leaves. No access to the page.

import { isFailure, isOver } from "./words.js";

/**
 * Whether a run fits the filter.
 *
 * @param {Record<string, any>} run
 * @param {string} text
 * @param {string} status
 * @param {string} kind
 */
export function fits(run, text, status, kind) {
  const state = String(run.status);
  const isStopped = state === "interrupted" || state === "stopped" || state === "killed";
  const isGood = state === "succeeded" || state === "cached";
  if (status === "running" && isOver(state)) return false;
  if (status === "good" && !isGood) return false;
  if (status === "stopped" && !isStopped) return false;
  if (status === "bad" && (isStopped || !isFailure(state))) return false;
  if (kind !== "" && (run.kind === "notebook" ? "notebook" : "pipeline") !== kind) return false;
  const all = `${run.run} ${run.file} ${run.name ?? ""} ${
    (run.nodes ?? []).map((/** @type {any} */ node) => node.label).join(" ")
  }`.toLowerCase();
  return text.toLowerCase().split(/\s+/).every((word) => all.includes(word));
}
