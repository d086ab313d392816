// The program around the page, such as JupyterLab, whose tab the page fills. Alone in a browser there is none.
// Both sides send objects with the key `lyre` by postMessage, to their own origin only.

/** @typedef {import("./types.js").Page} Page */
/**
 * What the host may reach: the page of a pipeline, the page in front, those with unsaved changes; and where to write that a
 * pipeline has another path.
 * @typedef {object} Shell
 * @property {(path: string) => Page|undefined} pipeline
 * @property {() => Page|undefined} front
 * @property {() => Page[]} edited
 * @property {(from: string, to: string) => void} renamed
 * @property {() => void} hosted
 * @property {() => void} closed
 */

const isFramed = parent !== self;
let name = "";
let opensFiles = false;
let told = "";

/** The name of the host; empty if there is none. */
export function hostName() {
  return name;
}

/**
 * Has the host open a file in an editor of its own.
 * @param {string} path
 * @returns {boolean} whether it does
 */
export function openInHost(path) {
  if (opensFiles) tell("open", { path });
  return opensFiles;
}

/**
 * Tells the host where the page is, and whether there are unsaved changes.
 * @param {{hash: string, path: string|null, dirty: boolean}} state
 */
export function tellHost(state) {
  const text = JSON.stringify(state);
  if (!isFramed || text === told) return;
  told = text;
  tell("state", state);
}

/**
 * Listens to the host.
 * @param {Shell} shell
 */
export function startHost(shell) {
  if (!isFramed) return;
  addEventListener("message", ({ source, origin, data }) => {
    if (source === parent && origin === location.origin && typeof data?.lyre === "string") receive(shell, data);
  });
  tell("ready");
}

/**
 * @param {Shell} shell
 * @param {any} message
 */
async function receive(shell, { lyre, id, path, from, to, paths, x, y, ...about }) {
  switch (lyre) {
    case "host":
      name = String(about.name);
      document.documentElement.dataset.host = name;
      opensFiles = about.opens === true;
      shell.hosted();
      break;
    case "save": {
      let ok = true;
      for (const page of shell.edited()) ok = (await page.save?.().catch(() => false)) === true && ok;
      tell("saved", { id, ok });
      break;
    }
    case "text":
      tell("text", { id, text: shell.pipeline(path)?.text?.() ?? null });
      break;
    case "reload":
      await shell.pipeline(path)?.reload?.();
      break;
    case "renamed":
      shell.renamed(from, to);
      break;
    case "close":
      shell.closed();
      break;
    case "drop":
      shell.front()?.drop?.(paths, { x, y });
      break;
  }
}

/**
 * @param {string} lyre
 * @param {object} [content]
 */
function tell(lyre, content = {}) {
  parent.postMessage({ lyre, ...content }, location.origin);
}
