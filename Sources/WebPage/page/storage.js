// What the browser keeps for this page. Where it keeps nothing (it forbids that, or is full), texts last until the page
// is closed.

class Storage {
  /** What the browser did not take. */
  /** @type {Map<string, string>} */
  #here = new Map();

  /** @param {() => globalThis.Storage} area which throws if the browser forbids it */
  constructor(area) {
    this.area = area;
  }

  /**
   * @param {string} name
   * @returns {string|null}
   */
  get(name) {
    const text = this.#here.get(name);
    if (text !== undefined) return text;
    try {
      return this.area().getItem(name);
    } catch {
      return null;
    }
  }

  /**
   * @param {string} name
   * @param {string} text
   * @returns {boolean} whether it outlives the page
   */
  set(name, text) {
    this.#here.delete(name);
    try {
      this.area().setItem(name, text);
      return true;
    } catch {
      this.remove(name); // An old text must not come back.
      this.#here.set(name, text);
      return false;
    }
  }

  /** @param {string} name */
  remove(name) {
    this.#here.delete(name);
    try {
      this.area().removeItem(name);
    } catch {
      // It is not there.
    }
  }

  /** The names of what outlives the page. */
  names() {
    try {
      const area = this.area();
      return Array.from({ length: area.length }, (_, index) => area.key(index) ?? "");
    } catch {
      return [];
    }
  }
}

/** For all tabs of this page, from one visit to the next. */
export const kept = new Storage(() => localStorage);
/** For this tab, through reloads. */
export const ofTab = new Storage(() => sessionStorage);
