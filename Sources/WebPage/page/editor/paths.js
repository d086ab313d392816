// Paths of the served folder, with "/" between their parts. Pure.

/** @param {string} path */
export function folderOf(path) {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}

/** @param {string} path */
export function baseName(path) {
  return path.slice(path.lastIndexOf("/") + 1);
}

/**
 * A path of the served folder as it is written in a pipeline: relative to the pipeline's folder.
 * @param {string} path
 * @param {string} pipeline
 */
export function relativeTo(path, pipeline) {
  const from = folderOf(pipeline).split("/").filter((part) => part !== "");
  const to = path.split("/").filter((part) => part !== "");
  let same = 0;
  while (same < from.length && same < to.length - 1 && from[same] === to[same]) same += 1;
  return [...from.slice(same).map(() => ".."), ...to.slice(same)].join("/");
}

/**
 * The path of the served folder for a path written in a file there; null if it leads out.
 * @param {string} written
 * @param {string} file the pipeline, or for a node's dependencies the node's file
 * @returns {string|null}
 */
export function resolved(written, file) {
  if (written.startsWith("/")) return null;
  const parts = folderOf(file).split("/").filter((part) => part !== "");
  for (const part of written.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join("/");
}

/**
 * Whether a file can become a node.
 * @param {{kind: string}} entry
 */
export function isRunnable({ kind }) {
  return ["notebook", "python", "r", "script"].includes(kind);
}
