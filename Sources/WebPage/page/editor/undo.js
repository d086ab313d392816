// Undo: earlier texts of the document with the names of the steps after them. Pure.

/**
 * @template S
 * @typedef {{name: string, before: S, key: string|null, size: number}} Step
 */

/**
 * States before and after named steps. Steps with the same key in a row (letters typed into one field, an object moved
 * by arrow keys) are one step. Old steps are forgotten when their texts grow over a limit.
 * @template S
 */
export class UndoStack {
  /** @param {number} [limit] characters of all texts kept */
  constructor(limit = 48_000_000) {
    this.limit = limit;
    /** @type {Step<S>[]} */
    this.past = [];
    /** @type {Step<S>[]} */
    this.future = [];
  }

  /**
   * Notes a step.
   * @param {string} name
   * @param {S} before
   * @param {number} size
   * @param {string|null} [key]
   */
  push(name, before, size, key = null) {
    this.future = [];
    const last = this.past.at(-1);
    if (key !== null && last?.key === key) {
      last.name = name;
      return;
    }
    this.past.push({ name, before, key, size });
    let sum = this.past.reduce((total, step) => total + step.size, 0);
    while (sum > this.limit && this.past.length > 1) sum -= this.past.shift()?.size ?? 0;
  }

  /** Ends a row of steps with the same key. */
  seal() {
    const last = this.past.at(-1);
    if (last) last.key = null;
  }

  /**
   * Takes the last step back.
   * @param {S} now
   * @returns {{name: string, state: S}|null}
   */
  undo(now) {
    const step = this.past.pop();
    if (!step) return null;
    this.future.push({ ...step, before: now, key: null });
    return { name: step.name, state: step.before };
  }

  /**
   * Takes a step again.
   * @param {S} now
   * @returns {{name: string, state: S}|null}
   */
  redo(now) {
    const step = this.future.pop();
    if (!step) return null;
    this.past.push({ ...step, before: now, key: null });
    return { name: step.name, state: step.before };
  }

  get undoName() {
    return this.past.at(-1)?.name ?? null;
  }

  get redoName() {
    return this.future.at(-1)?.name ?? null;
  }
}
