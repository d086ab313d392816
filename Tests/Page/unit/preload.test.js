// The modules that the browser is told of before it has read those that import them.

import assert from "node:assert/strict";

const page = new URL("../../../Sources/WebPage/page/", import.meta.url);

/**
 * Modules and all that they import, but for those that are imported when they are wanted.
 * @param {string[]} names
 */
async function withImports(names) {
  const found = new Set(names);
  for (const name of found) {
    const text = await Deno.readTextFile(new URL(name, page));
    for (const [, path] of text.matchAll(/^(?:import|export|\}) [^;"]*?from "(\.[^"]+)";$/gm)) {
      found.add(new URL(path, new URL(name, page)).href.slice(page.href.length));
    }
  }
  return found;
}

Deno.test("the page names the modules of its first part, and no others", async () => {
  const text = await Deno.readTextFile(new URL("index.html", page));
  const named = [...text.matchAll(/<link rel="modulepreload" href="([^"]+)">/g)].map(([, name]) => name);
  const needed = await withImports(["app.js", "editor/start.js"]);
  // The script itself is named already.
  needed.delete("app.js");
  needed.add("editor/start.js");
  assert.deepEqual(named, [...needed].sort());
});
