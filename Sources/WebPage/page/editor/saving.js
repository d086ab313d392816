// A pipeline is written to its file, unless that became another one on disk.

import { ApiError, ConnectionError, explain } from "../api.js";
import { stateOf } from "./document.js";

/** @typedef {import("./document.js").PipelineDocument} PipelineDocument */

/**
 * Writes the file, unless it became another one on disk.
 * @param {PipelineDocument} pipeline
 * @returns {Promise<boolean>}
 */
export async function save(pipeline) {
  if (pipeline.readOnly) {
    pipeline.toast("This pipeline is open for reading only.", "warning");
    return false;
  }
  if (!(await pipeline.settled()) || !pipeline.state || pipeline.saving) return false;
  pipeline.saving = true;
  pipeline.status();
  try {
    if (pipeline.migratedFrom !== null && pipeline.state.text === pipeline.savedText) {
      await pipeline.replacing(() => migrate(pipeline));
    }
    const { text } = pipeline.state;
    /** @type {Record<string, string>} */
    const condition = pipeline.conflict === "gone"
      ? { "If-None-Match": "*" }
      : { "If-Match": `"${pipeline.etag.replaceAll('"', "")}"` };
    const { etag } = await pipeline.api.put("pipeline", { path: pipeline.path }, { text }, condition);
    pipeline.etag = etag;
    pipeline.savedText = text;
    pipeline.migratedFrom = null;
    pipeline.conflict = null;
    pipeline.undoStack.seal();
    pipeline.keepDraft(); // There may be newer edits.
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 412) {
      pipeline.conflict = error.body?.text === null || error.body?.text === undefined ? "gone" : "changed";
      pipeline.dispatchEvent(new CustomEvent("conflict"));
    } else if (error instanceof ConnectionError) {
      pipeline.toast(
        "The server does not answer: the pipeline is not saved yet. Your edits are kept in this browser.",
        "error",
      );
    } else pipeline.toast(`The pipeline was not saved: ${explain(error)}`, "error");
    return false;
  } finally {
    pipeline.saving = false;
    pipeline.status();
  }
}

/**
 * Brings the text of an old version to the present one, which any edit does: this one changes nothing.
 * @param {PipelineDocument} pipeline
 */
async function migrate(pipeline) {
  if (!pipeline.state) return;
  const edits = [{ op: "set_pipeline_property", name: "description", value: pipeline.state.view.description || null }];
  const answer = await pipeline.applied(pipeline.state.text, edits);
  pipeline.state = stateOf(answer);
  pipeline.changed();
}
