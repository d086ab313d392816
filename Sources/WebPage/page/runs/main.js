// The pages of runs: all runs, one run live, the history of a pipeline, two runs compared.

import { fill } from "../dom.js";
import { Board } from "./board.js";
import { Compare } from "./compare.js";
import { History } from "./history.js";
import { Overview } from "./overview.js";
import { addStyles } from "./parts.js";

/** @typedef {import("../types.js").Context} Context */
/** @typedef {import("../types.js").Route} Route */
/** @typedef {{element: HTMLElement, update: (route: any) => void, close: () => void}} View */

/**
 * @param {HTMLElement} element
 * @param {Route} route
 * @param {Context} context
 * @returns {import("../types.js").Page}
 */
export function mount(element, route, context) {
  addStyles();
  element.classList.add("runs-page");
  let key = keyOf(route);
  let view = make(route, context);
  element.append(view.element);
  return {
    update: (next) => {
      if (keyOf(next) === key) {
        view.update(next);
        return;
      }
      key = keyOf(next);
      view.close();
      view = make(next, context);
      fill(element, view.element);
    },
    unmount: () => view.close(),
  };
}

/** What stays while only the selection changes. @param {Route} route */
function keyOf(route) {
  switch (route.name) {
    case "run":
      return `run ${route.run}`;
    case "history":
      return `history ${route.path}`;
    case "compare":
      return `compare ${route.runs.join(" ")}`;
    default:
      return "runs";
  }
}

/** @param {Route} route @param {Context} context @returns {View} */
function make(route, context) {
  switch (route.name) {
    case "run":
      return new Board(context, route);
    case "history":
      return new History(context, route.path);
    case "compare":
      return new Compare(context, route.runs);
    default:
      return new Overview(context);
  }
}
