// The form that starts a run: what to run, with which values, and what would run.

import { ApiError, explain } from "../api.js";
import { openDialog, toast } from "../dialog.js";
import { runAddress } from "./addresses.js";
import { StartForm } from "./start-form.js";
import { option } from "./options.js";
import { addStyles } from "./parts.js";

/** @typedef {import("../types.js").Context} Context */

/**
 * Opens the form, and starts a run with it.
 *
 * @param {{path: string, save?: () => Promise<boolean>, selection?: string[], mode?: string, context: Context}} options
 *   `save` saves the pipeline first, and answers whether its file is what the editor shows
 */
export async function openRunForm({ path, save, selection = [], mode, context }) {
  addStyles();
  if (save && !(await save())) {
    toast("The pipeline was not saved, so it was not run: a run reads the file.", "warning");
    return;
  }
  /** @type {any} */
  let pipeline;
  try {
    pipeline = await context.api.get("pipeline", { path });
  } catch (error) {
    toast(`'${path}' could not be read: ${explain(error)}`, "error");
    return;
  }
  const form = new StartForm(context, path, pipeline, selection, mode);
  let isStarting = false;
  /** @type {HTMLDialogElement | null} */
  let dialog = null;
  const submit = async () => {
    if (isStarting || !form.check()) return;
    isStarting = true;
    form.setBusy(true);
    try {
      const { run } = await context.api.post("runs", form.request);
      form.keep();
      dialog?.close();
      context.navigate(runAddress(run));
    } catch (error) {
      form.refuse(error);
    } finally {
      isStarting = false;
      form.setBusy(false);
    }
  };
  await openDialog({
    title: `Run ${path}`,
    wide: true,
    body: [form.element],
    buttons: [{ label: "Cancel", value: "cancel" }, { label: "Run", value: "run", kind: "primary" }],
    opened: (opened) => {
      dialog = opened;
      opened.classList.add("run-dialog");
      // The dialog stays open until the run has started.
      opened.addEventListener("submit", (event) => {
        if (event.submitter?.getAttribute("value") !== "run") return;
        event.preventDefault();
        event.stopPropagation();
        submit();
      }, { capture: true });
      form.opened(opened);
    },
  });
  form.close();
}

/**
 * Runs a pipeline again as it ran; with the form if it has parameters, whose values the record does not have.
 *
 * @param {Context} context
 * @param {{path: string, mode: string, run: string}} options
 */
export async function rerun(context, { path, mode, run }) {
  try {
    const pipeline = await context.api.get("pipeline", { path });
    const kept = option(`form-${path}`, /** @type {Record<string, any>} */ ({}));
    const hasValues = pipeline.view.parameters.length > 0 || Object.keys(kept.parameters ?? {}).length > 0;
    if (hasValues) {
      await openRunForm({ path, mode, context });
      return;
    }
    const answer = await context.api.post("runs", { pipeline: path, mode, nodes: [], parameters: {}, rerun_of: run });
    context.navigate(runAddress(answer.run));
  } catch (error) {
    const other = error instanceof ApiError && error.status === 409 ? error.body?.run : null;
    toast(
      `The run did not start: ${explain(error)}`,
      "error",
      other ? { label: `Show run ${other}`, action: () => context.navigate(runAddress(other)) } : undefined,
    );
  }
}
