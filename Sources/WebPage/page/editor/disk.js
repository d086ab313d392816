// The file of an open pipeline: whether it is still as the page read it.

import { ApiError } from "../api.js";

/** @typedef {import("./document.js").PipelineDocument} PipelineDocument */

/**
 * Compares with the file after a time without a connection.
 * @param {PipelineDocument} pipeline
 */
export async function checkDisk(pipeline) {
  if (!pipeline.state) return;
  try {
    const { etag } = await pipeline.api.get("pipeline", { path: pipeline.path });
    await diskChanged(pipeline, etag);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) await diskChanged(pipeline, null);
    else cannotRead(pipeline, error);
  }
}

/**
 * The file on disk cannot be read: what is shown stays.
 * @param {PipelineDocument} pipeline
 * @param {unknown} error
 */
function cannotRead(pipeline, error) {
  if (!(error instanceof ApiError) || typeof error.body?.text !== "string") return;
  if (error.body.etag === pipeline.etag) return;
  pipeline.unreadable = { text: error.body.text, etag: error.body.etag };
  become(pipeline, "unreadable");
}

/**
 * @param {PipelineDocument} pipeline
 * @param {PipelineDocument["conflict"]} conflict
 */
function become(pipeline, conflict) {
  pipeline.conflict = conflict;
  pipeline.keepDraft();
  pipeline.status();
  if (conflict !== null) pipeline.dispatchEvent(new CustomEvent("conflict"));
}

/**
 * @param {PipelineDocument} pipeline
 * @param {string|null} etag of the file now; null if it is gone
 */
export async function diskChanged(pipeline, etag) {
  if (!pipeline.state || pipeline.saving || pipeline.closed) return;
  if (etag === pipeline.etag) {
    if (pipeline.conflict !== null) become(pipeline, null); // The file is again what it was.
    return;
  }
  if (etag === null) {
    become(pipeline, "gone");
    return;
  }
  if (!pipeline.edited) {
    const problem = await pipeline.reread();
    if (problem === null) pipeline.toast("The file was changed on disk; the page shows it as it is now.", "info");
    else cannotRead(pipeline, problem);
    return;
  }
  become(pipeline, "changed");
}
