// Pipelines as documents of JupyterLab: its tab, its Save, its questions; the page holds the text and writes the file.

import { Page } from "./page.js";
import { Problem, Server } from "./server.js";

/** The name of the documents' model. */
const MODEL = "lyre-pipeline";

/** A factory of tabs with a pipeline. */
export function pipelineFactory(app, lab, server, options) {
  const { ABCWidgetFactory, DocumentWidget, TextModelFactory } = lab.docregistry;

  /** A model of its own: a pipeline that is open as text, too, does not share this one's state. */
  class ModelFactory extends TextModelFactory {
    get name() {
      return MODEL;
    }
  }

  class Factory extends ABCWidgetFactory {
    createNewWidget(context) {
      const page = new Page(
        app,
        lab,
        folderOf(app, server, context),
        Server.hash(context.localPath),
      );
      const widget = new DocumentWidget({ content: page.widget, context });
      widget.addClass("lyre-document");
      widget.toolbar.hide();
      bind(context, page);
      return widget;
    }
  }

  app.docRegistry.addModelFactory(new ModelFactory());
  return new Factory({ ...options, modelName: MODEL, readOnly: false });
}

/** The server, if the pipeline is in its folder: other drives of JupyterLab are not on this machine's disk. */
function folderOf(app, server, context) {
  const drive = app.serviceManager.contents.driveName(context.path);
  if (drive === "" || drive === "RTC") return server;
  return {
    check: () =>
      Promise.reject(
        new Problem(
          `Lyre opens pipelines of the Jupyter server's folder, and this one is on the drive '${drive}'.`,
          "Copy it to the server's folder, then open the copy.",
        ),
      ),
  };
}

/** Makes the document's commands those of the page. JupyterLab's copy of the text is used for Save As alone. */
function bind(context, page) {
  let path = context.localPath;
  page.stateChanged = () => {
    if (!context.isDisposed) context.model.dirty = page.dirty;
  };
  context.save = async () => {
    context.saveState.emit("started");
    if (await page.save()) {
      context.saveState.emit("completed");
      return;
    }
    context.saveState.emit("failed");
    // JupyterLab says no more about an error of this name: the page has shown what happened.
    throw Object.assign(new Error(`${path} was not saved`), {
      name: "ModalCancelError",
    });
  };
  const saveAs = context.saveAs.bind(context);
  context.saveAs = async () => {
    const { text } = await page.request("text", { path });
    if (typeof text !== "string") {
      throw new Error(`Lyre's page has not opened ${path}`);
    }
    context.model.fromString(text.replace(/\r\n/g, "\n"));
    context.model.dirty = page.dirty;
    return await saveAs();
  };
  context.revert = () => Promise.resolve(page.send("reload", { path }));
  context.pathChanged.connect(() => {
    const from = path;
    path = context.localPath;
    page.hash = Server.hash(path);
    page.send("renamed", { from, to: path });
  });
}
