// The preview of a run: which nodes would run, and why.

import { h } from "../dom.js";
import { planText } from "./plan.js";

const MOST = 1000;

/** @param {{action: string, label: string, reason?: string | null}[]} nodes @param {boolean} isOpen */
export function planList(nodes, isOpen) {
  const more = nodes.length - MOST;
  const list = h(
    "details",
    null,
    h("summary", null, planText(nodes)),
    h(
      "ul",
      { class: "form-plan-list" },
      nodes.slice(0, MOST).map((node) =>
        h(
          "li",
          { data: { action: node.action } },
          h("span", { class: "form-plan-action" }, node.action.replaceAll("_", " ")),
          h("span", { class: "form-plan-label" }, node.label),
          h("span", { class: "muted" }, node.reason ?? ""),
        )
      ),
      more > 0 ? h("li", { class: "muted" }, `and ${more} more`) : null,
    ),
  );
  list.open = isOpen;
  return list;
}
