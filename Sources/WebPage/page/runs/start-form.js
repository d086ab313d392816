// The contents of the form that starts a run.

import { debounced, fill, h } from "../dom.js";
import { PairRows, ParameterFields } from "./fields.js";
import { keepOption, option } from "./options.js";
import { NodeChoice } from "./form-nodes.js";
import { planList } from "./form-plan.js";
import { Problems } from "./form-problems.js";

/** @typedef {import("../types.js").Context} Context */

const MODES = [
  { value: "all", label: "All nodes", help: "Run every node." },
  {
    value: "changed",
    label: "What changed",
    help: "Run the nodes that changed since their last good run.",
  },
  { value: "from", label: "From here", help: "Run the chosen nodes and those that need them." },
  { value: "until", label: "Up to here", help: "Run the chosen nodes and those that they need." },
  { value: "only", label: "Only these", help: "Run the chosen nodes alone." },
  { value: "resume", label: "Resume", help: "Run what the last run did not finish." },
];

const NEED_NODES = new Set(["from", "until", "only"]);

export class StartForm {
  #mode = "all";
  /** @type {AbortController | null} */
  #asking = null;
  /** @type {HTMLDialogElement | null} */
  #dialog = null;
  #kept;

  /**
   * @param {Context} context
   * @param {string} path
   * @param {any} pipeline the answer to `GET api/pipeline`
   * @param {string[]} selection ids of nodes
   * @param {string | undefined} mode
   */
  constructor(context, path, pipeline, selection, mode) {
    this.context = context;
    this.path = path;
    this.#kept = option(`form-${path}`, /** @type {Record<string, any>} */ ({}));
    this.nodes = pipeline.view.flows.flatMap((/** @type {any} */ flow) => flow.nodes).filter((
      /** @type {any} */ node,
    ) => node.kind !== "binding" && node.kind !== "super");
    const changed = () => this.#later.call();
    this.picker = new NodeChoice(this.nodes, selection, changed);
    const known = MODES.some(({ value }) => value === mode) ? mode : undefined;
    this.#mode = known ??
      (NEED_NODES.has(this.#kept.mode) && this.picker.chosen.size === 0 ? "all" : this.#kept.mode) ?? "all";
    this.parameters = new ParameterFields(pipeline.view.parameters ?? [], this.#kept.parameters ?? {}, changed);
    this.found = new ParameterFields([], {}, changed);
    this.environment = new PairRows({ noun: "variable", names: this.#kept.environment ?? [], changed });
    this.jobs = h("input", {
      id: "run-jobs",
      class: "input",
      type: "number",
      min: 1,
      max: 256,
      placeholder: "as many as cores",
      value: this.#kept.jobs ?? "",
    });
    this.goesOn = h("input", { type: "checkbox" });
    this.goesOn.checked = Boolean(this.#kept.goesOn);
    this.plan = h("div", { class: "form-plan", role: "status" });
    this.problems = new Problems(path, () => this.#dialog?.close());
    this.foundSection = h(
      "details",
      { class: "form-section", hidden: true },
      h("summary", null, "Parameters found in notebooks"),
      this.found.element,
    );
    const hasParameters = (pipeline.view.parameters ?? []).length > 0;
    this.element = h(
      "div",
      { class: "start-form" },
      this.#modes(),
      this.picker.element,
      hasParameters
        ? h("fieldset", { class: "form-section" }, h("legend", null, "Parameters"), this.parameters.element)
        : null,
      this.foundSection,
      h(
        "details",
        { class: "form-section" },
        h("summary", null, "Environment variables and options"),
        this.environment.element,
        h(
          "div",
          { class: "form-options" },
          h("label", { for: "run-jobs" }, "Nodes at once"),
          this.jobs,
          h(
            "label",
            { class: "form-check" },
            this.goesOn,
            h("span", null, "After a failure, continue with nodes that do not depend on it"),
          ),
        ),
      ),
      this.problems.element,
      this.plan,
    );
    this.jobs.addEventListener("input", changed);
    this.problems.list(pipeline.findings ?? []);
    this.#showPicker();
  }

  #later = debounced(250, () => this.#preview());

  /** @param {HTMLDialogElement} dialog */
  opened(dialog) {
    this.#dialog = dialog;
    /** @type {HTMLElement | null} */ (this.element.querySelector("input[name=run-mode]:checked"))?.focus();
    this.#preview();
    this.#findParameters();
  }

  close() {
    this.#later.cancel();
    this.#asking?.abort();
  }

  #modes() {
    return h(
      "fieldset",
      { class: "form-modes" },
      h("legend", null, "What to run"),
      MODES.map(({ value, label, help }) => {
        const input = h("input", { type: "radio", name: "run-mode", value });
        input.checked = value === this.#mode;
        input.addEventListener("change", () => {
          this.#mode = value;
          this.#showPicker();
          this.#later.call();
        });
        return h(
          "label",
          { class: "form-mode", title: help },
          input,
          h("span", null, label),
          h("span", { class: "form-help" }, help),
        );
      }),
    );
  }

  #showPicker() {
    this.picker.element.hidden = !NEED_NODES.has(this.#mode);
  }

  /** Parameters that notebooks declare themselves, besides those of the pipeline, and variables that files use. */
  async #findParameters() {
    const files = [
      ...new Set(
        this.nodes.filter((/** @type {any} */ node) => node.file && node.kind !== "component").map((
          /** @type {any} */ node,
        ) => node.file),
      ),
    ].slice(0, 50);
    for (const file of files) {
      try {
        const about = await this.context.api.get("files/about", { pipeline: this.path, file });
        this.environment.offer(about.environment ?? []);
        for (const parameter of about.parameters ?? []) {
          if (this.parameters.has(parameter.name) || this.found.has(parameter.name)) continue;
          this.found.add({ ...parameter, description: `in ${file}` }, this.#kept.parameters?.[parameter.name] ?? "");
          this.foundSection.hidden = false;
          if (this.#kept.parameters?.[parameter.name]) this.foundSection.open = true;
        }
      } catch {
        continue; // A file that cannot be read is among the findings.
      }
    }
  }

  /** What the server is asked to run. */
  get request() {
    const needsNodes = NEED_NODES.has(this.#mode);
    const jobs = Number(this.jobs.value);
    return {
      pipeline: this.path,
      mode: this.#mode,
      nodes: needsNodes ? [...this.picker.chosen] : [],
      parameters: { ...this.found.values, ...this.parameters.values },
      environment: this.environment.values,
      ...(Number.isInteger(jobs) && jobs > 0 ? { jobs } : {}),
      ...(this.goesOn.checked ? { fail_fast: false } : {}),
    };
  }

  /** Whether the form can be sent; reports problems in it. */
  check() {
    if (NEED_NODES.has(this.#mode) && this.picker.chosen.size === 0) {
      this.problems.say("Choose at least one node.");
      this.picker.focus();
      return false;
    }
    const wrong = this.parameters.check() ?? this.found.check();
    wrong?.focus();
    return wrong === null;
  }

  /** Remembers what was chosen; values of variables may be secrets and are not kept. */
  keep() {
    keepOption(`form-${this.path}`, {
      mode: this.#mode,
      parameters: { ...this.found.texts, ...this.parameters.texts },
      environment: Object.keys(this.environment.values),
      jobs: this.jobs.value,
      goesOn: this.goesOn.checked,
    });
  }

  /** @param {boolean} isBusy */
  setBusy(isBusy) {
    // A preview that answers later would replace what the server says about the run.
    if (isBusy) this.close();
    const button =
      /** @type {HTMLButtonElement | null} */ (this.#dialog?.querySelector('.dialog-buttons [value="run"]') ?? null);
    if (!button) return;
    button.disabled = isBusy;
    button.textContent = isBusy ? "Starting …" : "Run";
  }

  /** Shows why a run or its preview is refused. @param {unknown} error */
  refuse(error) {
    fill(this.plan);
    this.problems.refuse(error);
  }

  async #preview() {
    this.#asking?.abort();
    const needsNodes = NEED_NODES.has(this.#mode);
    if (needsNodes && this.picker.chosen.size === 0) {
      return fill(this.plan, h("p", { class: "muted" }, "Choose the nodes to run."));
    }
    if (this.plan.childElementCount === 0) {
      fill(this.plan, h("p", { class: "muted" }, "Checking what would run …"));
    }
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    try {
      const { nodes } = await this.context.api.post("plan", this.request, { signal });
      if (signal.aborted) return;
      this.problems.say("");
      fill(this.plan, planList(nodes, this.plan.querySelector("details")?.open ?? false));
    } catch (error) {
      if (signal.aborted) return;
      this.refuse(error);
    }
  }
}
