// A control for several of some values, each with a check box.

import { fill, h } from "../dom.js";

/** @typedef {import("./controls.js").Control} Control */
/** @typedef {import("./controls.js").Services} Services */

/**
 * @param {Services} services
 * @returns {Control}
 */
export function checksControl(services) {
  const element = h("div", { class: "checks", role: "group", "aria-labelledby": services.labelledBy });
  return {
    element,
    show({ value, mixed }) {
      // Clicks may follow one another faster than the document answers.
      let now = Array.isArray(value) ? value : [];
      const choices = services.choices();
      const all = [
        ...choices,
        ...now.filter((name) => !choices.some((choice) => choice.value === name)).map((name) => ({
          value: name,
          label: `${name} (not a parameter of the pipeline)`,
        })),
      ];
      const hadFocus =
        /** @type {HTMLInputElement|null} */ (element.contains(document.activeElement) ? document.activeElement : null)
          ?.value;
      fill(
        element,
        all.length === 0
          ? h(
            "p",
            { class: "muted" },
            "The pipeline has no parameters. They are made in the properties of the pipeline.",
          )
          : null,
        mixed ? h("p", { class: "muted" }, "Several values") : null,
        all.map((choice) => {
          const input = h("input", { type: "checkbox", value: choice.value, disabled: services.readOnly });
          input.checked = !mixed && now.includes(choice.value);
          input.addEventListener("change", () => {
            now = now.filter((name) => name !== choice.value);
            if (input.checked) now = [...now, choice.value];
            services.change(now);
          });
          return h("label", { class: "check" }, input, choice.label);
        }),
      );
      if (hadFocus !== undefined) {
        /** @type {HTMLElement|null} */ (element.querySelector(`input[value="${CSS.escape(hadFocus)}"]`))?.focus();
      }
    },
    flush() {},
    focus: () => element.querySelector("input")?.focus(),
  };
}
