// Choosing a file of the folder for a field.

import { pick } from "../picker.js";
import { isRunnable, relativeTo, resolved } from "./paths.js";

/**
 * @param {import("./editor.js").Editor} editor
 * @param {import("../types.js").Field} field
 * @param {string|null} file of the node
 * @returns {Promise<string|null>} the path as the field writes it
 */
export async function browseFiles(editor, field, file) {
  const pipeline = editor.document.path;
  const runnable = field.name === "filename";
  const base = runnable || file === null ? pipeline : resolved(file, pipeline) ?? pipeline;
  const path = await pick({
    label: `Choose a file for ${field.label}`,
    placeholder: "Search files",
    empty: "No file has such a name.",
    search: async (text) => {
      const { entries } = await editor.context.api.get("files", { search: text });
      return entries
        .filter((/** @type {any} */ entry) => (runnable ? isRunnable(entry) : true))
        .map((/** @type {any} */ entry) => ({ label: entry.path, icon: entry.kind, value: entry.path }));
    },
  });
  return path === null ? null : relativeTo(path, base);
}
