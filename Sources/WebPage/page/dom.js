// Elements of HTML and SVG from plain calls. Text always becomes a text node, never markup.

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Node|string|number|null|undefined|false} Child */

/**
 * Makes an HTML element. Properties: `class`, `on` (listeners by event), `data` (data-* attributes);
 * anything else is an attribute: `true` sets it empty, `false`, null and undefined leave it out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>|null} [properties]
 * @param {...(Child|Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  set(element, properties ?? {});
  append(element, children);
  return element;
}

/**
 * Makes an SVG element, with properties as `h` has them.
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>|null} [properties]
 * @param {...(Child|Child[])} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function s(tag, properties, ...children) {
  const element = document.createElementNS(SVG, tag);
  set(element, properties ?? {});
  append(element, children);
  return element;
}

/**
 * Sets properties as `h` does on an element that exists.
 * @param {Element} element
 * @param {Record<string, any>} properties
 */
export function set(element, properties) {
  for (const [name, value] of Object.entries(properties)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) {
        element.addEventListener(event, /** @type {EventListener} */ (listener));
      }
    } else if (name === "data") {
      for (const [key, text] of Object.entries(value)) {
        if (text !== null && text !== undefined) {
          /** @type {HTMLElement|SVGElement} */ (element).dataset[key] = String(text);
        }
      }
    } else if (name === "value" && "value" in element) {
      element.value = value;
    } else if (value === false || value === null || value === undefined) {
      element.removeAttribute(name);
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
}

/**
 * @param {Element} element
 * @param {(Child|Child[])[]} children
 */
function append(element, children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/**
 * Replaces an element's contents.
 * @param {Element} element
 * @param {...(Child|Child[])} children
 */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

const allowedTags = new Set(
  ("a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 " +
    "hr i img input ins kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead " +
    "tr u ul var").split(" "),
);
const allowedAttributes = new Set("alt align checked class colspan height lang rowspan start title width".split(" "));

/**
 * The server's HTML of a comment as nodes. The server has sanitised it; this keeps the page safe should that fail:
 * only elements that format text, no scripts, styles, frames or event attributes, links to the web alone.
 * @param {string} html
 * @returns {DocumentFragment}
 */
export function formatted(html) {
  const source = new DOMParser().parseFromString(html, "text/html").body;
  const result = document.createDocumentFragment();
  for (const child of [...source.childNodes]) copy(child, result);
  return result;
}

/**
 * @param {Node} node
 * @param {Node} target
 */
function copy(node, target) {
  if (node.nodeType === Node.TEXT_NODE) {
    target.appendChild(document.createTextNode(node.textContent ?? ""));
    return;
  }
  if (!(node instanceof Element)) return;
  const tag = node.localName;
  if (["script", "style", "template", "iframe", "object", "embed", "svg", "math"].includes(tag)) return;
  if (!allowedTags.has(tag)) {
    for (const child of [...node.childNodes]) copy(child, target);
    return;
  }
  const element = document.createElement(tag);
  for (const { name, value } of [...node.attributes]) {
    if (allowedAttributes.has(name)) element.setAttribute(name, value);
    if (tag === "a" && name === "href" && /^(https?:|mailto:)/i.test(value)) {
      set(element, { href: value, target: "_blank", rel: "noopener noreferrer" });
    }
    if (tag === "img" && name === "src" && /^data:image\/(png|jpeg|gif|webp);/i.test(value)) {
      element.setAttribute("src", value);
    }
  }
  if (tag === "input") set(element, { type: "checkbox", disabled: true, "aria-label": "task" });
  for (const child of [...node.childNodes]) copy(child, element);
  target.appendChild(element);
}

let counter = 0;

/**
 * An id for elements that refer to one another.
 * @param {string} prefix
 */
export function uniqueID(prefix) {
  counter += 1;
  return `${prefix}-${counter}`;
}

/**
 * The call at the end of a pause in calls.
 * @template {any[]} A
 * @param {number} milliseconds
 * @param {(...values: A) => void} action
 */
export function debounced(milliseconds, action) {
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;
  /** @type {A|null} */
  let waiting = null;
  const run = () => {
    clearTimeout(timer);
    timer = undefined;
    if (!waiting) return;
    const values = waiting;
    waiting = null;
    action(...values);
  };
  return {
    /** @param {A} values */
    call(...values) {
      waiting = values;
      clearTimeout(timer);
      timer = setTimeout(run, milliseconds);
    },
    /** Whether a call waits. */
    waits: () => waiting !== null,
    /** Does at once what waits. */
    flush: run,
    /** Forgets what waits. */
    cancel() {
      waiting = null;
      clearTimeout(timer);
    },
  };
}

/**
 * Whether the person writes: then keys are letters, not commands.
 * @param {EventTarget|null} target
 */
export function isWriting(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button", "range"].includes(target.type);
  return target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
