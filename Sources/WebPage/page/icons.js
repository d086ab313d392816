// Icons as 16×16 outlines, for HTML (`icon`) and for the canvas (`iconGroup`).

import { s } from "./dom.js";

/** Paths in a 16×16 box, drawn with a 1.4 px line in the text's colour. */
const paths = {
  notebook: "M4 1.8h8.2a1 1 0 0 1 1 1v10.4a1 1 0 0 1-1 1H4zM6.3 1.8v12.4M2.2 4.5H5M2.2 8H5M2.2 11.5H5M8.6 5h2.4",
  python:
    "M8 1.8c-2 0-2.8.8-2.8 2v1.7h3.3M8.5 5.5H3.8c-1.3 0-2 1-2 2.6s.7 2.6 2 2.6h1.4V9.3c0-1 .8-1.7 1.8-1.7h2.2c1 0 1.7-.7 1.7-1.7V3.8c0-1.2-.8-2-2.9-2M8 14.2c2 0 2.8-.8 2.8-2v-1.7H7.5M7.5 10.5h4.7c1.3 0 2-1 2-2.6s-.7-2.6-2-2.6h-1.4",
  r: "M4.5 13.5v-11h4.3a3 3 0 0 1 0 6.1H4.5M8 8.6l4 4.9",
  script: "M2 3h12v10H2zM4.3 6l2 2-2 2M8 10.3h3.2",
  component: "M8 1.6l5.6 3.2v6.4L8 14.4l-5.6-3.2V4.8zM8 8v6.4M8 8l5.6-3.2M8 8L2.4 4.8",
  super: "M2 2h5v5H2zM9 9h5v5H9zM7 4.5h2.5a2 2 0 0 1 2 2V9",
  binding: "M8 3.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9",
  unknown: "M5.5 5.8C5.5 4 6.6 3 8.1 3s2.6 1 2.6 2.4c0 1.9-2.5 2-2.5 4M8.2 12.2v.4",
  other: "M3.5 1.8h5.7l3.3 3.4v9H3.5zM9 2v3.4h3.4",
  folder: "M1.8 12.8V3.2h4.4l1.5 1.7h6.5v7.9z",
  pipeline:
    "M1.8 5.8h3.6v4.4H1.8zM10.6 2h3.6v4.4h-3.6zM10.6 9.6h3.6V14h-3.6zM5.4 8h2.2M10.6 4.2H9A1.4 1.4 0 0 0 7.6 5.6v4.8a1.4 1.4 0 0 0 1.4 1.4h1.6",
  comment: "M2 2.8h12v8.4H7.5L4.5 13.8v-2.6H2z",
  save: "M2.5 2.5h8.8l2.2 2.2v8.8h-11zM5 2.7v3.6h5.2V2.7M4.7 13.3V9.2h6.6v4.1",
  undo: "M3 6.5h6.8a3.5 3.5 0 0 1 0 7H6M5.8 3.5L2.8 6.5l3 3",
  redo: "M13 6.5H6.2a3.5 3.5 0 0 0 0 7H10M10.2 3.5l3 3-3 3",
  cut:
    "M4.3 9.4a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4M11.7 9.4a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4M5.6 9.8L11 2.2M10.4 9.8L5 2.2",
  copy: "M5.5 5.5h8v8h-8zM3 10.5h-.5v-8h8V3",
  paste: "M5.5 3H3v11h10V3h-2.5M5.5 1.8h5v2.7h-5zM5.8 8h4.4M5.8 10.8h4.4",
  trash: "M2.5 4h11M6 4V2.2h4V4M4 4l.6 9.8h6.8L12 4M6.7 6.8v4.4M9.3 6.8v4.4",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  close: "M3.8 3.8l8.4 8.4M12.2 3.8l-8.4 8.4",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.3 10.3l3.5 3.5",
  fit: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  play: "M4.5 2.8v10.4l8.5-5.2z",
  stop: "M4 4h8v8H4z",
  chevron: "M6 3.5L10.5 8 6 12.5",
  down: "M3.5 6L8 10.5 12.5 6",
  up: "M3.5 10L8 5.5l4.5 4.5",
  check: "M3 8.5l3.3 3.3L13 4.8",
  error: "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8M8 4.8v3.9M8 11v.3",
  warning: "M8 2.2l6.2 11.3H1.8zM8 6.5v3.3M8 11.6v.2",
  note: "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8M8 7.3v4M8 4.8v.3",
  help:
    "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8M6.2 6.3C6.2 5.2 7 4.5 8.1 4.5s1.8.7 1.8 1.7c0 1.4-1.8 1.4-1.8 2.8M8.1 11.2v.2",
  light:
    "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M3.4 12.6l1.1-1.1M11.5 4.5l1.1-1.1",
  dark: "M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z",
  system: "M2 3h12v8H2zM6 13.5h4M8 11v2.5",
  horizontal: "M1.8 6h3.4v4H1.8zM6.3 6h3.4v4H6.3zM10.8 6h3.4v4h-3.4z",
  vertical: "M6 1.8h4v3.4H6zM6 6.3h4v3.4H6zM6 10.8h4v3.4H6z",
  align: "M2.5 2v12M4.5 4h8v2.8h-8zM4.5 9.2h5V12h-5z",
  panel: "M2 3h12v10H2zM10 3v10",
  palette: "M2 3h12v10H2zM6 3v10",
  open: "M9 2.5h4.5V7M13.3 2.7L7.5 8.5M11.5 9v4.5h-9v-9H7",
  refresh: "M13 8a5 5 0 1 1-1.6-3.7M13.2 2.2v3h-3",
  drag: "M6 3.5v.1M10 3.5v.1M6 8v.1M10 8v.1M6 12.4v.1M10 12.4v.1",
  expand: "M2.5 2.5h11v11h-11zM8 5v6M5 8h6",
  collapse: "M2.5 2.5h11v11h-11zM5 8h6",
  more: "M3.5 8v.1M8 8v.1M12.5 8v.1",
  link: "M6.5 9.5l3-3M7 4.8l1.4-1.4a2.9 2.9 0 0 1 4.1 4.1L11.2 9M9 11.2l-1.4 1.4a2.9 2.9 0 0 1-4.1-4.1L4.8 7",
  runs: "M2 4h7M2 8h11M2 12h5",
  clock: "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8M8 4.5V8l2.5 1.8",
  lock: "M3.5 7h9v6.8h-9zM5.3 7V5a2.7 2.7 0 0 1 5.4 0v2",
  edit: "M2.5 13.5l.7-3 7.6-7.6a1.4 1.4 0 0 1 2 0l.3.3a1.4 1.4 0 0 1 0 2l-7.6 7.6z",
  download: "M8 2v8M4.8 7L8 10.2 11.2 7M2.5 13.5h11",
};

/** @typedef {keyof typeof paths} IconName */

/**
 * The name of an icon, or `other` if there is none of this name.
 * @param {string} name
 * @returns {IconName}
 */
function iconName(name) {
  return name in paths ? /** @type {IconName} */ (name) : "other";
}

/**
 * An icon as an HTML-embeddable SVG; decoration, so screen readers skip it.
 * @param {string} name
 * @param {string} [className]
 */
export function icon(name, className = "") {
  return s(
    "svg",
    { class: `icon icon-${name} ${className}`, viewBox: "0 0 16 16", "aria-hidden": "true" },
    shape(name),
  );
}

/**
 * An icon inside a drawing, with its top left corner at a point.
 * @param {string} name
 * @param {number} x
 * @param {number} y
 * @param {string} [className]
 */
export function iconGroup(name, x, y, className = "") {
  return s("g", { class: `icon icon-${name} ${className}`, transform: `translate(${x} ${y})` }, shape(name));
}

/** @param {string} name */
function shape(name) {
  return s("path", { d: paths[iconName(name)] });
}
