// Checks for tests.

/** @param {unknown} value @param {string} [message] */
export function assert(value, message = "the condition does not hold") {
  if (!value) throw new Error(message);
}

/** @param {unknown} actual @param {unknown} expected */
export function equal(actual, expected) {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (left !== right) throw new Error(`is       ${left}\nexpected ${right}`);
}
