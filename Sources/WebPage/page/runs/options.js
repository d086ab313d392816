// Choices that survive a reload: views, orders, widths, the values of the run form.

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
    const text = localStorage.getItem(PREFIX + name);
    if (text === null) return standard;
    const value = JSON.parse(text);
    return typeof value === typeof standard ? value : standard;
  } catch {
    return standard; // The browser allows no storage, or somebody wrote something else.
  }
}

/**
 * Keeps a choice.
 *
 * @param {string} name
 * @param {unknown} value
 */
export function keepOption(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Without storage, choices last until the page is closed.
  }
}
