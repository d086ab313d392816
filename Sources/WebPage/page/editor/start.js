// The folder's page: its pipelines, the latest runs, and a new pipeline.

import { explain } from "../api.js";
import { askText, toast } from "../dialog.js";
import { fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { formatRoute } from "../router.js";
import { duration, statusTone, statusWord } from "../runs/words.js";
import { folderOf } from "./paths.js";

/** @typedef {import("../types.js").FileEntry} FileEntry */
/** @typedef {import("../types.js").Context} Context */

/**
 * @param {HTMLElement} element
 * @param {import("../types.js").Route} _route
 * @param {Context} context
 * @returns {import("../types.js").Page}
 */
export function mount(element, _route, context) {
  const pipelines = h("ul", { class: "cards" });
  const runs = h("ul", { class: "cards" });
  element.append(h(
    "div",
    { class: "start" },
    h(
      "header",
      { class: "start-head" },
      h(
        "div",
        null,
        h("h1", null, context.session.folder),
        h("p", { class: "muted start-path" }, context.session.path),
      ),
      h(
        "button",
        { class: "button primary", type: "button", on: { click: () => newPipeline(context) } },
        icon("plus"),
        "New pipeline",
      ),
    ),
    h(
      "div",
      { class: "start-columns" },
      h(
        "section",
        { "aria-labelledby": "start-pipelines" },
        h("h2", { id: "start-pipelines" }, "Pipelines"),
        pipelines,
      ),
      h("section", { "aria-labelledby": "start-runs" }, h("h2", { id: "start-runs" }, "Latest runs"), runs),
    ),
  ));

  const load = async () => {
    const [found, latest] = await Promise.allSettled([
      context.api.get("files", { search: ".pipeline" }),
      context.api.get("runs", { limit: 12 }),
    ]);
    if (found.status === "fulfilled") {
      /** @type {FileEntry[]} */
      const files = found.value.entries.filter((/** @type {FileEntry} */ { kind }) => kind === "pipeline");
      fill(
        pipelines,
        files.length > 0 ? files.map(pipelineCard) : h(
          "li",
          { class: "muted start-none" },
          "There is no pipeline in this folder yet. Make the first with “New pipeline”.",
        ),
        found.value.truncated ? h("li", { class: "muted start-none" }, "There are more: the list is cut.") : null,
      );
    } else fill(pipelines, h("li", { class: "start-none" }, explain(found.reason)));
    if (latest.status === "fulfilled") {
      fill(
        runs,
        latest.value.runs.length > 0
          ? latest.value.runs.map(runCard)
          : h("li", { class: "muted start-none" }, "Nothing has run here yet."),
      );
    } else fill(runs, h("li", { class: "start-none" }, explain(latest.reason)));
  };
  load();
  return { update: load, shown: load, unmount() {} };
}

/** @param {FileEntry} file */
function pipelineCard({ path, name, modified }) {
  return h(
    "li",
    null,
    h(
      "a",
      { class: "card", href: formatRoute({ name: "edit", path, node: null }) },
      icon("pipeline"),
      h("span", { class: "card-name" }, name),
      h("span", { class: "card-detail" }, folderOf(path)),
      h("span", { class: "card-side" }, modified ? when(modified) : ""),
    ),
  );
}

/** @param {any} run */
function runCard(run) {
  const node = formatRoute({ name: "run", run: String(run.run), node: null, cell: null });
  return h(
    "li",
    null,
    h(
      "a",
      { class: "card", href: node },
      h("span", { class: "run-dot", data: { tone: statusTone(run.status) }, "aria-hidden": "true" }),
      h("span", { class: "card-name" }, `${run.run} · ${run.name ?? run.file}`),
      h("span", { class: "card-detail" }, statusWord(run.status)),
      h(
        "span",
        { class: "card-side" },
        [typeof run.seconds === "number" ? duration(run.seconds) : "", run.started ? when(run.started) : ""].filter((
          part,
        ) => part !== "").join(" · "),
      ),
    ),
  );
}

/** @param {string|number} value */
function when(value) {
  const time = new Date(typeof value === "number" ? value * 1000 : value);
  if (Number.isNaN(time.getTime())) return "";
  const today = new Date().toDateString() === time.toDateString();
  return time.toLocaleString([], today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" });
}

/**
 * Asks for a name, makes the file, and opens it.
 * @param {Context} context
 */
async function newPipeline(context) {
  const path = await askText({
    title: "New pipeline",
    label: "File, in the folder of this page",
    value: "untitled.pipeline",
    button: "Create",
    check: (text) => {
      if (text === "" || text.endsWith("/")) return "Give the file a name.";
      if (text.startsWith("/") || text.split("/").includes("..")) {
        return "The file must be inside the folder: write the path without “..” and without “/” in front.";
      }
      return null;
    },
  });
  if (path === null) return;
  const file = path.endsWith(".pipeline") ? path : `${path}.pipeline`;
  try {
    await context.api.post("files", { path: file });
    context.navigate(formatRoute({ name: "edit", path: file, node: null }));
  } catch (error) {
    toast(`The pipeline was not made: ${explain(error)}`, "error");
  }
}
