// The rows of the palette: files that were found, the tree of folders, the components of catalogs.

import { matchScore } from "../picker.js";
import { baseName, folderOf, isRunnable } from "./paths.js";

/** @typedef {import("./palette.js").Palette} Palette */
/** @typedef {import("./adding.js").Dropped} Dropped */
/** @typedef {{key: string, label: string, detail: string, icon: string, level: number, folder: string|null, item: Dropped|null, note?: boolean}} Row */

/**
 * @param {Palette} palette
 * @returns {Row[]}
 */
export function foundRows(palette) {
  return palette.found.filter(isRunnable).map((entry) => ({
    key: entry.path,
    label: baseName(entry.path),
    detail: folderOf(entry.path),
    icon: entry.kind,
    level: 0,
    folder: null,
    item: { file: entry.path, kind: entry.kind },
  }));
}

/**
 * @param {Palette} palette
 * @param {string} folder
 * @param {number} level
 * @returns {Row[]}
 */
export function treeRows(palette, folder, level) {
  const entries = (palette.folders.get(folder) ?? []).filter((entry) => entry.kind === "folder" || isRunnable(entry));
  return entries.flatMap((entry) => {
    const isFolder = entry.kind === "folder";
    const row = {
      key: entry.path,
      label: entry.name ?? baseName(entry.path),
      detail: "",
      icon: entry.kind,
      level,
      folder: isFolder ? entry.path : null,
      item: { file: entry.path, kind: entry.kind },
    };
    return isFolder && palette.open.has(entry.path) ? [row, ...treeRows(palette, entry.path, level + 1)] : [row];
  });
}

/**
 * @param {Palette} palette
 * @returns {Row[]}
 */
export function componentRows(palette) {
  const fitting = palette.editor.components.filter(({ name }) =>
    !palette.text || matchScore(palette.text, name) !== null
  );
  const catalogs = Map.groupBy(fitting, ({ catalog }) => catalog || "Components");
  return [...catalogs].flatMap(([catalog, components]) => {
    const key = `catalog:${catalog}`;
    const open = palette.open.has(key) || palette.text !== "";
    /** @type {Row} */
    const head = {
      key,
      label: catalog,
      detail: String(components.length),
      icon: "component",
      level: 0,
      folder: key,
      item: null,
    };
    return open
      ? [
        head,
        ...components.map((component) => ({
          key: `component:${component.id}`,
          label: component.name,
          detail: "",
          icon: "component",
          level: 1,
          folder: null,
          item: { component: component.id, name: component.name },
        })),
      ]
      : [head];
  });
}
