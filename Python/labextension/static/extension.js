// The plug-in: tiles, commands, and pipelines as a type of document.

import { lyreIcon, pipelineIcon, runsIcon } from "./icons.js";
import { addStyle, Page } from "./page.js";
import { pipelineFactory } from "./pipeline.js";
import { Server } from "./server.js";

/** The name in "Open With", and in JupyterLab's setting of default viewers. */
const FACTORY = "Lyre Pipeline Editor";
/** Elyra's plug-ins: its own editor for the same files, and a launcher that leaves out categories that it does not know. */
const ELYRA_EDITOR = "@elyra/pipeline-editor-extension";
const ELYRA_LAUNCHER = "elyra-theme-extension";

/**
 * The plug-ins of this extension.
 * @param {(name: string) => Promise<any>} shared loads a package of JupyterLab; null where the application has none
 */
export async function plugins(shared) {
  const names = {
    application: "@jupyterlab/application",
    apputils: "@jupyterlab/apputils",
    coreutils: "@jupyterlab/coreutils",
    docregistry: "@jupyterlab/docregistry",
    filebrowser: "@jupyterlab/filebrowser",
    launcher: "@jupyterlab/launcher",
    mainmenu: "@jupyterlab/mainmenu",
    services: "@jupyterlab/services",
    ui: "@jupyterlab/ui-components",
    widgets: "@lumino/widgets",
  };
  const entries = Object.entries(names).map(async (
    [key, name],
  ) => [key, await shared(name)]);
  const lab = Object.fromEntries(await Promise.all(entries));
  const optional = [
    lab.application.ILabShell,
    lab.application.ILayoutRestorer,
    lab.apputils.ICommandPalette,
    lab.launcher?.ILauncher,
    lab.filebrowser?.IDefaultFileBrowser,
    lab.mainmenu?.IMainMenu,
  ];
  const present = optional.filter(Boolean);
  return [
    {
      id: "lyre-lab:plugin",
      description: "Lyre's pipeline editor, and the runs of pipelines and notebooks",
      autoStart: true,
      optional: present,
      activate(app, ...found) {
        const [labShell, restorer, palette, launcher, browser, menu] = optional
          .map((
            token,
          ) => (token ? found[present.indexOf(token)] : null));
        activate(app, lab, {
          labShell,
          restorer,
          palette,
          launcher,
          browser,
          menu,
        });
      },
    },
  ];
}

/** Where something of Lyre is opened from: each is null where the application has none. */
function activate(
  app,
  lab,
  { labShell, restorer, palette, launcher, browser, menu },
) {
  addStyle();
  const server = new Server(lab);
  const icons = Object.fromEntries(
    Object.entries({ lyre: lyreIcon, pipeline: pipelineIcon, runs: runsIcon })
      .map((
        [name, svgstr],
      ) => [name, new lab.ui.LabIcon({ name: `lyre-lab:${name}`, svgstr })]),
  );
  addPipelines(app, lab, { server, restorer, icon: icons.pipeline });
  const tabs = {
    "lyre-home": { hash: "#/", label: "Lyre", icon: icons.lyre },
    "lyre-runs": { hash: "#/runs", label: "Lyre Runs", icon: icons.runs },
  };
  const tracker = new lab.apputils.WidgetTracker({ namespace: "lyre-page" });

  /** Shows a page in a tab; where the application has no tabs, as Notebook 7, in one of the browser. */
  const show = (id, hash = tabs[id].hash) => {
    if (!labShell) {
      globalThis.open(server.address(hash));
      return;
    }
    if (!tracker.find((widget) => widget.id === id)) {
      const page = new Page(app, lab, server, hash);
      const widget = new lab.apputils.MainAreaWidget({ content: page.widget });
      const { label, icon } = tabs[id];
      widget.id = id;
      Object.assign(widget.title, { label, icon, closable: true });
      widget.toolbar.hide();
      page.askBeforeClosing(widget);
      page.stateChanged = () => tracker.save(widget);
      pages.set(widget, page);
      tracker.add(widget);
      app.shell.add(widget, "main");
    }
    app.shell.activateById(id);
  };
  const pages = new WeakMap();

  const commands = {
    "lyre:new-pipeline": {
      label: (args) =>
        args.isPalette ? "Lyre: new pipeline" : args.isAmongOthers ? "New Lyre Pipeline" : "New Pipeline",
      caption: "Create a pipeline in the current folder and open it",
      icon: icons.pipeline,
      execute: async (args) => {
        const folder = app.serviceManager.contents.localPath(
          args.cwd ?? browser?.model.path ?? "",
        );
        try {
          const path = await server.newPipeline(folder);
          await browser?.model.refresh();
          return await app.commands.execute("docmanager:open", {
            path,
            factory: FACTORY,
          });
        } catch (error) {
          await lab.apputils.showErrorMessage("No pipeline was created", error);
        }
      },
    },
    "lyre:open": {
      label: (args) =>
        args.isPalette
          ? "Lyre: open the pipeline editor"
          : args.isAmongOthers
          ? "Lyre: Pipelines and Runs"
          : "Pipelines and Runs",
      caption: "The pipelines of this folder and their newest runs",
      icon: icons.lyre,
      execute: () => show("lyre-home"),
    },
    "lyre:runs": {
      label: (args) => (args.isPalette ? "Lyre: runs" : "Runs"),
      caption: "Runs of pipelines and notebooks: states, logs, results, comparison",
      icon: icons.runs,
      execute: () => show("lyre-runs"),
    },
  };
  for (const [id, options] of Object.entries(commands)) {
    app.commands.addCommand(id, options);
    palette?.addItem({
      command: id,
      category: "Lyre",
      args: { isPalette: true },
    });
  }
  const isAmongOthers = app.listPlugins().includes(ELYRA_LAUNCHER);
  const category = isAmongOthers ? "Other" : "Lyre";
  launcher?.add({
    command: "lyre:open",
    category,
    rank: 0,
    args: { isAmongOthers },
  });
  launcher?.add({
    command: "lyre:new-pipeline",
    category,
    rank: 1,
    args: { isAmongOthers },
  });
  menu?.fileMenu.newMenu.addGroup([{
    command: "lyre:new-pipeline",
    args: { isAmongOthers: true },
  }], 60);
  app.commands.addCommand("lyre:restore", {
    execute: ({ id, hash }) => show(id, hash),
  });
  restorer?.restore(tracker, {
    command: "lyre:restore",
    args: (widget) => ({ id: widget.id, hash: pages.get(widget).hash }),
    name: (widget) => widget.id,
  });
}

/** Pipelines as documents: opened by double click, or, beside Elyra's editor, by "Open With". */
function addPipelines(app, lab, { server, restorer, icon }) {
  // Plug-ins start in any order, but all are known before the first one starts.
  const isBesideElyra = app.listPlugins().some((id) => id.startsWith(ELYRA_EDITOR));
  if (!isBesideElyra) {
    app.docRegistry.addFileType({
      name: "pipeline",
      displayName: "Pipeline",
      extensions: [".pipeline"],
      mimeTypes: ["application/json"],
      contentType: "file",
      fileFormat: "text",
      icon,
    });
  }
  const tracker = new lab.apputils.WidgetTracker({
    namespace: "lyre-pipeline",
  });
  const factory = pipelineFactory(app, lab, server, {
    name: FACTORY,
    label: FACTORY,
    fileTypes: ["pipeline"],
    defaultFor: isBesideElyra ? [] : ["pipeline"],
  });
  factory.widgetCreated.connect((_, widget) => {
    widget.title.icon = icon;
    widget.context.pathChanged.connect(() => tracker.save(widget));
    tracker.add(widget);
  });
  app.docRegistry.addWidgetFactory(factory);
  restorer?.restore(tracker, {
    command: "docmanager:open",
    args: (widget) => ({ path: widget.context.path, factory: FACTORY }),
    name: (widget) => widget.context.path,
  });
}
