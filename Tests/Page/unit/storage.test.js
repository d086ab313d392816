// What the browser keeps, and what happens where it keeps nothing.

import assert from "node:assert/strict";

const page = /** @type {any} */ (globalThis);

/** @param {() => any} area @param {(kept: any) => void} body */
async function withStorage(area, body) {
  const before = Object.getOwnPropertyDescriptor(page, "localStorage");
  Object.defineProperty(page, "localStorage", { configurable: true, get: area });
  try {
    const module = await import(`../../../Sources/WebPage/page/storage.js?${crypto.randomUUID()}`);
    body(module.kept);
  } finally {
    if (before) Object.defineProperty(page, "localStorage", before);
  }
}

/** @param {number} room letters */
function area(room) {
  /** @type {Map<string, string>} */
  const texts = new Map();
  return {
    get length() {
      return texts.size;
    },
    key: (/** @type {number} */ index) => [...texts.keys()][index] ?? null,
    getItem: (/** @type {string} */ name) => texts.get(name) ?? null,
    removeItem: (/** @type {string} */ name) => void texts.delete(name),
    setItem(/** @type {string} */ name, /** @type {string} */ text) {
      if (text.length > room) throw new Error("QuotaExceededError");
      texts.set(name, text);
    },
  };
}

Deno.test("a browser that forbids storage keeps texts until the page is closed", async () => {
  await withStorage(() => {
    throw new Error("SecurityError");
  }, (kept) => {
    assert.equal(kept.get("a"), null);
    assert.equal(kept.set("a", "text"), false);
    assert.equal(kept.get("a"), "text");
    assert.deepEqual(kept.names(), []);
    kept.remove("a");
    assert.equal(kept.get("a"), null);
  });
});

Deno.test("a text that does not fit replaces the old one, which does not come back", async () => {
  const texts = area(4);
  await withStorage(() => texts, (kept) => {
    assert.equal(kept.set("a", "old"), true);
    assert.equal(kept.set("a", "too long"), false);
    assert.equal(kept.get("a"), "too long");
    assert.deepEqual(kept.names(), []);
    assert.equal(kept.set("a", "new"), true);
    assert.deepEqual([kept.get("a"), texts.getItem("a")], ["new", "new"]);
  });
});
