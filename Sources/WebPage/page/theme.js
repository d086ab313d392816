// Light and dark: the system's choice, the person's own, or that of the JupyterLab around the page.

import { kept } from "./storage.js";

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
  apply(kept.get(key));
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
  kept.set(key, next);
  apply(next);
  return next;
}

/** @param {string|null} choice */
function apply(choice) {
  if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
  else delete document.documentElement.dataset.theme;
}

/** Takes over JupyterLab's colours: a page of its origin can read its variables. */
function followParent() {
  let body;
  try {
    body = parent.document.body;
  } catch {
    return; // A program of another origin.
  }
  const read = () => {
    const light = body.dataset.jpThemeLight;
    if (light === undefined) return;
    apply(light === "true" ? "light" : "dark");
    const computed = parent.getComputedStyle(body);
    for (const [ours, theirs] of Object.entries(fromJupyter)) {
      const value = computed.getPropertyValue(theirs).trim();
      if (value) document.documentElement.style.setProperty(ours, value);
    }
  };
  read();
  new MutationObserver(read).observe(body, {
    attributes: true,
    attributeFilter: ["data-jp-theme-light", "data-jp-theme-name"],
  });
}
