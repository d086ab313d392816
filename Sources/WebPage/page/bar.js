// The bar of the page: the folder, a tab for each open pipeline, the runs, the colours.

import { fill, h } from "./dom.js";
import { hostName } from "./host.js";
import { icon } from "./icons.js";
import { formatRoute } from "./router.js";
import { nextTheme, theme } from "./theme.js";

/** @typedef {import("./types.js").Route} Route */
/** @typedef {{pages: Map<string, {route: Route, dirty: boolean}>, current: string, close: (key: string) => void}} Shown the open
 *   pages by key, the one in front, and what closes one */

/**
 * @param {HTMLElement} bar
 * @param {import("./types.js").Session} session
 * @param {Shown} shown
 */
export function fillBar(bar, session, shown) {
  const { pages, current } = shown;
  const tabs = [...pages.entries()].filter(([key]) => key.startsWith("edit:"));
  const runs = pages.get("runs");
  fill(
    bar,
    h(
      "a",
      {
        class: "brand",
        href: "#/",
        "aria-label": `Lyre: folder ${session.folder}`,
        title: session.path,
      },
      h("img", { src: "icon.svg", alt: "", width: 20, height: 20 }),
      h("span", null, session.folder),
    ),
    h(
      "nav",
      { class: "tabs", "aria-label": "Open pages" },
      tabs.map(([key, entry]) => pipelineTab(key, entry, shown)),
      h(
        "a",
        {
          class: "tab",
          href: runs ? formatRoute(runs.route) : "#/runs",
          "aria-current": current === "runs" ? "page" : null,
        },
        icon("runs"),
        h("span", null, "Runs"),
      ),
    ),
    h("span", { class: "spring" }),
    hostName() ? null : themeButton(),
  );
}

/**
 * @param {string} key
 * @param {{route: Route, dirty: boolean}} entry
 * @param {Shown} shown
 */
function pipelineTab(key, { route, dirty }, { pages, current, close }) {
  const path = route.name === "edit" ? route.path : "";
  const name = path.split("/").at(-1) ?? path;
  return h(
    "span",
    { class: "tab-pair" },
    h(
      "a",
      { class: "tab", href: formatRoute(route), title: path, "aria-current": current === key ? "page" : null },
      icon("pipeline"),
      h("span", { class: "tab-name" }, name),
      dirty
        ? h("span", { class: "dirty", title: "Not saved" }, "•", h("span", { class: "hidden-text" }, " not saved"))
        : null,
    ),
    // The tab of JupyterLab has a button for its own pipeline.
    hostName() && location.hash === formatRoute(route) && pages.size === 1 ? null : h("button", {
      class: "icon-button tab-close",
      type: "button",
      "aria-label": `Close ${name}`,
      on: { click: () => close(key) },
    }, icon("close")),
  );
}

function themeButton() {
  const names = { system: "as the system", light: "light", dark: "dark" };
  const button = h("button", { class: "icon-button", type: "button" });
  const draw = () => {
    fill(button, icon(theme()));
    button.title = `Colours: ${names[theme()]}`;
    button.setAttribute("aria-label", `Colours: ${names[theme()]}. Change`);
  };
  button.addEventListener("click", () => {
    nextTheme();
    draw();
  });
  draw();
  return button;
}
