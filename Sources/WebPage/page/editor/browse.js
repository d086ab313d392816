// Choosing a file of the folder for a field.

import { pick } from "../picker.js";
import { isRunnable } from "./paths.js";

/**
 * @param {import("./editor.js").Editor} editor
 * @param {import("../types.js").Field} field
 * @returns {Promise<string|null>} its path in the folder
 */
export function browseFiles(editor, field) {
  const runnable = field.name === "filename";
  return pick({
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
}
