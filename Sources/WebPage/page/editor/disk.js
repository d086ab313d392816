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
  }
}

/**
 * @param {PipelineDocument} pipeline
 * @param {string|null} etag of the file now; null if it is gone
 */
export async function diskChanged(pipeline, etag) {
  if (!pipeline.state || pipeline.saving || pipeline.closed) return;
  if (etag === pipeline.etag) {
    if (pipeline.conflict === null) return;
    pipeline.conflict = null; // The file is again what it was.
    pipeline.keepDraft();
    pipeline.status();
    return;
  }
  if (etag === null) {
    pipeline.conflict = "gone";
    pipeline.keepDraft();
    pipeline.status();
    pipeline.dispatchEvent(new CustomEvent("conflict"));
    return;
  }
  if (!pipeline.edited) {
    await pipeline.reload();
    pipeline.toast("The file was changed on disk; the page shows it as it is now.", "info");
    return;
  }
  pipeline.conflict = "changed";
  pipeline.status();
  pipeline.dispatchEvent(new CustomEvent("conflict"));
}
