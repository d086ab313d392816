// Words, signs and numbers of runs: statuses, durations, times, counts.

/**
 * @typedef {"good" | "same" | "bad" | "stopped" | "active" | "idle" | "left"} Tone
 * How a status looks: each has a colour and a sign of its own.
 */

/** @type {Record<string, {word: string, sign: string, tone: Tone}>} */
const STATUSES = {
  waiting: { word: "waiting", sign: "○", tone: "idle" },
  pending: { word: "waiting", sign: "○", tone: "idle" },
  comparing: { word: "comparing", sign: "≈", tone: "active" },
  running: { word: "running", sign: "▶", tone: "active" },
  retrying: { word: "waiting to retry", sign: "↻", tone: "active" },
  succeeded: { word: "ok", sign: "✓", tone: "good" },
  completed: { word: "ok", sign: "✓", tone: "good" },
  cached: { word: "unchanged", sign: "=", tone: "same" },
  failed: { word: "failed", sign: "✕", tone: "bad" },
  timed_out: { word: "timed out", sign: "⧖", tone: "bad" },
  total_time_exceeded: { word: "timed out", sign: "⧖", tone: "bad" },
  kernel_died: { word: "kernel died", sign: "☠", tone: "bad" },
  kernel_not_started: { word: "no kernel", sign: "⊘", tone: "bad" },
  not_written: { word: "not written", sign: "✎", tone: "bad" },
  killed: { word: "killed", sign: "☠", tone: "bad" },
  killed_with_kernel: { word: "killed with the kernel", sign: "☠", tone: "bad" },
  interrupted: { word: "interrupted", sign: "■", tone: "stopped" },
  stopped: { word: "stopped", sign: "■", tone: "stopped" },
  blocked: { word: "blocked", sign: "⊟", tone: "stopped" },
  skipped: { word: "skipped", sign: "–", tone: "left" },
  not_run: { word: "not run", sign: "·", tone: "left" },
};

/** In which order counts of statuses are listed: first those that need attention. */
const ORDER = [
  "failed",
  "timed_out",
  "kernel_died",
  "kernel_not_started",
  "not_written",
  "killed",
  "interrupted",
  "running",
  "comparing",
  "retrying",
  "waiting",
  "succeeded",
  "cached",
  "blocked",
  "skipped",
  "not_run",
];

/** The statuses of nodes and runs that have not ended. */
const OPEN = new Set(["waiting", "pending", "comparing", "running", "retrying"]);

/** @param {string} status */
export function statusWord(status) {
  return STATUSES[status]?.word ?? status.replaceAll("_", " ");
}

/** @param {string} status */
export function statusSign(status) {
  return STATUSES[status]?.sign ?? "?";
}

/** @param {string} status @returns {Tone} */
export function statusTone(status) {
  return STATUSES[status]?.tone ?? "idle";
}

/** Whether a node or a run with this status has ended. @param {string} status */
export function isOver(status) {
  return !OPEN.has(status);
}

/** Whether this status is a failure. @param {string} status */
export function isFailure(status) {
  return statusTone(status) === "bad";
}

/** The place of a status in lists of counts. @param {string} status */
export function statusOrder(status) {
  const place = ORDER.indexOf(status);
  return place < 0 ? ORDER.length : place;
}

/**
 * Statuses with their counts, those that need attention first.
 *
 * @param {Record<string, number>} counts
 * @returns {{status: string, count: number}[]}
 */
export function orderedCounts(counts) {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => ({ status, count }))
    .sort((a, b) => statusOrder(a.status) - statusOrder(b.status));
}

/**
 * A duration as text: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 04 min`, `3 d 04 h`.
 *
 * @param {number | null | undefined} seconds
 */
export function duration(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "";
  const value = Math.max(0, seconds);
  if (value < 9.95) return `${value.toFixed(1)} s`;
  const whole = Math.round(value);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  const minutes = Math.round(value / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
  const hours = Math.round(value / 3600);
  return `${Math.floor(hours / 24)} d ${two(hours % 24)} h`;
}

/** A number with at least two digits. @param {number} number */
export function two(number) {
  return String(number).padStart(2, "0");
}

/**
 * A time of the day, with the date unless it is today: `14:03:09`, `Nov 23, 14:03`.
 *
 * @param {number | null | undefined} time milliseconds since 1970
 * @param {number} now
 */
export function clock(time, now) {
  if (time === null || time === undefined || !Number.isFinite(time)) return "";
  const date = new Date(time);
  const today = new Date(now);
  const day = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (date.toDateString() === today.toDateString()) return `${day}:${two(date.getSeconds())}`;
  const month = date.toLocaleDateString("en", { month: "short", day: "numeric" });
  return date.getFullYear() === today.getFullYear() ? `${month}, ${day}` : `${month}, ${date.getFullYear()}, ${day}`;
}

/**
 * A past time in words: `just now`, `4 min ago`, `yesterday`.
 *
 * @param {number} time milliseconds since 1970
 * @param {number} now
 */
export function ago(time, now) {
  const seconds = Math.max(0, (now - time) / 1000);
  if (seconds < 45) return "just now";
  if (seconds < 3570) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  const midnight = (/** @type {number} */ at) => new Date(at).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(now) - midnight(time)) / 86_400_000);
  if (days <= 0 || seconds < 6 * 3600) return `${Math.round(seconds / 3600)} h ago`;
  return days === 1 ? "yesterday" : `${days} days ago`;
}

/** Milliseconds since 1970 of a time in an event or an answer. @param {unknown} value @returns {number | null} */
export function timeOf(value) {
  if (typeof value === "number") return value > 1e11 ? value : value * 1000;
  if (typeof value !== "string") return null;
  // Dates of JavaScript end at milliseconds.
  const time = Date.parse(value.replace(/(\.\d{3})\d+/, "$1"));
  return Number.isNaN(time) ? null : time;
}

/**
 * `1 node`, `2 nodes`, `1,000,000 lines`.
 *
 * @param {number} count
 * @param {string} noun
 */
export function counted(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** The last part of a path. @param {string} path */
export function baseName(path) {
  return path.slice(path.lastIndexOf("/") + 1) || path;
}

/** A size as text: `812 B`, `3.1 kB`, `12 MB`. @param {number} bytes */
export function size(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : Number(value.toPrecision(2))} ${units[unit]}`;
}
