// The palette: the folder's files as a tree with search, and the catalogs' components. Drag, double click or Enter adds.

import { explain } from "../api.js";
import { dragType } from "../canvas/overlays.js";
import { debounced, fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { componentRows, foundRows, treeRows } from "./palette-rows.js";
import { folderOf } from "./paths.js";

/** @typedef {import("../types.js").FileEntry} FileEntry */
/** @typedef {import("./adding.js").Dropped} Dropped */
/** @typedef {import("./palette-rows.js").Row} Row */

export class Palette {
  /** @param {import("./editor.js").Editor} editor */
  constructor(editor) {
    this.editor = editor;
    this.text = "";
    /** @type {Map<string, FileEntry[]>} entries by folder */
    this.folders = new Map();
    /** @type {Set<string>} */
    this.open = new Set([""]);
    /** @type {FileEntry[]} */
    this.found = [];
    /** @type {Set<string>} */
    this.selected = new Set();
    /** @type {string|null} */
    this.focused = null;
    this.onlyRunnable = true;
    this.input = h("input", {
      class: "input",
      type: "search",
      placeholder: "Search files",
      "aria-label": "Search the palette",
      spellcheck: "false",
    });
    this.list = h("div", {
      class: "tree",
      role: "tree",
      "aria-label": "Files and components",
      "aria-multiselectable": "true",
    });
    this.element = h("div", { class: "palette" }, h("div", { class: "palette-head" }, this.input), this.list);
    const search = debounced(150, () => this.search());
    this.input.addEventListener("input", () => search.call());
    this.input.addEventListener("keydown", async (event) => {
      if (event.key === "ArrowDown") {
        event.preventDefault();
        this.focusRow(0);
      } else if (event.key === "Enter") {
        // What is typed counts, not what was found for the letters before.
        search.cancel();
        if (!(await this.search())) return;
        const first = this.rows.find(({ item }) => item);
        if (first) this.add([first]);
      }
    });
    this.list.addEventListener("keydown", (event) => this.key(event));
    /** @type {Row[]} */
    this.rows = [];
  }

  async start() {
    const folder = folderOf(this.editor.document.path);
    for (let at = folder; at; at = folderOf(at)) this.open.add(at);
    await Promise.all([...this.open].map((path) => this.load(path)));
    this.draw();
  }

  /** @param {string} folder or the key of a catalog, whose components are known */
  async load(folder) {
    if (folder.startsWith("catalog:")) return;
    try {
      const { entries } = await this.editor.context.api.get("files", { folder });
      this.folders.set(folder, entries);
    } catch (error) {
      this.folders.set(folder, []);
      if (folder === "") this.editor.context.toast(`The folder could not be listed: ${explain(error)}`, "error");
    }
  }

  /** Reads what is open again, as after a change on disk. */
  async refresh() {
    await Promise.all([...this.open].map((path) => this.load(path)));
    if (this.text) await this.search();
    else this.draw();
  }

  /** @returns {Promise<boolean>} whether the rows are those of what is typed */
  async search() {
    const text = this.input.value.trim();
    this.searches += 1;
    const search = this.searches;
    let found = this.found;
    if (text) {
      try {
        ({ entries: found } = await this.editor.context.api.get("files", { search: text }));
      } catch (error) {
        this.editor.context.toast(`The search failed: ${explain(error)}`, "error");
        return false;
      }
    }
    // The answer of an older search may come after that of a newer one.
    if (search !== this.searches) return false;
    this.text = text;
    this.found = found;
    this.draw();
    return true;
  }

  searches = 0;

  draw() {
    const rows = this.text ? foundRows(this) : treeRows(this, "", 0);
    this.rows = [...rows, ...componentRows(this)];
    const hadFocus = this.list.contains(document.activeElement);
    if (!this.rows.some(({ key }) => key === this.focused)) this.focused = this.rows[0]?.key ?? null;
    fill(
      this.list,
      this.rows.map((row) => this.rowElement(row)),
      rows.length === 0
        ? h(
          "p",
          { class: "palette-none" },
          this.text ? "No file has such a name." : "There is no notebook or script in this folder.",
        )
        : null,
    );
    if (hadFocus) this.focusRow(this.rows.findIndex(({ key }) => key === this.focused));
  }

  /** @param {Row} row */
  rowElement(row) {
    const expanded = row.folder === null ? null : String(this.open.has(row.folder));
    const element = h(
      "div",
      {
        class: "tree-row",
        role: "treeitem",
        "aria-label": row.label,
        "aria-level": row.level + 1,
        "aria-expanded": expanded,
        "aria-selected": String(this.selected.has(row.key)),
        tabindex: row.key === this.focused ? 0 : -1,
        draggable: row.item ? "true" : "false",
        title: row.item && "file" in row.item ? row.item.file : row.label,
        data: { key: row.key },
      },
      row.folder === null
        ? h("span", { class: "tree-space" })
        : icon(expanded === "true" ? "down" : "chevron", "tree-arrow"),
      icon(row.icon),
      h("span", { class: "tree-label" }, row.label),
      row.detail ? h("span", { class: "tree-detail" }, row.detail) : null,
    );
    element.style.paddingLeft = `${8 + row.level * 14}px`;
    element.addEventListener("click", (event) => {
      this.focused = row.key;
      if (event.shiftKey) this.selectTo(row.key);
      else if (event.ctrlKey || event.metaKey) this.toggleSelected(row.key);
      else if (row.folder !== null) return this.toggle(row.folder);
      else this.selected = new Set([row.key]);
      this.marks();
    });
    element.addEventListener("dblclick", () => row.folder === null && this.add([row]));
    element.addEventListener("dragstart", (event) => {
      if (!this.selected.has(row.key)) this.selected = new Set([row.key]);
      this.marks();
      const items = this.chosen().map(({ item }) => item);
      event.dataTransfer?.setData(dragType, JSON.stringify(items));
      event.dataTransfer?.setData(
        "text/plain",
        items.map((item) => (item && "file" in item ? item.file : "")).join("\n"),
      );
      if (event.dataTransfer) event.dataTransfer.effectAllowed = "copy";
    });
    return element;
  }

  /** Rows that are selected, in the order of the list. */
  chosen() {
    return this.rows.filter(({ key, item }) => this.selected.has(key) && item);
  }

  /** @param {string} key */
  selectTo(key) {
    const [anchor] = this.selected;
    const from = Math.max(0, this.rows.findIndex((row) => row.key === anchor)),
      to = this.rows.findIndex((row) => row.key === key);
    const part = this.rows.slice(Math.min(from, to), Math.max(from, to) + 1);
    this.selected = new Set([this.rows[from].key, ...part.filter(({ item }) => item).map((row) => row.key)]);
  }

  /** @param {string} key */
  toggleSelected(key) {
    if (!this.selected.delete(key)) this.selected.add(key);
  }

  marks() {
    for (const element of /** @type {NodeListOf<HTMLElement>} */ (this.list.querySelectorAll(".tree-row"))) {
      const key = element.dataset.key ?? "";
      element.setAttribute("aria-selected", String(this.selected.has(key)));
      element.tabIndex = key === this.focused ? 0 : -1;
    }
  }

  /** @param {string} folder */
  async toggle(folder) {
    if (this.open.delete(folder)) return this.draw();
    this.open.add(folder);
    await this.load(folder);
    this.draw();
  }

  /** @param {Row[]} rows */
  async add(rows) {
    const items = rows.flatMap(({ item }) => item ?? []);
    await this.editor.add(items, this.editor.canvas.middle());
  }

  /** @param {number} index */
  focusRow(index) {
    const row = this.rows[Math.max(0, Math.min(index, this.rows.length - 1))];
    if (!row) return;
    this.focused = row.key;
    this.marks();
    /** @type {HTMLElement|null} */ (this.list.querySelector(`[data-key="${CSS.escape(row.key)}"]`))?.focus();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const at = this.rows.findIndex(({ key }) => key === this.focused);
    const row = this.rows[at];
    if (!row) return;
    const open = row.folder !== null && this.open.has(row.folder);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = at + (event.key === "ArrowDown" ? 1 : -1);
      if (event.shiftKey) {
        this.selected.add(row.key);
        if (this.rows[next]) this.selected.add(this.rows[next].key);
      }
      this.focusRow(next);
    } else if (event.key === "Home") this.focusRow(0);
    else if (event.key === "End") this.focusRow(this.rows.length - 1);
    else if (event.key === "ArrowRight") {
      if (row.folder !== null && !open) this.toggle(row.folder);
      else if (open) this.focusRow(at + 1);
    } else if (event.key === "ArrowLeft") {
      if (row.folder !== null && open) this.toggle(row.folder);
      else this.focusRow(this.rows.slice(0, at).findLastIndex(({ level }) => level < row.level));
    } else if (event.key === " ") {
      this.toggleSelected(row.key);
      this.marks();
    } else if (event.key === "Enter") {
      if (this.selected.size > 1) this.add(this.chosen());
      else if (row.folder !== null && !event.ctrlKey) this.toggle(row.folder);
      else this.add([row]);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
