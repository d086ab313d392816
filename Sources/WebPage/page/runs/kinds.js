// The types of parameters, and values from what was typed. No access to the page.

/** @typedef {"text" | "integer" | "number" | "boolean" | "json"} Kind */

/** What is typed for a type of Elyra, Python or another language. @param {string | null | undefined} type @returns {Kind} */
export function kindOf(type) {
  const name = (type ?? "").toLowerCase();
  if (/^(bool|boolean|logical)$/.test(name)) return "boolean";
  if (/^(int|integer|long)$/.test(name)) return "integer";
  if (/^(float|double|number|numeric|real)$/.test(name)) return "number";
  if (/^(list|dict|array|object|json|struct|tuple|set)\b/.test(name)) return "json";
  return "text";
}

/**
 * A value from what was typed: the value, or why there is none.
 *
 * @param {string} text
 * @param {Kind} kind
 * @returns {{value: unknown} | {problem: string}}
 */
export function parse(text, kind) {
  const trimmed = text.trim();
  if (kind === "boolean") return { value: trimmed === "true" };
  if (kind === "integer") {
    return /^[+-]?\d+$/.test(trimmed) && Number.isSafeInteger(Number(trimmed))
      ? { value: Number(trimmed) }
      : { problem: "enter a whole number" };
  }
  if (kind === "number") {
    return trimmed !== "" && Number.isFinite(Number(trimmed))
      ? { value: Number(trimmed) }
      : { problem: "enter a number" };
  }
  if (kind === "json") {
    try {
      return { value: JSON.parse(trimmed) };
    } catch {
      return { problem: 'enter JSON, such as [1, 2] or {"a": 1}' };
    }
  }
  return { value: text };
}

/** A default as text. @param {unknown} value */
export function valueText(value) {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
