// The cells of the grid of a history: a run, a node, a node in a run.

import { h, s } from "../dom.js";
import { sparkline } from "./grid.js";
import { sign } from "./parts.js";
import { clock, duration, statusTone, statusWord, timeOf } from "./words.js";

/** @param {Record<string, any>} run @param {number} column @param {number} longest the seconds of the longest run */
export function headCell(run, column, longest) {
  const bar = h("span", { class: "history-bar", data: { tone: statusTone(String(run.status)) } });
  bar.style.height = `${Math.max(2, (44 * (Number(run.seconds) || 0)) / longest)}px`;
  const started = clock(timeOf(run.started), Date.now());
  return h(
    "th",
    {
      scope: "col",
      class: "history-run",
      role: "columnheader",
      data: { column, row: -1 },
      tabindex: -1,
      title: `Run ${run.run}: ${statusWord(String(run.status))}, ${duration(run.seconds)}\n${started}`,
      "aria-label": `Run ${run.run}, ${statusWord(String(run.status))}, ${duration(run.seconds)}, ${started}`,
    },
    h("span", { class: "history-bars" }, bar),
    sign(String(run.status)),
    h("span", { class: "history-number" }, String(run.run)),
  );
}

/** @param {import("./grid.js").Row} row */
export function labelCell(row) {
  const points = sparkline(row.seconds, 60, 14);
  const line = s(
    "svg",
    {
      class: "history-spark",
      viewBox: "-2 -2 64 18",
      role: "img",
      "aria-label": points.length > 0 ? `Durations, usually ${duration(row.usual)}` : "No durations yet",
    },
    points.length > 1 ? s("polyline", { points: points.map(({ x, y }) => `${x},${y}`).join(" ") }) : null,
    points.length > 0
      ? s("circle", { cx: points[points.length - 1].x, cy: points[points.length - 1].y, r: 1.8 })
      : null,
  );
  return h(
    "th",
    { scope: "row", class: "history-node" },
    h("span", { class: "history-label", title: row.label }, row.label),
    line,
    h("span", { class: "history-usual" }, duration(row.usual)),
  );
}

/** @param {import("./grid.js").Square | null} square @param {Record<string, any>} run @param {number} column @param {number} row */
export function squareCell(square, run, column, row) {
  if (!square) {
    return h("td", {
      role: "gridcell",
      data: { column, row },
      tabindex: -1,
      "aria-label": `Run ${run.run}: this node was not in it`,
    });
  }
  const text = `Run ${run.run}, ${square.label}: ${statusWord(square.status)}${
    square.seconds === null ? "" : `, ${duration(square.seconds)}`
  }`;
  return h(
    "td",
    { role: "gridcell", data: { column, row }, tabindex: -1, title: text, "aria-label": text },
    h(
      "span",
      { class: "history-square", data: { tone: statusTone(square.status), status: square.status } },
      sign(square.status),
    ),
  );
}
