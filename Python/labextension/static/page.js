// Lyre's page in a frame, and what it and JupyterLab tell each other.

import { acceptDrops, embed } from "./embed.js";

/** The style of the frames, and of the problems that are shown instead. */
const STYLE = `
.lyre-page { overflow: hidden; background: var(--jp-layout-color1); }
.lyre-page iframe { display: block; width: 100%; height: 100%; border: 0; }
.lyre-page iframe[hidden] { display: none; }
.lyre-problem { max-width: 560px; margin: 15vh auto 0; padding: 0 24px; color: var(--jp-ui-font-color1); font-size: var(--jp-ui-font-size1); line-height: 1.5; }
.lyre-problem h2 { margin: 0 0 8px; font-size: var(--jp-ui-font-size2); font-weight: 600; }
.lyre-problem p { margin: 0 0 8px; }
.lyre-problem pre { margin: 0 0 16px; padding: 8px 12px; border: 1px solid var(--jp-border-color2); border-radius: 2px; background: var(--jp-layout-color2); font-family: var(--jp-code-font-family); font-size: var(--jp-code-font-size); user-select: text; }
`;

/** Adds the style of the frames to JupyterLab's page, once. */
export function addStyle() {
  const style = document.createElement("style");
  style.textContent = STYLE;
  document.head.append(style);
}

let requests = 0;

export class Page {
  /** Called when the page has moved, or has or has no longer unsaved changes. */
  stateChanged = () => {};
  /** Whether the page has unsaved changes. */
  dirty = false;

  constructor(app, lab, server, hash) {
    Object.assign(this, { app, lab, server, hash });
    /** Requests that the page has not answered: what to do with the answer, by number. */
    this.open = new Map();
    this.isListening = false;
    this.frame = document.createElement("iframe");
    Object.assign(this.frame, { title: "Lyre", hidden: true });
    this.widget = new lab.widgets.Widget();
    this.widget.addClass("lyre-page");
    this.widget.addClass("jp-IFrame"); // JupyterLab covers these while something is dragged over them.
    this.widget.node.tabIndex = -1;
    this.widget.node.append(this.frame);
    this.widget.onActivateRequest = () => this.frame.contentWindow?.focus();
    acceptDrops(this);
    const listener = (event) => this.receive(event);
    globalThis.addEventListener("message", listener);
    this.widget.disposed.connect(() => {
      this.close();
      globalThis.removeEventListener("message", listener);
      for (const { reject } of this.open.values()) {
        reject(new Error("the tab was closed"));
      }
    });
    this.load();
  }

  /** Ends the page, which forgets what was not saved. A posted message would not arrive any more. */
  close() {
    if (!this.isListening) return;
    const message = { data: { lyre: "close" }, origin: location.origin, source: self };
    this.frame.contentWindow?.dispatchEvent(new MessageEvent("message", message));
  }

  /** Shows the page, or why there is none. */
  async load() {
    this.problem?.remove();
    try {
      await this.server.check();
      if (this.widget.isDisposed) return;
      this.frame.src = this.server.address(this.hash);
      this.frame.hidden = false;
    } catch (error) {
      if (!this.widget.isDisposed) this.show(error);
    }
  }

  /** Shows a problem instead of the page. */
  show(error) {
    const element = (tag, text, className = "") =>
      Object.assign(document.createElement(tag), {
        textContent: text,
        className,
      });
    this.problem = element("div", "", "lyre-problem");
    this.problem.setAttribute("role", "alert");
    const again = element(
      "button",
      "Try Again",
      "jp-Button jp-mod-styled jp-mod-accept",
    );
    again.addEventListener("click", () => this.load());
    this.problem.append(
      element("h2", error.reason ?? "Lyre's page cannot be shown."),
      element("p", error.remedy ?? error.message),
    );
    if (error.command) this.problem.append(element("pre", error.command));
    this.problem.append(again);
    this.frame.hidden = true;
    this.widget.node.append(this.problem);
  }

  /** Sends the page a message. */
  send(lyre, content = {}) {
    this.frame.contentWindow?.postMessage(
      { lyre, ...content },
      location.origin,
    );
  }

  /** Sends the page a message with an answer. */
  request(lyre, content = {}) {
    if (!this.isListening) {
      return Promise.reject(new Error("Lyre's page has not been loaded"));
    }
    const id = (requests += 1);
    return new Promise((resolve, reject) => {
      this.open.set(id, { resolve, reject });
      this.send(lyre, { id, ...content });
    });
  }

  /** Saves what has changed. Whether that succeeded; if not, the page shows why. */
  async save() {
    return (await this.request("save")).ok === true;
  }

  /** A message of this page, and of no other. */
  receive({ source, origin, data }) {
    if (
      source !== this.frame.contentWindow || origin !== location.origin ||
      typeof data?.lyre !== "string"
    ) return;
    switch (data.lyre) {
      case "ready":
        this.isListening = true;
        embed(this);
        this.send("host", { name: this.app.name, opens: true });
        break;
      case "state":
        if (typeof data.hash === "string") this.hash = data.hash;
        this.dirty = data.dirty === true;
        this.stateChanged();
        break;
      case "open":
        if (typeof data.path === "string") {
          this.app.commands.execute("docmanager:open", { path: data.path });
        }
        break;
      default:
        this.open.get(data.id)?.resolve(data);
        this.open.delete(data.id);
    }
  }

  /** Asks before a tab with unsaved changes is closed; a document's tab asks by itself. */
  askBeforeClosing(widget) {
    const { Dialog, showDialog } = this.lab.apputils;
    const close = widget.onCloseRequest.bind(widget);
    widget.onCloseRequest = async (message) => {
      if (this.dirty) {
        const { button } = await showDialog({
          title: "Save your work?",
          body: "The pipelines that are open in this tab have unsaved changes.",
          buttons: [
            Dialog.cancelButton(),
            Dialog.warnButton({ label: "Discard", actions: ["discard"] }),
            Dialog.okButton({ label: "Save" }),
          ],
        });
        if (!button.accept) return;
        if (!button.actions.includes("discard") && !(await this.save())) return;
      }
      close(message);
    };
  }
}
