// The panel at the right: the properties of what is selected, or of the pipeline.

import { fill, h, uniqueID } from "../dom.js";
import { icon } from "../icons.js";
import { kindNames } from "../canvas/labels.js";
import { commands } from "./commands.js";
import { makeControl } from "./controls.js";
import { browseFiles } from "./browse.js";
import { FileFacts } from "./facts.js";
import { commonValue, isSet, nodeEdits, pipelineEdits, pipelineValue } from "./panel-source.js";
import { matchScore } from "../picker.js";

/** @typedef {import("../types.js").Field} Field */
/** @typedef {import("../types.js").PipelineNode} PipelineNode */
/** @typedef {import("./panel-source.js").Part} Part */
/** @typedef {{field: Field & {member?: string, widgets?: string[], read_only?: boolean}, part: Part, element: HTMLElement, control: import("./controls.js").Control, extra: HTMLElement, tag: HTMLElement, finding: HTMLElement}} Line */

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
    this.drawHead(nodes, items);
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
      else parts = [["property", this.componentSections(nodes[0])], ["lyre", form.lyre]];
    } else if (items.length === 0) {
      parts = [["pipeline", form.pipeline], ["parameters", form.parameters ?? []], ["default", form.defaults]];
    }
    const sections = parts.flatMap(([part, list]) => list.map((section) => this.section(section, part, nodes.length)));
    fill(this.body, ...this.special(items), sections);
    this.tools.hidden = sections.length < 3;
    this.refresh();
    for (const section of /** @type {HTMLDetailsElement[]} */ (sections)) section.open = this.startsOpen(section);
    this.filterLines();
  }

  /** @param {PipelineNode} node */
  componentSections(node) {
    const form = /** @type {any} */ (this.form);
    const component = this.editor.components.find(({ id }) => id === node.operation);
    const own = component?.properties?.length
      ? [{ id: "component_inputs", label: component.name, fields: component.properties }]
      : [];
    const [first, ...rest] = form.component;
    return [first, ...own, ...rest];
  }

  /**
   * @param {PipelineNode[]} nodes
   * @param {import("../canvas/scene.js").Item[]} items
   */
  drawHead(nodes, items) {
    const { editor } = this;
    const [node] = nodes;
    const [item] = items;
    let title = "Pipeline", detail = editor.document.path, name = "pipeline";
    if (nodes.length === 1 && items.length === 1) {
      [title, detail, name] = [node.label, kindNames[node.kind] ?? node.kind, node.kind];
    } else if (items.length > 1) {
      [title, detail, name] = [
        `${items.length} objects`,
        nodes.length > 1 ? `A change counts for all ${nodes.length} nodes` : "",
        "copy",
      ];
    } else if (item?.type === "comment") [title, detail, name] = ["Comment", "Markdown", "comment"];
    else if (item?.type === "link") [title, detail, name] = ["Link", "", "link"];
    const open = nodes.length === 1 && node.file
      ? h("button", {
        class: "icon-button",
        type: "button",
        title: "Open the file (O)",
        "aria-label": "Open the file",
        on: { click: () => editor.openFile() },
      }, icon("open"))
      : null;
    fill(
      this.head,
      icon(name),
      h(
        "div",
        { class: "panel-title" },
        h("h2", { title }, title),
        detail ? h("p", { class: "muted", title: detail }, detail) : null,
      ),
      open,
    );
  }

  /**
   * What is no form: the text of a comment, the ends of a link, the buttons of a super node.
   * @param {import("../canvas/scene.js").Item[]} items
   */
  special(items) {
    const { editor } = this;
    if (items.length !== 1) return [];
    const [item] = items;
    const buttons = (/** @type {string[]} */ names) =>
      h(
        "div",
        { class: "panel-buttons" },
        names.filter((name) => editor.can(name)).map((name) =>
          h(
            "button",
            { class: "button small", type: "button", on: { click: () => editor.run(name) } },
            { rename: "Edit the text", inside: "Open" }[name] ?? commands[name].label,
          )
        ),
      );
    if (item.type === "comment") {
      return [
        h(
          "p",
          { class: "panel-note muted" },
          "The text becomes the description of the nodes that are linked with the comment.",
        ),
        buttons(["rename", "connect", "remove"]),
      ];
    }
    if (item.type === "link") {
      const name = (/** @type {string} */ id) => editor.node(id)?.label ?? "a comment";
      return [
        h("p", { class: "panel-note" }, `From ${name(item.data.source)} to ${name(item.data.target)}.`),
        buttons(["remove"]),
      ];
    }
    return item.data.kind === "super" ? [buttons(["inside", "toggle", "ungroup"])] : [];
  }

  /**
   * @param {import("../types.js").Section} section
   * @param {Part} part
   * @param {number} count
   */
  section(section, part, count) {
    const fields = section.fields.filter(({ name }) => count < 2 || !["label", "filename"].includes(name));
    if (fields.length === 0) return null;
    const lines = fields.map((field) => this.line(field, part));
    const badge = h("span", { class: "section-count" });
    const details = h(
      "details",
      { class: "section", data: { id: `${part}:${section.id}` } },
      h("summary", null, icon("chevron", "section-arrow"), h("span", null, section.label), badge),
      h("div", { class: "section-body" }, lines.map(({ element }) => element)),
    );
    details.addEventListener("toggle", () => {
      if (details.dataset.forced !== "true") {
        sessionStorage.setItem(`lyre-section:${details.dataset.id}`, details.open ? "open" : "closed");
      }
    });
    this.lines.push(...lines);
    return details;
  }

  /**
   * @param {Line["field"]} field
   * @param {Part} part
   * @returns {Line}
   */
  line(field, part) {
    const labelID = uniqueID("label"), helpID = uniqueID("help");
    const readOnly = this.editor.document.readOnly || field.read_only === true;
    const commit = (/** @type {any} */ value) => this.commit(field, part, value);
    const control = makeControl(field, {
      change: commit,
      labelledBy: labelID,
      describedBy: helpID,
      readOnly,
      browse: () => browseFiles(this.editor, field),
      matches: (pattern) => this.facts.matches(this.nodes[0]?.file ?? null, pattern),
      choices: () => this.choices(field),
      relative: (path) => this.facts.relative(path, field.name, this.nodes[0]?.file ?? null),
    });
    const tag = h("span", { class: "tags" });
    const extra = h("div", { class: "field-extra" });
    const finding = h("div", { class: "field-findings" });
    const help = field.help
      ? h("button", {
        class: "help-button",
        type: "button",
        "aria-label": `Help: ${field.label}`,
        "aria-expanded": "false",
      }, "?")
      : null;
    const text = h("p", { class: "field-help muted", id: helpID, hidden: true }, field.help ?? "");
    help?.addEventListener("click", () => {
      text.hidden = !text.hidden;
      help.setAttribute("aria-expanded", String(!text.hidden));
    });
    const isCheck = field.type === "boolean";
    const element = h(
      "div",
      { class: `field type-${field.type}`, data: { name: field.name, part } },
      h(
        "div",
        { class: "field-head" },
        h(
          ["rows", "list", "checks", "boolean"].includes(field.type) ? "span" : "label",
          { class: isCheck ? "hidden-text" : "field-label", id: labelID, for: `${labelID}-control` },
          field.label,
          field.required ? h("span", { class: "required", "aria-hidden": "true" }, " *") : null,
        ),
        isCheck ? control.element : null,
        tag,
        h("span", { class: "spring" }),
        help,
      ),
      text,
      isCheck ? null : control.element,
      extra,
      finding,
    );
    return { field, part, element, control, extra, tag, finding };
  }

  /** @param {Line["field"]} field */
  choices(field) {
    const { session } = this.editor.context;
    if (field.type === "checks") {
      return (this.editor.view?.parameters ?? []).map(({ name }) => ({ value: name, label: name }));
    }
    if (field.name === "runtime_image") {
      return session.runtime_images.map(({ image, label }) => ({ value: image, label: label || image }));
    }
    return (field.choices ?? []).map((
      choice,
    ) => (choice !== null && typeof choice === "object" ? choice : { value: choice, label: String(choice) }));
  }

  /**
   * @param {Line["field"]} field
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
      this.drawTags(line, shown, set);
      this.drawFindings(line, nodes);
      this.facts.suggest(line, nodes, (value, node) => this.commit(field, part, value, [node]));
    }
    for (const section of this.body.querySelectorAll(".section")) {
      const count = section.querySelectorAll(".field.is-set").length;
      const badge = section.querySelector(".section-count");
      if (badge) badge.textContent = count > 0 ? `${count} set` : "";
      section.classList.toggle("has-error", section.querySelector(".field-findings .error") !== null);
    }
  }

  /**
   * @param {Line} line
   * @param {{value: any, mixed: boolean, inherited: any}} shown
   * @param {boolean} set
   */
  drawTags({ field, part, tag, control }, { inherited }, set) {
    const above = inherited ?? (field.inherits ? this.editor.view?.defaults?.[field.inherits] : undefined);
    const hasDefault = isSet(above);
    const state = `${hasDefault}|${set}|${field.remote_only}`;
    if (tag.dataset.state === state) return;
    tag.dataset.state = state;
    const plain = !["rows", "list"].includes(field.type) && !this.editor.document.readOnly;
    fill(
      tag,
      field.remote_only
        ? h("span", { class: "tag", title: "Matters only in containers and clusters" }, "remote")
        : null,
      hasDefault && !set ? h("span", { class: "tag" }, "pipeline default") : null,
      hasDefault && !set && plain
        ? h("button", {
          class: "link-button",
          type: "button",
          on: {
            click: () => {
              this.commit(field, part, above);
              control.focus();
            },
          },
        }, "Override")
        : null,
      hasDefault && set && plain
        ? h("button", {
          class: "link-button",
          type: "button",
          title: `Pipeline default: ${JSON.stringify(above)}`,
          on: { click: () => this.commit(field, part, null) },
        }, "Reset")
        : null,
    );
  }

  /**
   * @param {Line} line
   * @param {PipelineNode[]} nodes
   */
  drawFindings({ field, finding }, nodes) {
    const ids = new Set(nodes.map(({ id }) => id));
    const found = this.editor.document.findings.filter(({ property, node_id }) =>
      property === field.name && (nodes.length > 0 ? node_id && ids.has(node_id) : !node_id)
    );
    const text = JSON.stringify(found);
    if (finding.dataset.text === text) return;
    finding.dataset.text = text;
    fill(
      finding,
      [...new Map(found.map((entry) => [entry.message, entry])).values()].map(({ severity, message }) =>
        h("p", { class: severity }, message)
      ),
    );
  }

  /** @param {HTMLDetailsElement|null} section */
  startsOpen(section) {
    if (!section) return false;
    const known = sessionStorage.getItem(`lyre-section:${section.dataset.id}`);
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
