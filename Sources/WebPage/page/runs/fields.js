// Fields for the values of a run: parameters with their types, and rows of names and values.

import { fill, h, uniqueID } from "../dom.js";
import { kindOf, parse, valueText } from "./kinds.js";
import { button } from "./parts.js";

/** @typedef {{name: string, type?: string | null, default?: unknown, required?: boolean, description?: string | null}} Parameter */

/** @typedef {import("./kinds.js").Kind} Kind */

/** The fields of parameters. Empty fields stand for the default. */
export class ParameterFields {
  /** @type {Map<string, {parameter: Parameter, kind: Kind, input: HTMLInputElement | HTMLSelectElement, problem: HTMLElement}>} */
  #fields = new Map();

  /**
   * @param {Parameter[]} parameters
   * @param {Record<string, string>} texts what was typed the last time, by name
   * @param {() => void} changed
   */
  constructor(parameters, texts, changed) {
    this.changed = changed;
    this.element = h("div", { class: "form-fields" });
    for (const parameter of parameters) this.add(parameter, texts[parameter.name] ?? "");
  }

  /** @param {string} name */
  has(name) {
    return this.#fields.has(name);
  }

  /** @param {Parameter} parameter @param {string} text */
  add(parameter, text) {
    const kind = kindOf(parameter.type);
    const standard = valueText(parameter.default);
    const id = uniqueID("run-parameter");
    const input = kind === "boolean"
      ? h(
        "select",
        { id, class: "select" },
        [["", standard === "" ? "not set" : `default: ${standard.toLowerCase()}`], ["true", "true"], ["false", "false"]]
          .map(([value, label]) => h("option", { value }, label)),
      )
      : h("input", {
        id,
        class: "input",
        type: "text",
        inputmode: kind === "integer" ? "numeric" : kind === "number" ? "decimal" : null,
        placeholder: standard === "" ? "" : standard,
        autocomplete: "off",
        spellcheck: "false",
      });
    input.value = text;
    const problem = h("span", { class: "form-problem", id: `${id}-problem`, role: "alert" });
    input.setAttribute("aria-describedby", problem.id);
    if (parameter.required && standard === "") input.setAttribute("aria-required", "true");
    input.addEventListener("input", () => {
      this.#check(parameter.name, false);
      this.changed();
    });
    this.#fields.set(parameter.name, { parameter, kind, input, problem });
    this.element.append(
      h(
        "div",
        { class: "form-field" },
        h(
          "label",
          { for: id },
          parameter.name,
          parameter.required && standard === "" ? h("span", { class: "form-required" }, " required") : null,
          parameter.type ? h("span", { class: "muted" }, ` ${parameter.type}`) : null,
        ),
        input,
        parameter.description ? h("span", { class: "form-help" }, parameter.description) : null,
        problem,
      ),
    );
  }

  /** @param {string} name @param {boolean} isLast whether a missing value is a problem */
  #check(name, isLast) {
    const field = this.#fields.get(name);
    if (!field) return null;
    const text = field.input.value;
    let problem = "";
    if (text === "") {
      if (isLast && field.parameter.required && valueText(field.parameter.default) === "") {
        problem = "a value is required";
      }
    } else {
      const result = parse(text, field.kind);
      if ("problem" in result) problem = result.problem;
    }
    field.problem.textContent = problem;
    field.input.setAttribute("aria-invalid", String(problem !== ""));
    return problem === "" ? null : field.input;
  }

  /** Reports problems in the fields; the first field with one, or null. */
  check() {
    const found = [...this.#fields.keys()].map((name) => this.#check(name, true)).filter((input) => input !== null);
    return found[0] ?? null;
  }

  /** The values that were typed. @returns {Record<string, unknown>} */
  get values() {
    return Object.fromEntries([...this.#fields].flatMap(([name, { input, kind }]) => {
      const result = input.value === "" ? {} : parse(input.value, kind);
      return "value" in result ? [[name, result.value]] : [];
    }));
  }

  /** What was typed, to keep it. @returns {Record<string, string>} */
  get texts() {
    return Object.fromEntries(
      [...this.#fields].filter(([, { input }]) => input.value !== "").map(([name, { input }]) => [name, input.value]),
    );
  }
}

/** Rows of a name and a value each, with more and fewer. */
export class PairRows {
  /** @type {{name: HTMLInputElement, value: HTMLInputElement, row: HTMLElement}[]} */
  #rows = [];

  /**
   * @param {{noun: string, names?: string[], changed: () => void}} options `names`: rows to begin with, without values
   */
  constructor({ noun, names = [], changed }) {
    this.noun = noun;
    this.changed = changed;
    this.list = h("div", { class: "form-rows" });
    this.known = h("datalist", { id: uniqueID("run-names") });
    this.element = h(
      "div",
      null,
      this.list,
      this.known,
      button("plus", `Add ${noun}`, () => this.add("", "", true), { kind: "small" }),
    );
    for (const name of names) this.add(name, "", false);
  }

  /** Offers names for the rows. @param {string[]} names */
  offer(names) {
    const there = new Set([...this.known.children].map((option) => option.getAttribute("value")));
    for (const name of names) if (!there.has(name)) this.known.append(h("option", { value: name }));
  }

  /** @param {string} name @param {string} value @param {boolean} focus */
  add(name, value, focus) {
    const entry = {
      name: h("input", {
        class: "input",
        type: "text",
        placeholder: "Name",
        list: this.known.id,
        "aria-label": `Name of the ${this.noun}`,
        value: name,
        autocomplete: "off",
        spellcheck: "false",
      }),
      value: h("input", {
        class: "input",
        type: "text",
        placeholder: "Value",
        "aria-label": `Value of ${name || `the ${this.noun}`}`,
        value,
        autocomplete: "off",
        spellcheck: "false",
      }),
      row: h("div", { class: "form-row" }),
    };
    fill(
      entry.row,
      entry.name,
      entry.value,
      button("close", `Remove this ${this.noun}`, () => {
        this.#rows = this.#rows.filter((other) => other !== entry);
        entry.row.remove();
        this.changed();
      }, { iconOnly: true }),
    );
    for (const input of [entry.name, entry.value]) input.addEventListener("input", () => this.changed());
    this.#rows.push(entry);
    this.list.append(entry.row);
    if (focus) entry.name.focus();
  }

  /** The values by name; rows without a name or without a value are left out. @returns {Record<string, string>} */
  get values() {
    return Object.fromEntries(
      this.#rows.filter(({ name, value }) => name.value.trim() !== "" && value.value !== "").map((
        { name, value },
      ) => [name.value.trim(), value.value]),
    );
  }
}
