// What prevents a run, in the form that starts it.

import { ApiError, explain } from "../api.js";
import { fill, h } from "../dom.js";
import { editAddress, runAddress } from "./addresses.js";
import { link } from "./parts.js";

const MOST = 30;

export class Problems {
  /**
   * @param {string} path of the pipeline
   * @param {() => void} left a link away from the form was followed
   */
  constructor(path, left) {
    this.path = path;
    this.left = left;
    this.element = h("div", { class: "form-problems", role: "alert" });
  }

  /** Says a sentence; an empty one: there is no problem. @param {string} text */
  say(text) {
    fill(this.element, text === "" ? null : h("p", null, text));
  }

  /** Shows why a run or its preview is refused. @param {unknown} error */
  refuse(error) {
    const body = error instanceof ApiError ? error.body : null;
    if (Array.isArray(body?.findings) && body.findings.length > 0) return this.list(body.findings);
    if (error instanceof ApiError && error.status === 409 && body?.run) {
      const run = this.#away(runAddress(body.run), `show run ${body.run}`);
      return fill(this.element, h("p", null, "This pipeline is running already: ", run, "."));
    }
    this.say(explain(error));
  }

  /** Shows the errors among findings. @param {any[]} findings */
  list(findings) {
    const errors = findings.filter((finding) => finding.severity === "error");
    if (errors.length === 0) return this.say("");
    const more = errors.length - MOST;
    fill(
      this.element,
      h("p", null, errors.length === 1 ? "An error prevents the run:" : `${errors.length} errors prevent the run:`),
      h(
        "ul",
        null,
        errors.slice(0, MOST).map((finding) =>
          h(
            "li",
            null,
            finding.node_id
              ? [this.#away(editAddress(this.path, finding.node_id), finding.node ?? finding.node_id), ": "]
              : null,
            finding.message,
            finding.remedy ? h("span", { class: "muted" }, ` (${finding.remedy})`) : null,
          )
        ),
        more > 0 ? h("li", null, `and ${more} more`) : null,
      ),
    );
  }

  /** A link that closes the form. @param {string} hash @param {string} text */
  #away(hash, text) {
    const element = link(hash, text);
    element.addEventListener("click", () => this.left());
    return element;
  }
}
