// A pipeline is opened: what is shown while it loads, and if it cannot be read.

import { ApiError, ConnectionError, explain } from "../api.js";
import { fill, h } from "../dom.js";

/** A page that says at once that it loads flickers if the file is there soon: in milliseconds. */
const patience = 300;

/**
 * @param {{editor: import("./editor.js").Editor, properties: import("./properties.js").Properties,
 *   palette: import("./palette.js").Palette, notices: import("./notices.js").Notices}} parts
 * @param {{route: import("../types.js").Route, body: HTMLElement, element: HTMLElement, place: HTMLElement}} options
 */
export async function openPipeline(
  { editor, properties, palette, notices },
  { route, body, element, place },
) {
  const { document: pipeline, context } = editor;
  const loading = h("div", { class: "canvas-empty", role: "status" });
  place.append(loading);
  // A status is announced when its text comes into a place that was there.
  const timer = setTimeout(
    () => fill(loading, h("p", { class: "muted" }, `${pipeline.path} is loading …`)),
    patience,
  );
  const stop = () => {
    clearTimeout(timer);
    loading.remove();
  };
  const load = async () => {
    const opened = pipeline.open();
    opened.then(stop, () => {});
    const [form, components] = await Promise.all([context.api.get("form"), context.api.get("components"), opened]);
    properties.form = form;
    editor.components = components.components ?? [];
    for (const problem of components.problems ?? []) context.toast(problem, "warning");
  };
  try {
    await patiently(context.api, load);
  } catch (error) {
    fill(body, unreadable(error, pipeline.path));
    return;
  } finally {
    stop();
  }
  if (pipeline.closed) return;
  pipeline.dispatchEvent(new Event("change"));
  if (!element.hidden) pipeline.listen();
  await Promise.all([palette.start(), notices.findDraft()]);
  if (route.name === "edit" && route.node) editor.goTo(route.node);
}

/**
 * Does something again when the server is back, if it did not answer.
 * @param {import("../api.js").Api} api
 * @param {() => Promise<void>} action
 */
async function patiently(api, action) {
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
    }
    while (api.state !== "online") {
      await new Promise((resolve) => api.addEventListener("connection", resolve, { once: true }));
    }
  }
}

/**
 * @param {unknown} error
 * @param {string} path
 */
function unreadable(error, path) {
  const found = error instanceof ApiError && Array.isArray(error.body?.findings) ? error.body.findings : [];
  return h(
    "div",
    { class: "unreadable" },
    h("h2", null, `${path} could not be opened`),
    h("p", null, explain(error)),
    found.length > 0
      ? h("ul", null, found.slice(0, 50).map((/** @type {any} */ { message }) => h("li", null, message)))
      : null,
    h(
      "p",
      null,
      h("button", { class: "button", type: "button", on: { click: () => location.reload() } }, "Try again"),
      " ",
      h("a", { class: "button", href: "#/" }, "To the folder"),
    ),
  );
}
