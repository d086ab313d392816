// The runs of a pipeline as a grid: a row for each node, a column for each run. No access to the page.

/** @typedef {Record<string, any>} Data */
/** @typedef {{place: number, label: string, status: string, seconds: number | null}} Square */
/** @typedef {{id: string, label: string, squares: (Square | null)[], seconds: (number | null)[], usual: number | null}} Row */
/** @typedef {{runs: Data[], rows: Row[], longest: number}} Grid */

/**
 * @param {Data[]} newestFirst answers of `GET api/runs`
 * @returns {Grid} runs from the oldest to the newest, nodes in the order of the newest run that has them
 */
export function gridOf(newestFirst) {
  const runs = [...newestFirst].reverse();
  /** @type {Map<string, Row>} */
  const rows = new Map();
  for (const run of newestFirst) {
    for (const node of [...(run.nodes ?? [])].sort((a, b) => a.place - b.place)) {
      if (rows.has(node.id)) continue;
      rows.set(node.id, {
        id: node.id,
        label: String(node.label),
        squares: runs.map(() => null),
        seconds: runs.map(() => null),
        usual: null,
      });
    }
  }
  for (const [column, run] of runs.entries()) {
    for (const node of run.nodes ?? []) {
      const row = rows.get(node.id);
      if (!row) continue;
      row.squares[column] = {
        place: node.place,
        label: String(node.label),
        status: String(node.status),
        seconds: node.seconds ?? null,
      };
      if (node.status === "succeeded") row.seconds[column] = node.seconds ?? null;
    }
  }
  for (const row of rows.values()) {
    const known = row.seconds.filter((value) => value !== null).sort((a, b) => a - b);
    row.usual = known.length > 0 ? known[known.length >> 1] : null;
  }
  const longest = Math.max(0.001, ...runs.map((run) => Number(run.seconds) || 0));
  return { runs, rows: [...rows.values()], longest };
}

/**
 * A line through the durations of a node, in a box.
 *
 * @param {(number | null)[]} values
 * @param {number} width
 * @param {number} height
 * @returns {{x: number, y: number}[]}
 */
export function sparkline(values, width, height) {
  const known = values.map((value, index) => ({ value, index })).filter((entry) => entry.value !== null);
  const most = Math.max(0.001, ...known.map((entry) => Number(entry.value)));
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  return known.map(({ value, index }) => ({
    x: Math.round(10 * (values.length > 1 ? index * step : width / 2)) / 10,
    y: Math.round(10 * (height - (height * Number(value)) / most)) / 10,
  }));
}
