// Texts and links to the clipboard.

import { h } from "../dom.js";
import { button } from "./parts.js";

/** @typedef {import("../types.js").Context} Context */

/**
 * Copies a text, also where the browser has no clipboard for pages without encryption.
 *
 * @param {string} text
 * @returns {Promise<boolean>}
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = h("textarea", { class: "run-offscreen", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    const isCopied = document.execCommand("copy");
    area.remove();
    return isCopied;
  }
}

/** A button that copies a link to a place in the page. @param {Context} context @param {() => string} hash @param {string} label */
export function copyLink(context, hash, label) {
  return button("link", label, async () => {
    const address = new URL(hash(), location.href);
    const isCopied = await copyText(address.href);
    context.toast(
      isCopied ? "The link was copied." : `The browser did not allow copying. The link: ${address.href}`,
      isCopied ? "success" : "warning",
    );
  }, { iconOnly: true });
}
