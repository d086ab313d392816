// Choices that survive a reload: views, orders, widths, the values of the run form.

import { kept } from "../storage.js";

const PREFIX = "lyre-runs-";

/**
 * A choice of an earlier visit, or a default of the same type.
 *
 * @template T
 * @param {string} name
 * @param {T} standard
 * @returns {T}
 */
export function option(name, standard) {
  try {
    const value = JSON.parse(kept.get(PREFIX + name) ?? "null");
    return value !== null && typeof value === typeof standard ? value : standard;
  } catch {
    return standard; // Somebody wrote something else.
  }
}

/**
 * Keeps a choice.
 *
 * @param {string} name
 * @param {unknown} value
 */
export function keepOption(name, value) {
  kept.set(PREFIX + name, JSON.stringify(value));
}
