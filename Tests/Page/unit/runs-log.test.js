// Logs: escape sequences, lines in bounded memory, rows, search.

import { contrast, readable } from "../../../Sources/WebPage/page/runs/contrast.js";
import { endStyle, PLAIN, plainText, spansOf } from "../../../Sources/WebPage/page/runs/ansi.js";
import { matchesIn, patternOf, Search } from "../../../Sources/WebPage/page/runs/find.js";
import { Lines, LONGEST_LINE } from "../../../Sources/WebPage/page/runs/lines.js";
import { streamText } from "../../../Sources/WebPage/page/runs/log-source.js";
import { columnsOf, Rows } from "../../../Sources/WebPage/page/runs/rows.js";
import assert from "node:assert/strict";

const ESC = "\x1b";

/** @param {string} text */
function styled(text) {
  return spansOf(text).spans.map(({ text, style }) => {
    const set = Object.entries(style).filter(([, value]) => value !== null && value !== false);
    return [text, Object.fromEntries(set)];
  });
}

for (
  const [name, text, expected] of /** @type {[string, string, unknown][]} */ ([
    ["plain text", "abc", [["abc", {}]]],
    ["a colour and its end", `a${ESC}[31mb${ESC}[0mc`, [["a", {}], ["b", { color: 1 }], ["c", {}]]],
    ["an empty parameter, which resets", `${ESC}[1mb${ESC}[mc`, [["b", { bold: true }], ["c", {}]]],
    ["bright colours", `${ESC}[92;103mx`, [["x", { color: 10, back: 11 }]]],
    ["a colour of 256", `${ESC}[38;5;208mx`, [["x", { color: "rgb(255,135,0)" }]]],
    ["a grey of 256", `${ESC}[48;5;255mx`, [["x", { back: "rgb(238,238,238)" }]]],
    ["a colour of red, green and blue, with colons", `${ESC}[38:2:1:2:3mx`, [["x", { color: "rgb(1,2,3)" }]]],
    ["a colour out of range, which is ignored", `${ESC}[38;5;999mx`, [["x", {}]]],
    ["moves of the cursor", `a${ESC}[2Kb${ESC}[1;1Hc${ESC}[?25ld`, [["a", {}], ["b", {}], ["c", {}], ["d", {}]]],
    ["a title and a link", `${ESC}]0;evil\x07a${ESC}]8;;http://x${ESC}\\b`, [["a", {}], ["b", {}]]],
    ["an escape that does not end", `a${ESC}`, [["a", {}]]],
    ["a sequence that does not end", `a${ESC}[31`, [["a", {}], ["[31", {}]]],
    ["control characters", "a\x00b\x08c\x7f", [["abc", {}]]],
    ["markup, which stays text", "<img src=x onerror=alert(1)>", [["<img src=x onerror=alert(1)>", {}]]],
  ])
) {
  Deno.test(`spans of ${name}`, () => {
    assert.deepEqual(styled(text), expected);
    assert.deepEqual(plainText(text), /** @type {any[]} */ (expected).map(([part]) => part).join(""));
  });
}

Deno.test("hostile sequences take linear time", () => {
  const text = `${ESC}[`.repeat(50_000) + `${ESC}]`.repeat(50_000) + `${ESC}P`.repeat(50_000);
  const start = performance.now();
  spansOf(text);
  assert.ok(performance.now() - start < 2000, "150,000 open sequences took too long");
});

Deno.test("pieces of text become lines, whatever their borders", () => {
  const text = "one\ntwo\n\nfour";
  for (let size = 1; size <= text.length; size += 1) {
    const lines = new Lines();
    for (let from = 0; from < text.length; from += size) lines.append(text.slice(from, from + size));
    assert.deepEqual([...lines], ["one", "two", "", "four"]);
    assert.deepEqual([lines.count, lines.complete], [4, 3]);
  }
});

Deno.test("carriage returns leave what a terminal shows, also in pieces", () => {
  const text = "0 %\r50 %\r100 %\nwindows\r\nend\r";
  for (let size = 1; size <= text.length; size += 1) {
    const lines = new Lines();
    for (let from = 0; from < text.length; from += size) lines.append(text.slice(from, from + size));
    assert.deepEqual([...lines].map((line) => line.replace(/\r/g, "")), ["100 %", "windows", "end"]);
  }
});

Deno.test("a progress bar without line breaks stays one short line", () => {
  const lines = new Lines();
  for (let step = 0; step < 20_000; step += 1) lines.append(`\r${step} of 20,000`);
  assert.deepEqual([...lines], ["19999 of 20,000"]);
});

Deno.test("a line without end is cut into lines", () => {
  const lines = new Lines();
  for (let part = 0; part < 40; part += 1) lines.append("x".repeat(1000));
  lines.append("😀".repeat(5000));
  assert.ok([...lines].every((line) => line.length <= LONGEST_LINE));
  assert.deepEqual([...lines].join("").length, 50_000);
  assert.ok([...lines].every((line) => !/[\ud800-\udbff]$/.test(line)), "a character was cut in two");
});

Deno.test("a colour goes on in the lines that follow", () => {
  const lines = new Lines();
  lines.append(`a\n${ESC}[32mb\nc\n${ESC}[0md\n`.repeat(600));
  assert.deepEqual([0, 1, 2, 3, 4].map((number) => lines.style(number).color), [null, null, 2, 2, null]);
  assert.deepEqual(lines.style(2002).color, 2);
  assert.deepEqual(lines.style(2004), PLAIN);
});

Deno.test("a million lines are kept, and of more the newest", () => {
  const lines = new Lines(1_000_000);
  const chunk = Array.from({ length: 1000 }, (_, index) => `line ${index}\n`).join("");
  for (let count = 0; count < 1010; count += 1) lines.append(chunk);
  assert.deepEqual(lines.end, 1_010_000);
  assert.ok(lines.count >= 1_000_000 && lines.count < 1_002_000, `${lines.count} lines are kept`);
  assert.deepEqual(lines.line(lines.end - 1), "line 999");
  assert.deepEqual(lines.line(lines.dropped), `line ${lines.dropped % 1000}`);
});

Deno.test("the characters of a log are bounded, too", () => {
  const lines = new Lines(1_000_000, 1_000_000);
  for (let count = 0; count < 5000; count += 1) lines.append(`${"x".repeat(999)}\n`);
  assert.ok(lines.count <= 2100 && lines.count > 500, `${lines.count} lines are kept`);
});

Deno.test("rows of wrapped lines", () => {
  const lines = new Lines();
  lines.append(`${"a".repeat(25)}\n\n${"b".repeat(10)}\nc`);
  const rows = new Rows(lines, 10);
  assert.deepEqual(rows.total, 6);
  assert.deepEqual([0, 2, 3, 4, 5].map((row) => rows.lineAt(row).line), [0, 0, 1, 2, 3]);
  assert.deepEqual([0, 1, 2, 3].map((line) => rows.rowOf(line)), [0, 3, 4, 5]);
  lines.append("c".repeat(30));
  rows.update();
  assert.deepEqual(rows.total, 9);
});

Deno.test("rows stay right when the first lines are removed", () => {
  const lines = new Lines(2000);
  const rows = new Rows(lines, 10);
  for (let count = 0; count < 6000; count += 1) {
    lines.append(`${"x".repeat(count % 25)}\n`);
    if (count % 777 === 0) rows.update();
  }
  rows.update();
  let expected = 0;
  for (const line of lines) expected += Math.max(1, Math.ceil(line.length / 10));
  assert.deepEqual(rows.total, expected);
  const { line, row } = rows.lineAt(1234);
  assert.deepEqual(rows.rowOf(line), row);
});

Deno.test("wide characters, marks and tabs have their columns", () => {
  assert.deepEqual(["日本", "e\u0301", "\tx", "a\tx", "😀"].map(columnsOf), [4, 1, 9, 9, 2]);
});

Deno.test("a search counts matches, also in lines that come later", () => {
  const lines = new Lines();
  lines.append(`Error one\nnone\n${ESC}[31merr${ESC}[0mor two, error\nerr`);
  const search = new Search(
    lines,
    /** @type {RegExp} */ (patternOf({ text: "error", matchCase: false, isPattern: false })),
  );
  assert.deepEqual(search.step(() => true, false), true);
  assert.deepEqual(search.matches, [{ line: 0, from: 0, to: 5 }, { line: 2, from: 0, to: 5 }, {
    line: 2,
    from: 11,
    to: 16,
  }]);
  lines.append("or\n");
  search.step(() => true, false);
  assert.deepEqual(search.matches.length, 4);
  assert.deepEqual([search.from(1), search.from(3), search.from(9)], [1, 3, 0]);
});

Deno.test("a search stops when its time is over, and goes on", () => {
  const lines = new Lines();
  lines.append("x\n".repeat(2000));
  const search = new Search(lines, /x/g);
  let left = 3;
  assert.deepEqual(search.step(() => left-- > 0, true), false);
  assert.ok(search.matches.length < 2000);
  assert.deepEqual(search.step(() => true, true), true);
  assert.deepEqual(search.matches.length, 2000);
});

Deno.test("colours with colons, and underlines of other forms and colours, leave the rest of the style", () => {
  const style = (/** @type {string} */ codes) => endStyle(`${ESC}[${codes}m`);
  const red = { ...PLAIN, color: "rgb(255,0,0)" };
  assert.deepEqual(style("38:2::255:0:0"), red);
  assert.deepEqual(style("38:2:255:0:0"), red);
  assert.deepEqual(style("38;2;255;0;0"), red);
  assert.deepEqual(style("38:5:1"), { ...PLAIN, color: 1 });
  assert.deepEqual(style("4:3"), { ...PLAIN, underline: true });
  assert.deepEqual(style("4;4:0"), PLAIN);
  assert.deepEqual(style("58;5;1;31"), { ...PLAIN, color: 1 });
  assert.deepEqual(style("58:2::1:3:9;1"), { ...PLAIN, bold: true });
});

Deno.test("every sign that is typed is searched as it is", () => {
  for (const sign of "-\\^$.*+?()[]{}|/#&~,:!=<>@`'\"%;_ ü✓😀") {
    const text = `a${sign}b`;
    const pattern = patternOf({ text, matchCase: true, isPattern: false });
    assert.ok(pattern, `${sign} is no pattern`);
    assert.equal(matchesIn(`x ${text} y aab`, pattern).length, 1, sign);
  }
});

Deno.test("characters of a pattern are text unless it is one", () => {
  const count = (/** @type {string} */ text, isPattern = false) => {
    const pattern = patternOf({ text, matchCase: false, isPattern });
    return pattern ? matchesIn("a.b [x] axb", pattern).length : -1;
  };
  assert.deepEqual([count("a.b"), count("a.b", true), count("[x]"), count("[", true), count("x*", true)], [
    1,
    2,
    1,
    -1,
    2,
  ]);
});

Deno.test("the streams of a node from its events", () => {
  const text = (/** @type {any} */ event, /** @type {any} */ choice) => streamText(event, choice);
  assert.deepEqual(text({ event: "line", name: "stderr", text: "a" }, "stderr"), "a\n");
  assert.deepEqual(text({ event: "line", name: "stdout", text: "a" }, "stderr"), "");
  assert.deepEqual(text({ event: "stream", name: "stdout", text: "a" }, "stdout"), "a");
  assert.deepEqual(
    text({ event: "output", output: { output_type: "error", traceback: ["x", "y"] } }, "stderr"),
    "x\ny\n",
  );
  assert.deepEqual(text({ event: "output", output: { output_type: "display_data", data: {} } }, "stdout"), "");
});

Deno.test("colours of terminals can be read on light and dark pages", () => {
  for (const color of ["rgb(0,0,0)", "rgb(255,255,255)", "rgb(0,135,0)", "rgb(255,255,0)", "rgb(0,0,255)"]) {
    const [light, dark] = [...readable(color).matchAll(/rgb\(([\d,]+)\)/g)].map((
      match,
    ) => /** @type {[number, number, number]} */ (match[1].split(",").map(Number)));
    assert.ok(contrast(light, [255, 255, 255]) >= 4.5, `${color} on light`);
    assert.ok(contrast(dark, [21, 24, 29]) >= 4.5, `${color} on dark`);
  }
  assert.deepEqual(readable("rgb(0,0,0)").startsWith("light-dark(rgb(0,0,0),"), true);
});
