// Light and dark: the system's choice, the person's own, or that of the JupyterLab around the page.

const key = "lyre-theme";

/** Lyre's colours and the JupyterLab variables that replace them. */
const fromJupyter = {
  "--bg": "--jp-layout-color1",
  "--surface": "--jp-layout-color2",
  "--raised": "--jp-layout-color1",
  "--border": "--jp-border-color2",
  "--text": "--jp-ui-font-color1",
  "--font": "--jp-ui-font-family",
  "--mono": "--jp-code-font-family",
};

/** Follows the choice of an earlier visit, and JupyterLab's theme if the page is one of its tabs. */
export function startTheme() {
  apply(localStorage.getItem(key));
  addEventListener("message", (event) => {
    if (event.source === parent && event.origin === location.origin && event.data?.type === "lyre-theme") {
      adopt(event.data);
    }
  });
  if (parent !== self) followParent();
}

/** @returns {"system"|"light"|"dark"} */
export function theme() {
  const choice = document.documentElement.dataset.theme;
  return choice === "light" || choice === "dark" ? choice : "system";
}

/** Takes the next of system, light, dark. */
export function nextTheme() {
  const next = { system: "light", light: "dark", dark: "system" }[theme()];
  localStorage.setItem(key, next);
  apply(next);
  return next;
}

/** @param {string|null} choice */
function apply(choice) {
  if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
  else delete document.documentElement.dataset.theme;
}

/**
 * Takes over JupyterLab's colours.
 * @param {{light?: boolean, colors?: Record<string, string>}} message
 */
function adopt(message) {
  if (typeof message.light === "boolean") apply(message.light ? "light" : "dark");
  const style = document.documentElement.style;
  for (const [ours, theirs] of Object.entries(fromJupyter)) {
    const value = message.colors?.[theirs];
    if (value) style.setProperty(ours, value);
  }
}

/** A page of the same origin as JupyterLab can read its variables itself. */
function followParent() {
  let body;
  try {
    body = parent.document.body;
  } catch {
    return; // Another origin: then messages tell.
  }
  const read = () => {
    if (body.dataset.jpThemeLight === undefined) return;
    const computed = parent.getComputedStyle(body);
    /** @type {Record<string, string>} */
    const colors = {};
    for (const name of Object.values(fromJupyter)) colors[name] = computed.getPropertyValue(name).trim();
    adopt({ light: body.dataset.jpThemeLight === "true", colors });
  };
  read();
  new MutationObserver(read).observe(body, {
    attributes: true,
    attributeFilter: ["data-jp-theme-light", "data-jp-theme-name"],
  });
}
