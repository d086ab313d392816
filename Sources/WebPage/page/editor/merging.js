// Two versions of a pipeline become one: the file's and the one here, or a draft of an earlier visit.

import { ApiError } from "../api.js";
import { stateOf } from "./document.js";

/** @typedef {import("./document.js").PipelineDocument} PipelineDocument */

/**
 * Merges this pipeline with the file as it is now.
 * @param {PipelineDocument} pipeline
 * @returns {Promise<{where: string, mine: any, theirs: any}[]|null>} conflicts that kept the document's side
 */
export async function merge(pipeline) {
  if (!(await pipeline.settled())) return null;
  return await pipeline.replacing(async () => {
    if (!pipeline.state) return null;
    const disk = await pipeline.api.get("pipeline", { path: pipeline.path });
    return await mergeWith(pipeline, pipeline.savedText, pipeline.state.text, disk);
  });
}

/**
 * @param {PipelineDocument} pipeline
 * @param {string} base
 * @param {string} mine
 * @param {{text: string, etag: string}} disk
 */
async function mergeWith(pipeline, base, mine, disk) {
  const answer = await pipeline.api.post("pipeline/merge", { path: pipeline.path, base, mine, theirs: disk.text });
  if (pipeline.state) {
    pipeline.undoStack.push("the merge with the file on disk", pipeline.state, pipeline.state.text.length);
  }
  pipeline.etag = disk.etag;
  pipeline.savedText = disk.text;
  pipeline.conflict = null;
  pipeline.state = stateOf(answer);
  pipeline.changed();
  return answer.conflicts ?? [];
}

/**
 * Decides for this side: the next save replaces the file as it is now.
 * @param {PipelineDocument} pipeline
 * @param {{text: string, etag: string}} disk
 */
export function keepMine(pipeline, { text, etag }) {
  pipeline.etag = etag;
  pipeline.savedText = text;
  pipeline.conflict = null;
  pipeline.changed();
}

/**
 * Takes a draft of an earlier visit.
 * @param {PipelineDocument} pipeline
 * @param {import("./drafts.js").Draft} draft
 * @returns {Promise<any[]>} conflicts
 */
export function restore(pipeline, draft) {
  return pipeline.replacing(() => takeDraft(pipeline, draft));
}

/**
 * @param {PipelineDocument} pipeline
 * @param {import("./drafts.js").Draft} draft
 * @returns {Promise<any[]>}
 */
async function takeDraft(pipeline, draft) {
  if (!pipeline.state) return [];
  // Each waiting step by itself: "$0" means what the step made, and one that is refused leaves the others.
  let answer = null;
  let refused = 0;
  for (const edits of draft.waiting) {
    try {
      answer = await pipeline.applied(answer?.text ?? draft.text, edits);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 422) throw error;
      refused += 1;
    }
  }
  if (refused > 0) {
    pipeline.toast(
      `${refused === 1 ? "One edit" : `${refused} edits`} of before could not be brought back.`,
      "warning",
    );
  }
  if (draft.etag !== pipeline.etag && draft.base !== pipeline.savedText) {
    const disk = { text: pipeline.savedText, etag: pipeline.etag };
    return await mergeWith(pipeline, draft.base, answer?.text ?? draft.text, disk);
  }
  answer ??= await pipeline.applied(draft.text, []);
  pipeline.undoStack.push("the unsaved edits of before", pipeline.state, pipeline.state.text.length);
  pipeline.state = stateOf(answer);
  pipeline.changed();
  return [];
}
