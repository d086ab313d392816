// What the server knows about the files of nodes: variables and parameters in them, and how many a pattern finds.

import { fill, h } from "../dom.js";
import { relativeTo, resolved } from "./paths.js";

export class FileFacts {
  /** @param {import("./editor.js").Editor} editor */
  constructor(editor) {
    this.editor = editor;
    /** @type {Map<string, Promise<any>>} */
    this.known = new Map();
  }

  /** Forgets everything: files changed. */
  clear() {
    this.known.clear();
  }

  /**
   * @param {string} path
   * @param {Record<string, any>} query
   * @returns {Promise<any>} null if the server has no answer
   */
  ask(path, query) {
    const key = JSON.stringify([path, query]);
    let answer = this.known.get(key);
    if (!answer) {
      // Suggestions and counts are a help: without them the field works as well.
      answer = this.editor.context.api.get(path, query).catch(() => null);
      this.known.set(key, answer);
    }
    return answer;
  }

  /**
   * @param {string|null} file of the node
   * @param {string} pattern
   * @returns {Promise<number|null>}
   */
  async matches(file, pattern) {
    if (file === null) return null;
    const answer = await this.ask("files/matches", { pipeline: this.editor.document.path, node: file, pattern });
    return typeof answer?.count === "number" ? answer.count : null;
  }

  /**
   * A file of the folder as a field writes it: a node's file from the pipeline, its dependencies from the node's file.
   * @param {string} path
   * @param {string} field
   * @param {string|null} file
   */
  relative(path, field, file) {
    const pipeline = this.editor.document.path;
    if (field === "filename" || file === null) return relativeTo(path, pipeline);
    return relativeTo(path, resolved(file, pipeline) ?? pipeline);
  }

  /**
   * Offers what was found in the node's file: variables that have no row yet, parameters of the notebook.
   * @param {{field: import("../types.js").Field, extra: HTMLElement}} line
   * @param {import("../types.js").PipelineNode[]} nodes
   * @param {(value: any, node: import("../types.js").PipelineNode) => void} commit
   */
  async suggest({ field, extra }, nodes, commit) {
    if (
      nodes.length !== 1 || !["env_vars", "pipeline_parameters"].includes(field.name) || this.editor.document.readOnly
    ) return;
    const [node] = nodes;
    if (!node.file) return;
    const about = await this.ask("files/about", { pipeline: this.editor.document.path, file: node.file });
    if (!about) return;
    // Other rows may have come since the suggestions were drawn.
    const add = async (/** @type {any} */ row) => {
      if (!(await this.editor.document.settled())) return;
      const now = this.editor.node(node.id);
      if (!now) return;
      const rows = now.properties[field.name];
      commit([...(Array.isArray(rows) ? rows : []), row], now);
    };
    if (field.name === "env_vars") {
      const rows = Array.isArray(node.properties.env_vars) ? node.properties.env_vars : [];
      const above = Array.isArray(node.inherited?.env_vars) ? node.inherited.env_vars : [];
      const taken = new Set([...rows, ...above].map((row) => row?.env_var));
      const missing = (about.environment ?? []).filter((/** @type {string} */ name) => !taken.has(name));
      draw(extra, "In the file:", missing, (name) => add({ env_var: name, value: "" }));
    } else {
      const names = (about.parameters ?? []).map((/** @type {any} */ { name }) => name);
      const known = new Set((this.editor.view?.parameters ?? []).map(({ name }) => name));
      const chosen = Array.isArray(node.properties.pipeline_parameters) ? node.properties.pipeline_parameters : [];
      const missing = names.filter((/** @type {string} */ name) => known.has(name) && !chosen.includes(name));
      draw(extra, "The notebook has parameters of these names:", missing, add);
    }
  }
}

/**
 * @param {HTMLElement} place
 * @param {string} title
 * @param {string[]} names
 * @param {(name: string) => void} add
 */
function draw(place, title, names, add) {
  const text = names.join("\n");
  if (place.dataset.text === text) return;
  place.dataset.text = text;
  fill(
    place,
    names.length > 0
      ? h(
        "p",
        { class: "suggestions" },
        h("span", { class: "muted" }, title),
        names.map((name) =>
          h(
            "button",
            { class: "chip", type: "button", "aria-label": `Add ${name}`, on: { click: () => add(name) } },
            `+ ${name}`,
          )
        ),
      )
      : null,
  );
}
