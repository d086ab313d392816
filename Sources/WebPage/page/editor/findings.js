// The list of findings below the canvas: a click or Enter goes to the node and the field.

import { fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { kept } from "../storage.js";

/** How many findings are listed: those that are mended make room for others. */
const most = 500;
const order = { error: 0, warning: 1, note: 2 };
const words = { error: ["error", "errors"], warning: ["warning", "warnings"], note: ["note", "notes"] };

/**
 * @param {import("./editor.js").Editor} editor
 * @param {(finding: import("../types.js").Finding) => void} go
 */
export function makeFindings(editor, go) {
  const list = h("ul", { class: "findings-list", id: "findings-list" });
  const summary = h("button", {
    class: "findings-head",
    type: "button",
    "aria-expanded": "false",
    "aria-controls": "findings-list",
  });
  const element = h("section", { class: "findings", "aria-label": "Findings" }, summary, list);
  let open = kept.get("lyre-findings") === "open";
  let shown = "";
  const toggle = () => {
    list.hidden = !open;
    summary.setAttribute("aria-expanded", String(open));
    element.classList.toggle("open", open);
  };
  summary.addEventListener("click", () => {
    open = !open;
    kept.set("lyre-findings", open ? "open" : "closed");
    toggle();
  });
  toggle();

  const update = () => {
    const findings = [...editor.document.findings].sort((a, b) => order[a.severity] - order[b.severity]);
    const text = JSON.stringify(findings);
    if (text === shown) return;
    shown = text;
    const counts = /** @type {("error"|"warning"|"note")[]} */ (["error", "warning", "note"]).flatMap((severity) => {
      const count = findings.filter((finding) => finding.severity === severity).length;
      return count > 0
        ? [
          h("span", { class: `count ${severity}` }, icon(severity), `${count} ${words[severity][count === 1 ? 0 : 1]}`),
        ]
        : [];
    });
    fill(
      summary,
      icon("up", "findings-arrow"),
      counts.length > 0 ? counts : h("span", { class: "count" }, icon("check"), "No findings"),
    );
    fill(
      list,
      findings.slice(0, most).map((finding) =>
        h(
          "li",
          null,
          h(
            "button",
            { type: "button", class: `finding ${finding.severity}`, on: { click: () => go(finding) } },
            icon(finding.severity),
            h("span", { class: "hidden-text" }, `${finding.severity}: `),
            finding.node ? h("span", { class: "finding-node" }, finding.node) : null,
            h(
              "span",
              { class: "finding-text" },
              finding.message,
              finding.remedy ? h("span", { class: "muted" }, ` – ${finding.remedy}`) : null,
            ),
          ),
        )
      ),
      findings.length > most ? h("li", { class: "muted" }, `and ${findings.length - most} more`) : null,
    );
  };
  return { element, update };
}
