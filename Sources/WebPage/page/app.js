// The page: the bar with its tabs, the route to a page, the state of the connection.

import { Api, explain } from "./api.js";
import { fillBar } from "./bar.js";
import { openDialog, toast } from "./dialog.js";
import { fill, h } from "./dom.js";
import { startHost, tellHost } from "./host.js";
import { icon } from "./icons.js";
import { formatRoute, parseRoute } from "./router.js";
import { startTheme } from "./theme.js";

/** @typedef {import("./types.js").Route} Route */
/** @typedef {import("./types.js").Page} Page */

const bar = /** @type {HTMLElement} */ (document.getElementById("bar"));
const notice = /** @type {HTMLElement} */ (document.getElementById("notice"));
const main = /** @type {HTMLElement} */ (document.getElementById("page"));
const api = new Api();

/** Pages that were opened, by key: they stay alive behind the others, with their undo and their place. */
/** @type {Map<string, {element: HTMLElement, page: Page, route: Route, dirty: boolean}>} */
const pages = new Map();
/** @type {import("./types.js").Context} */
let context;
let current = "";
/** The page that is shown. */
let front = "";

/** @param {Route} route */
function keyOf(route) {
  if (route.name === "edit") return `edit:${route.path}${route.read ? "?read" : ""}`;
  return route.name === "home" || route.name === "unknown" ? "home" : "runs";
}

/** @param {Route} route */
async function load(route) {
  if (route.name === "edit") return await import("./editor/main.js");
  if (route.name === "home" || route.name === "unknown") return await import("./editor/start.js");
  return await import("./runs/main.js");
}

async function go() {
  const route = parseRoute(location.hash);
  if (route.name === "unknown") {
    toast(`This page has no address ${route.hash}.`, "warning");
    location.replace("#/");
    return;
  }
  const key = keyOf(route);
  current = key;
  const open = pages.get(key);
  if (open) {
    const same = formatRoute(open.route) === formatRoute(route);
    open.route = route;
    reveal(key);
    if (!same || key === "home") open.page.update(route);
    open.page.shown?.();
    return;
  }
  const element = h("section", { class: "page-body" });
  try {
    const module = await load(route);
    if (pages.has(key) || current !== key) return;
    document.getElementById("loading")?.remove();
    main.append(element);
    reveal(key, element);
    pages.set(key, { element, page: module.mount(element, route, context), route, dirty: false });
    reveal(key);
  } catch (error) {
    element.remove();
    document.getElementById("loading")?.remove();
    console.error(error);
    toast(`This part of the page could not be loaded: ${explain(error)} Reload the page.`, "error");
  }
}

/**
 * @param {string} key
 * @param {HTMLElement} [element]
 */
function reveal(key, element = pages.get(key)?.element) {
  for (const child of main.children) /** @type {HTMLElement} */ (child).hidden = child !== element;
  if (front !== key) pages.get(front)?.page.hidden?.();
  front = key;
  drawBar();
  const route = parseRoute(location.hash);
  const title = route.name === "edit"
    ? route.path.split("/").at(-1)
    : route.name === "home"
    ? context.session.folder
    : "Runs";
  const path = route.name === "edit" ? route.path : null;
  tellHost({ hash: location.hash, path, dirty: [...pages.values()].some((entry) => entry.dirty) });
  document.title = `${pages.get(key)?.dirty ? "• " : ""}${title} – Lyre`;
}

function drawBar() {
  fillBar(bar, context.session, { pages, current, close: closeTab });
}

/** @param {string} key */
async function closeTab(key) {
  const entry = pages.get(key);
  if (!entry) return;
  if (entry.dirty) {
    const name = entry.route.name === "edit" ? entry.route.path : "";
    const answer = await openDialog({
      title: `Close ${name} without saving?`,
      body: ["Its changes since the last save would be lost."],
      buttons: [{ label: "Keep it open", value: "keep" }, {
        label: "Close without saving",
        value: "close",
        kind: "danger",
      }],
    });
    if (answer !== "close") return;
  }
  entry.page.unmount();
  entry.element.remove();
  pages.delete(key);
  if (current === key) {
    const next = [...pages.keys()].findLast((other) => other.startsWith("edit:"));
    location.hash = next ? formatRoute(/** @type {any} */ (pages.get(next)).route) : "#/";
  } else drawBar();
}

/**
 * A pipeline's file was renamed outside of the page: its tab goes on with its unsaved changes.
 * @param {string} from
 * @param {string} to
 */
function renamed(from, to) {
  const entry = pages.get(`edit:${from}`);
  if (!entry) return;
  pages.delete(`edit:${from}`);
  entry.route = { name: "edit", path: to, node: null };
  pages.set(`edit:${to}`, entry);
  if (front === `edit:${from}`) front = `edit:${to}`;
  entry.page.renamed?.(to);
  if (current === `edit:${from}`) location.replace(formatRoute(entry.route));
  else drawBar();
}

function drawConnection() {
  const texts = {
    online: "",
    lost:
      "Connection lost: the server of this page does not answer. Your edits are kept here; the page goes on when the server is back.",
    refused:
      "The server does not accept this page any more. Open the address that the command “lyre ui” printed. Unsaved edits are kept in this browser.",
    moved:
      "Another folder is served at this address now. Unsaved edits are kept in this browser. Reload the page to see that folder.",
  };
  document.body.dataset.connection = api.state;
  notice.hidden = api.state === "online";
  fill(notice, api.state === "online" ? null : icon("warning"), texts[api.state]);
}

/** What answers after a time without a server may be another one, which the API finds out, or a newer one. */
async function compareServer() {
  if (api.state !== "online") return;
  const now = await api.get("session").catch(() => null);
  if (now !== null && now.lyre !== context.session.lyre) {
    toast("Lyre was updated. Reload the page when you have saved.", "warning", {
      label: "Reload",
      action: () => location.reload(),
    });
  }
}

async function start() {
  startTheme();
  api.addEventListener("connection", drawConnection);
  // The first part is on its way while the session is asked for; `go` reports an error.
  load(parseRoute(location.hash)).catch(() => {});
  let session;
  try {
    session = await api.get("session");
  } catch (error) {
    drawConnection();
    fill(main, h("p", { class: "blank" }, `The page could not start: ${explain(error)}`));
    api.addEventListener("connection", () => api.state === "online" && location.reload());
    return;
  }
  api.folder = session.path;
  context = {
    api,
    session,
    canvas: () => import("./canvas/canvas.js"),
    navigate: (hash) => void (location.hash = hash),
    toast,
    openRunForm: async (path, options) => {
      const { openRunForm } = await import("./runs/start.js");
      await openRunForm({ path, ...options, context });
    },
    setDocumentState: (path, { dirty }) => {
      const entry = pages.get(`edit:${path}`);
      if (!entry || entry.dirty === dirty) return;
      entry.dirty = dirty;
      reveal(current);
    },
  };
  api.addEventListener("connection", compareServer);
  startHost({
    pipeline: (path) => pages.get(`edit:${path}`)?.page,
    front: () => pages.get(current)?.page,
    edited: () => [...pages.values()].filter(({ dirty }) => dirty).map(({ page }) => page),
    renamed,
    hosted: drawBar,
    // What was not saved is to be forgotten: the host has asked.
    closed: () => {
      for (const { page } of pages.values()) page.unmount();
      pages.clear();
    },
  });
  addEventListener("hashchange", go);
  // Keys that write a letter with an input method mean that letter alone.
  addEventListener("keydown", (event) => event.isComposing && event.stopPropagation(), { capture: true });
  addEventListener("beforeunload", (event) => {
    if ([...pages.values()].some(({ dirty }) => dirty)) event.preventDefault();
  });
  if (location.hash === "") {
    if (session.open?.pipeline) {
      location.replace(formatRoute({ name: "edit", path: session.open.pipeline, node: null }));
    } else if (session.open?.run) {
      location.replace(formatRoute({ name: "run", run: session.open.run, node: null, cell: null }));
    }
  }
  await go();
}

start();
