// The differences of two runs: their nodes and cells side by side. No access to the page.

/** @typedef {import("./state.js").NodeState} NodeState */
/** @typedef {import("./state.js").CellState} CellState */
/** @typedef {{id: string, label: string, a: NodeState | null, b: NodeState | null}} Pair */
/** @typedef {{index: number, firstLine: string, a: CellState | null, b: CellState | null}} CellPair */

/**
 * The nodes of both runs, by id; else by label, as in a pipeline that was made anew.
 *
 * @param {NodeState[]} a
 * @param {NodeState[]} b
 * @returns {Pair[]}
 */
export function pairsOf(a, b) {
  /** @type {Pair[]} */
  const pairs = [];
  const taken = new Set();
  for (const node of b) {
    const other = a.find((one) => one.id === node.id) ?? null;
    if (other) taken.add(other);
    pairs.push({ id: node.id, label: node.label, a: other, b: node });
  }
  for (const pair of pairs) {
    if (pair.a) continue;
    pair.a = a.find((one) => !taken.has(one) && one.label === pair.label) ?? null;
    if (pair.a) taken.add(pair.a);
  }
  for (const node of a) if (!taken.has(node)) pairs.push({ id: node.id, label: node.label, a: node, b: null });
  return pairs;
}

/**
 * The cells of a node in both runs, by index.
 *
 * @param {CellState[]} a
 * @param {CellState[]} b
 * @returns {CellPair[]}
 */
export function cellPairsOf(a, b) {
  /** @type {Map<number, CellPair>} */
  const pairs = new Map();
  for (const cell of a) {
    if (cell.code) pairs.set(cell.index, { index: cell.index, firstLine: cell.firstLine, a: cell, b: null });
  }
  for (const cell of b) {
    if (!cell.code) continue;
    const pair = pairs.get(cell.index);
    if (pair) Object.assign(pair, { b: cell, firstLine: cell.firstLine });
    else pairs.set(cell.index, { index: cell.index, firstLine: cell.firstLine, a: null, b: cell });
  }
  return [...pairs.values()].sort((x, y) => x.index - y.index);
}

/**
 * How much longer the second took: `+3.2 s`, `−0.5 s (×0.5)`; empty if one is unknown or both are about equal.
 *
 * @param {number | null | undefined} a seconds
 * @param {number | null | undefined} b seconds
 */
export function changeText(a, b) {
  if (typeof a !== "number" || typeof b !== "number") return "";
  const change = b - a;
  if (Math.abs(change) < 0.05 || Math.abs(change) < 0.03 * Math.max(a, b)) return "";
  const amount = Math.abs(change);
  const text = amount < 10 ? amount.toFixed(1) : String(Math.round(amount));
  const ratio = a > 0.05 ? b / a : 1;
  const factor = ratio >= 1.2 || ratio <= 0.83 ? ` (×${ratio >= 10 ? Math.round(ratio) : ratio.toFixed(1)})` : "";
  return `${change > 0 ? "+" : "−"}${text} s${factor}`;
}
