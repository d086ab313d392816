// The row of a run in the list of all runs.

import { fill, h } from "../dom.js";
import { historyAddress, runAddress } from "./addresses.js";
import { badge, countText, drawCountBar, link } from "./parts.js";
import { ago, baseName, clock, duration, isOver, timeOf } from "./words.js";

/**
 * Fills the row of a run; what changes while it goes on is filled by `updateRow`.
 *
 * @param {HTMLElement} row
 * @param {Record<string, any>} run
 * @param {{isChosen: boolean, choose: (isChosen: boolean) => void}} options for comparing
 */
export function fillRow(row, run, { isChosen, choose }) {
  const id = String(run.run);
  const started = timeOf(run.started);
  const isPipeline = run.kind !== "notebook";
  const check = h("input", {
    type: "checkbox",
    "aria-label": `Choose run ${id} to compare`,
    data: { focus: "check" },
  });
  check.checked = isChosen;
  check.addEventListener("change", () => choose(check.checked));
  const file = String(run.file ?? "");
  fill(
    row,
    h("td", { class: "runs-check" }, isPipeline ? check : null),
    h("td", null, badge(String(run.status))),
    h("td", null, h("a", { href: runAddress(id), class: "run-link", data: { focus: "run" } }, id)),
    h(
      "td",
      { class: "file" },
      isPipeline && run.inside !== false ? link(historyAddress(file), file) : h("span", null, file),
      run.name && !baseName(file).startsWith(run.name) ? h("span", { class: "muted" }, ` ${run.name}`) : null,
    ),
    h(
      "td",
      { class: "counts" },
      isPipeline
        ? [h("div", { class: "run-count-bar" }), h("span", { class: "hidden-text" })]
        : h("span", { class: "muted" }, "notebook"),
    ),
    h(
      "td",
      { title: started === null ? null : new Date(started).toLocaleString() },
      started === null ? "" : `${clock(started, Date.now())}`,
      h("span", { class: "muted runs-ago" }),
    ),
    h(
      "td",
      { class: "number", data: { running: isOver(String(run.status)) ? null : String(started) } },
    ),
  );
}

/** @param {HTMLElement} row @param {Record<string, any>} run */
export function updateRow(row, run) {
  if (run.kind !== "notebook") {
    const text = countText(run.counts ?? {});
    const label = /** @type {HTMLElement} */ (row.querySelector(".counts .hidden-text"));
    if (label.textContent !== text) {
      label.textContent = text;
      drawCountBar(/** @type {HTMLElement} */ (row.querySelector(".run-count-bar")), run.counts ?? {});
    }
  }
  const started = timeOf(run.started);
  setText(row.querySelector(".runs-ago"), started === null ? "" : ` ${ago(started, Date.now())}`);
  setText(row.lastElementChild, runTime(run));
}

/** @param {Record<string, any>} run */
function runTime(run) {
  const started = timeOf(run.started);
  if (isOver(String(run.status)) || started === null) return duration(run.seconds);
  return duration((Date.now() - started) / 1000);
}

/** @param {Element | null} element @param {string} text */
function setText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}
