// The top of a run's page: what it is, how far it is, and what can be done with it.

import { explain } from "../api.js";
import { fill, h } from "../dom.js";
import { openMenu } from "../menu.js";
import { compareAddress, editAddress, historyAddress, runAddress } from "./addresses.js";
import { remainingSeconds } from "./estimate.js";
import { copyLink } from "./copying.js";
import { badge, button, countText, drawCountBar, link, sign } from "./parts.js";
import { runSeconds } from "./state.js";
import { clock, duration, isFailure, isOver, orderedCounts, statusTone, statusWord } from "./words.js";

/** @typedef {import("../types.js").Context} Context */
/** @typedef {import("./state.js").RunState} RunState */

export class Head {
  #actionsKey = "";
  #countsKey = "";
  /** @type {Map<string, HTMLButtonElement>} */
  #countButtons = new Map();
  #stops = 0;
  /** The run before this one, for comparing. @type {string | null} */
  #before = null;

  /**
   * @param {Context} context
   * @param {Record<string, any>} data the answer to `GET api/runs/R`
   * @param {{filter: (status: string) => void, select: (place: number) => void}} actions
   */
  constructor(context, data, actions) {
    this.context = context;
    this.data = data;
    this.actions = actions;
    this.badge = h("span", { class: "run-head-badge", role: "status" });
    this.counts = h("div", { class: "run-counts", role: "group", "aria-label": "Filter by status" });
    this.bar = h("div", { class: "run-count-bar", "aria-hidden": "true" });
    this.facts = h("p", { class: "run-facts" });
    this.buttons = h("div", { class: "run-actions" });
    this.message = h("p", { class: "run-message", tabindex: 0, role: "region", "aria-label": "Message", hidden: true });
    const isPipeline = data.kind !== "notebook";
    const file = String(data.file ?? "");
    const inside = data.inside !== false;
    const title = h(
      "h1",
      { title: file },
      isPipeline && inside ? link(editAddress(file), data.name || file) : data.name || file,
      h("span", { class: "run-number" }, ` run ${data.run}`),
    );
    this.element = h(
      "header",
      { class: "run-head" },
      h(
        "nav",
        { class: "run-crumbs", "aria-label": "Place" },
        link("#/runs", "Runs"),
        isPipeline && inside ? [" › ", link(historyAddress(file), file)] : [" › ", h("span", null, file)],
      ),
      h("div", { class: "run-title" }, title, this.badge, h("span", { class: "spring" }), this.buttons),
      h("div", { class: "run-progress" }, this.bar, this.counts, this.facts),
      this.message,
    );
    if (isPipeline) this.#findBefore(file, String(data.run));
  }

  /** @param {string} file @param {string} run */
  async #findBefore(file, run) {
    try {
      const { runs } = await this.context.api.get("runs", { pipeline: file, limit: 20 });
      const place = runs.findIndex((/** @type {any} */ other) => String(other.run) === run);
      this.#before = place >= 0 && runs[place + 1] ? String(runs[place + 1].run) : null;
    } catch {
      // Without it, the menu has no entry that compares.
    }
  }

  /**
   * @param {RunState} state
   * @param {Record<string, number>} counts
   * @param {string} status the status that the list shows; empty for all
   * @param {number} now
   */
  show(state, counts, status, now) {
    const badgeKey = `${state.status} ${this.#stops}`;
    if (this.badge.dataset.key !== badgeKey) {
      this.badge.dataset.key = badgeKey;
      fill(this.badge, badge(state.status, this.#stops > 0 && !state.over ? "stopping" : statusWord(state.status)));
    }
    this.#showCounts(state, counts, status);
    this.#showFacts(state, counts, now);
    this.#showActions(state);
    this.#showMessage(state);
  }

  /** @param {RunState} state */
  #showMessage(state) {
    const failed = state.kind === "pipeline" ? state.nodes.find((node) => isFailure(node.status)) : undefined;
    const text = state.status === "killed"
      ? "Lyre was killed during this run: the record ends where it was."
      : failed
      ? `: ${failed.message ?? statusWord(failed.status)}`
      : state.message ?? state.warnings[0] ?? null;
    const key = JSON.stringify([text, failed?.place]);
    if (this.message.dataset.key === key) return;
    this.message.dataset.key = key;
    this.message.hidden = text === null;
    this.message.dataset.tone = failed || state.message || state.status === "killed"
      ? statusTone(failed?.status ?? state.status)
      : "stopped";
    const toNode = failed && state.status !== "killed"
      ? h(
        "button",
        {
          type: "button",
          class: "run-link",
          title: failed.label,
          on: { click: () => this.actions.select(failed.place) },
        },
        failed.label,
      )
      : null;
    fill(this.message, toNode, text);
  }

  /** @param {RunState} state @param {Record<string, number>} counts @param {string} status */
  #showCounts(state, counts, status) {
    const key = JSON.stringify([counts, status]);
    if (key === this.#countsKey || state.kind === "notebook") return;
    this.#countsKey = key;
    drawCountBar(this.bar, counts);
    // Buttons stay while their counts change: one that were made anew under the pointer would lose its click.
    const buttons = orderedCounts(counts).map((part) => {
      const button = this.#countButtons.get(part.status) ?? this.#countButton(part.status);
      this.#countButtons.set(part.status, button);
      button.setAttribute("aria-pressed", String(part.status === status));
      const label = /** @type {Node} */ (button.lastChild);
      const text = `${part.count} ${statusWord(part.status)}`;
      if (label.textContent !== text) label.textContent = text;
      return button;
    });
    for (const child of [...this.counts.children]) if (!buttons.some((button) => button === child)) child.remove();
    for (const [index, button] of buttons.entries()) {
      if (this.counts.children[index] !== button) this.counts.insertBefore(button, this.counts.children[index] ?? null);
    }
  }

  /** @param {string} status */
  #countButton(status) {
    return h(
      "button",
      {
        type: "button",
        class: "run-count",
        title: `Show only these: ${statusWord(status)}`,
        data: { status, tone: statusTone(status) },
        on: { click: () => this.actions.filter(status) },
      },
      sign(status),
      h("span", null),
    );
  }

  /** @param {RunState} state @param {Record<string, number>} counts @param {number} now */
  #showFacts(state, counts, now) {
    const parts = [];
    if (state.started !== null) parts.push(`started ${clock(state.started, now)}`);
    const seconds = runSeconds(state, now);
    if (seconds !== null) parts.push(state.over ? `took ${duration(seconds)}` : `${duration(seconds)} so far`);
    const left = remainingSeconds(state, now);
    if (left !== null) {
      parts.push(
        left < 1
          ? "about to end, by earlier runs"
          : `about ${duration(Math.max(1, Math.round(left)))} left, by earlier runs`,
      );
    }
    const text = parts.join(" · ");
    if (this.facts.textContent !== text) this.facts.textContent = text;
    const done = Object.entries(counts).reduce((sum, [status, count]) => sum + (isOver(status) ? count : 0), 0);
    this.bar.setAttribute("data-done", `${done} of ${state.nodes.length}: ${countText(counts)}`);
  }

  /** @param {RunState} state */
  #showActions(state) {
    const hasFailed = state.nodes.some((node) =>
      isFailure(node.status) || node.status === "interrupted" || node.status === "blocked" || node.status === "not_run"
    );
    const key = JSON.stringify([state.over, hasFailed, this.#stops, this.#before]);
    if (key === this.#actionsKey) return;
    this.#actionsKey = key;
    const isPipeline = state.kind === "pipeline" && state.inside;
    const stop = () => this.#stop();
    fill(
      this.buttons,
      !state.over && this.data.stoppable !== false
        ? button("stop", this.#stops === 0 ? "Stop" : "Stop at once", stop, {
          kind: this.#stops === 0 ? "" : "danger",
          title: this.#stops === 0
            ? "End the run as Ctrl-C does: nodes are interrupted, results so far are kept"
            : "End the run as a second Ctrl-C does: processes are killed",
        })
        : null,
      state.over && isPipeline && hasFailed
        ? button("play", "Rerun from failure", () => this.#rerun(state, "resume"), {
          kind: "primary",
          title: "Run what this run did not finish; keep the results of the other nodes",
        })
        : null,
      state.over && isPipeline
        ? button("refresh", "Rerun", () => this.#rerun(state, "all"), { title: "Run all nodes again" })
        : null,
      copyLink(this.context, () => runAddress(state.run), "Copy a link to this run"),
      button("more", "More about this run", () => this.#more(state), { iconOnly: true }),
    );
  }

  async #stop() {
    this.#stops += 1;
    this.#actionsKey = "";
    try {
      await this.context.api.post(`runs/${encodeURIComponent(String(this.data.run))}/stop`, {});
    } catch (error) {
      this.#stops -= 1;
      this.#actionsKey = "";
      this.context.toast(`The run could not be stopped: ${explain(error)}`, "error");
    }
  }

  /** @param {RunState} state @param {string} mode */
  async #rerun(state, mode) {
    const { rerun } = await import("./start.js");
    await rerun(this.context, { path: state.file, mode, run: state.run });
  }

  /** @param {RunState} state */
  #more(state) {
    const box = /** @type {HTMLElement} */ (this.buttons.lastElementChild).getBoundingClientRect();
    const run = encodeURIComponent(state.run);
    openMenu([
      state.kind === "pipeline" && state.inside &&
      {
        label: "History of this pipeline",
        icon: "clock",
        action: () => this.context.navigate(historyAddress(state.file)),
      },
      this.#before !== null &&
      {
        label: `Compare with run ${this.#before}`,
        icon: "horizontal",
        action: () => this.context.navigate(compareAddress(/** @type {string} */ (this.#before), state.run)),
      },
      state.kind === "pipeline" && state.inside &&
      { label: "Run with other values…", icon: "play", action: () => this.context.openRunForm(state.file) },
      {
        label: "Report as one page",
        icon: "open",
        action: () => void open(this.context.api.address(`runs/${run}/report`), "_blank", "noopener"),
      },
    ], { x: box.right - 220, y: box.bottom + 4, label: "More about this run" });
  }
}
