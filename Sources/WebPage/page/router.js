// The addresses of the page: `location.hash` to a route and back.

/** @typedef {import("./types.js").Route} Route */

/**
 * @param {string} path
 */
function encodePath(path) {
  return path.split("/").map(encodeURIComponent).join("/");
}

/**
 * @param {string} text
 */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A lone "%" in a link that a person typed.
  }
}

/**
 * The route of an address; `unknown` for one that is none of ours.
 * @param {string} hash
 * @returns {Route}
 */
export function parseRoute(hash) {
  const [path, query = ""] = hash.replace(/^#?\/?/, "").split("?", 2);
  const parts = path.split("/").filter((part) => part !== "").map(decode);
  const [first, ...rest] = parts;
  if (first === undefined) return { name: "home" };
  if (first === "edit" && rest.length > 0) {
    const parameters = new URLSearchParams(query);
    const read = parameters.has("read") ? { read: true } : {};
    return { name: "edit", path: rest.join("/"), node: parameters.get("node"), ...read };
  }
  if (first === "runs" && rest.length === 0) return { name: "runs" };
  if (first === "runs" && rest.length <= 2) return { name: "run", run: rest[0], node: rest[1] ?? null, cell: null };
  if (first === "runs" && rest.length === 4 && rest[2] === "cell" && /^\d+$/.test(rest[3])) {
    return { name: "run", run: rest[0], node: rest[1], cell: Number(rest[3]) };
  }
  if (first === "compare" && rest.length === 2) return { name: "compare", runs: [rest[0], rest[1]] };
  if (first === "history" && rest.length > 0) return { name: "history", path: rest.join("/") };
  return { name: "unknown", hash };
}

/**
 * The address of a route.
 * @param {Route} route
 * @returns {string}
 */
export function formatRoute(route) {
  switch (route.name) {
    case "home":
      return "#/";
    case "edit": {
      const query = [route.node ? `node=${encodeURIComponent(route.node)}` : "", route.read ? "read" : ""];
      const text = query.filter((part) => part !== "").join("&");
      return `#/edit/${encodePath(route.path)}${text ? `?${text}` : ""}`;
    }
    case "runs":
      return "#/runs";
    case "run": {
      let hash = `#/runs/${encodeURIComponent(route.run)}`;
      if (route.node !== null) hash += `/${encodeURIComponent(route.node)}`;
      if (route.node !== null && route.cell !== null) hash += `/cell/${route.cell}`;
      return hash;
    }
    case "compare":
      return `#/compare/${route.runs.map(encodeURIComponent).join("/")}`;
    case "history":
      return `#/history/${encodePath(route.path)}`;
    case "unknown":
      return route.hash;
  }
}
