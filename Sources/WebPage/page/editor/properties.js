// The panel at the right: the properties of what is selected, or of the pipeline.

import { fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { ofTab } from "../storage.js";
import { componentSections } from "./component-fields.js";
import { FileFacts } from "./facts.js";
import { drawHead, special } from "./panel-head.js";
import { drawFindings, drawTags, makeLine } from "./panel-line.js";
import { commonValue, isSet, nodeEdits, pipelineEdits, pipelineValue } from "./panel-source.js";
import { matchScore } from "../picker.js";

/** @typedef {import("../types.js").Field} Field */
/** @typedef {import("../types.js").PipelineNode} PipelineNode */
/** @typedef {import("./panel-source.js").Part} Part */
/** @typedef {import("./panel-line.js").Line} Line */

export class Properties {
  /** @param {import("./editor.js").Editor} editor */
  constructor(editor) {
    this.editor = editor;
    /** @type {import("../types.js").Form & {parameters?: any}|null} */
    this.form = null;
    this.facts = new FileFacts(editor);
    this.head = h("div", { class: "panel-head" });
    this.filter = h("input", {
      class: "input",
      type: "search",
      placeholder: "Filter",
      "aria-label": "Filter the properties",
      spellcheck: "false",
    });
    this.onlySet = h("button", { class: "button small", type: "button", "aria-pressed": "false" }, "Set");
    this.onlySet.title = "Show only what is set";
    this.body = h("div", { class: "panel-body" });
    this.tools = h("div", { class: "panel-tools" }, this.filter, this.onlySet);
    this.element = h("div", { class: "properties" }, this.head, this.tools, this.body);
    /** @type {Line[]} */
    this.lines = [];
    /** @type {string[]} */
    this.ids = [];
    this.shape = "";
    this.filter.addEventListener("input", () => this.filterLines());
    this.onlySet.addEventListener("click", () => {
      this.onlySet.setAttribute("aria-pressed", String(this.onlySet.getAttribute("aria-pressed") !== "true"));
      this.filterLines();
    });
    editor.focusProperties = () => {
      this.update();
      const field = "input, select, textarea";
      const first = this.body.querySelector(`details[open] :is(${field})`) ??
        this.body.querySelector("button, summary");
      /** @type {HTMLElement|null} */ (first)?.focus();
    };
  }

  /** Writes what is being typed. */
  flush() {
    for (const { control } of this.lines) control.flush();
  }

  /** The nodes that are shown; none means the pipeline. */
  get nodes() {
    return this.ids.flatMap((id) => this.editor.node(id) ?? []);
  }

  /** Shows what is selected now; controls stay if it is the same kind of thing, so that writing goes on. */
  update() {
    const { editor } = this;
    if (!editor.view || !this.form) return;
    const ids = editor.canvas.selection;
    const items = ids.flatMap((id) => editor.canvas.scene.items.get(id) ?? []);
    const nodes = items.filter(({ type }) => type === "node").map(({ data }) => /** @type {PipelineNode} */ (data));
    const kinds = new Set(
      nodes.map((
        { kind, operation },
      ) => (kind === "component" || kind === "unknown" ? operation : kind === "super" ? "super" : "generic")),
    );
    const shape = JSON.stringify([ids, [...kinds], editor.document.readOnly]);
    if (shape !== this.shape) {
      this.flush();
      this.editor.document.undoStack.seal();
      this.shape = shape;
      this.ids = nodes.map(({ id }) => id);
      this.build(nodes, items, kinds);
    } else if (editor.document.queue.length === 0) {
      // While an edit is under way, the document still has the value before it.
      this.refresh();
    }
  }

  /**
   * @param {PipelineNode[]} nodes
   * @param {import("../canvas/scene.js").Item[]} items
   * @param {Set<string>} kinds
   */
  build(nodes, items, kinds) {
    this.lines = [];
    const form = /** @type {any} */ (this.form);
    /** @type {[Part, any[]][]} */
    let parts = [];
    drawHead(this.head, this.editor, nodes, items);
    if (nodes.length > 0) {
      const [kind] = kinds;
      if (kinds.size > 1) parts = [["lyre", nodes.every((node) => node.kind !== "super") ? form.lyre : []]];
      else if (kind === "super") {
        parts = [["property", [{
          id: "super",
          label: "Super node",
          fields: form.generic[0].fields.filter((/** @type {Field} */ { name }) => name === "label"),
        }]]];
      } else if (kind === "generic") parts = [["property", form.generic], ["lyre", form.lyre]];
      else {
        const [first, ...rest] = form.component;
        parts = [["property", [first, ...componentSections(this.editor, nodes[0]), ...rest]], ["lyre", form.lyre]];
      }
    } else if (items.length === 0) {
      parts = [["pipeline", form.pipeline], ["parameters", form.parameters ?? []], ["default", form.defaults]];
    }
    const sections = parts.flatMap(([part, list]) => list.map((section) => this.section(section, part, nodes.length)));
    fill(this.body, ...special(this.editor, items), sections);
    this.tools.hidden = sections.length < 3;
    this.refresh();
    for (const section of /** @type {HTMLDetailsElement[]} */ (sections)) section.open = this.startsOpen(section);
    this.filterLines();
  }

  /**
   * @param {import("../types.js").Section} section
   * @param {Part} part
   * @param {number} count
   */
  section(section, part, count) {
    const fields = section.fields.filter(({ name }) => count < 2 || !["label", "filename"].includes(name));
    if (fields.length === 0) return null;
    const lines = fields.map((field) => makeLine(this, field, part));
    const badge = h("span", { class: "section-count" });
    const details = h(
      "details",
      { class: "section", data: { id: `${part}:${section.id}` } },
      h("summary", null, icon("chevron", "section-arrow"), h("span", null, section.label), badge),
      h("div", { class: "section-body" }, lines.map(({ element }) => element)),
    );
    details.addEventListener("toggle", () => {
      if (details.dataset.forced !== "true") {
        ofTab.set(`lyre-section:${details.dataset.id}`, details.open ? "open" : "closed");
      }
    });
    this.lines.push(...lines);
    return details;
  }

  /**
   * @param {Field} field
   * @param {Part} part
   * @param {any} value
   * @param {PipelineNode[]} [nodes]
   */
  commit(field, part, value, nodes = this.nodes) {
    const { editor } = this;
    // The nodes are gone: what was typed last is not meant for the pipeline.
    if (this.ids.length > 0 && nodes.length === 0) return;
    const edits = nodes.length > 0 ? nodeEdits(nodes, field, part, value) : pipelineEdits(field, part, value);
    const of = nodes.length === 0
      ? "the pipeline"
      : nodes.length === 1
      ? `“${nodes[0].label}”`
      : `${nodes.length} nodes`;
    editor.apply(edits, `${field.label} of ${of}`, {
      key: `field:${part}:${field.name}:${nodes.map(({ id }) => id).join()}`,
    });
  }

  /** Shows the values as they are in the document now. */
  refresh() {
    const { nodes, editor } = this;
    const { view } = editor;
    if (!view) return;
    for (const line of this.lines) {
      const { field, part } = line;
      const shown = nodes.length > 0
        ? commonValue(nodes, field, part)
        : { value: pipelineValue(view, field, part), mixed: false, inherited: undefined };
      line.control.show(shown);
      const set = shown.mixed || isSet(shown.value);
      line.element.classList.toggle("is-set", set && !field.read_only);
      drawTags(this, line, shown, set);
      drawFindings(this, line, nodes);
      this.facts.suggest(line, nodes, (value, node) => this.commit(field, part, value, [node]));
    }
    for (const section of this.body.querySelectorAll(".section")) {
      const count = section.querySelectorAll(".field.is-set").length;
      const badge = section.querySelector(".section-count");
      if (badge) badge.textContent = count > 0 ? `${count} set` : "";
      section.classList.toggle("has-error", section.querySelector(".field-findings .error") !== null);
    }
  }

  /** @param {HTMLDetailsElement|null} section */
  startsOpen(section) {
    if (!section) return false;
    const known = ofTab.get(`lyre-section:${section.dataset.id}`);
    if (section.querySelector(".field.is-set, .field-findings .error")) return known !== "closed";
    return known === "open" ||
      ["property:inputs", "pipeline:pipeline", "property:component", "property:component_inputs", "property:super"]
        .includes(section.dataset.id ?? "");
  }

  filterLines() {
    const text = this.filter.value.trim();
    const set = this.onlySet.getAttribute("aria-pressed") === "true" && !this.tools.hidden;
    const on = !this.tools.hidden && (text !== "" || set);
    for (const { element, field } of this.lines) {
      const fits = text === "" || (matchScore(text, field.label) ?? 1000) < 1000 || field.name.includes(text);
      element.hidden = on && !(fits && (!set || element.classList.contains("is-set")));
    }
    for (const section of /** @type {NodeListOf<HTMLDetailsElement>} */ (this.body.querySelectorAll(".section"))) {
      section.hidden = on && !section.querySelector(".field:not([hidden])");
      section.dataset.forced = on ? "true" : "";
      if (on) section.open = true;
    }
  }

  /**
   * Opens and shows a field.
   * @param {string} name
   */
  goToField(name) {
    const line = this.lines.find(({ field }) => field.name === name);
    if (!line) return false;
    const section = line.element.closest("details");
    if (section) section.open = true;
    line.element.scrollIntoView({ block: "center" });
    line.control.focus();
    return true;
  }
}
