// From a key press to the name of a command. Pure.

/**
 * A key press as commands write it: "Ctrl+Shift+L", "Delete", "?".
 * @param {{key: string, code?: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean, shiftKey: boolean}} event
 */
export function keyName({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  const parts = [];
  if (ctrlKey || metaKey) parts.push("Ctrl");
  if (altKey) parts.push("Alt");
  const letter = key.length === 1 && key.toLowerCase() !== key.toUpperCase();
  // Of signs such as "?" the shift key is a part.
  if (shiftKey && (letter || key.length > 1)) parts.push("Shift");
  parts.push(letter ? key.toUpperCase() : key);
  return parts.join("+");
}

/**
 * @param {Record<string, {keys?: string[], scope?: string}>} commands
 * @returns {Map<string, string>} names of commands by key
 */
export function keyTable(commands) {
  /** @type {Map<string, string>} */
  const table = new Map();
  for (const [name, { keys }] of Object.entries(commands)) {
    for (const key of keys ?? []) {
      if (table.has(key)) throw new Error(`Two commands have the key ${key}: ${table.get(key)} and ${name}`);
      table.set(key, name);
    }
  }
  return table;
}

/**
 * A key as people read it: arrows as arrows.
 * @param {string} key
 */
export function shownKey(key) {
  return key.replace("ArrowUp", "↑").replace("ArrowDown", "↓").replace("ArrowLeft", "←").replace("ArrowRight", "→");
}
