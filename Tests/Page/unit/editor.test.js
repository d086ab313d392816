import assert from "node:assert/strict";
import { cut } from "../../../Sources/WebPage/page/canvas/labels.js";
import { readDraft } from "../../../Sources/WebPage/page/editor/drafts.js";
import { fieldsOf, outputs } from "../../../Sources/WebPage/page/editor/component-fields.js";
import { commonValue, equal, isSet, nodeEdits, nodeValue } from "../../../Sources/WebPage/page/editor/panel-source.js";
import { quieted } from "../../../Sources/WebPage/page/editor/quiet.js";
import { relativeTo, resolved } from "../../../Sources/WebPage/page/editor/paths.js";
import { filterChoices, matchScore } from "../../../Sources/WebPage/page/picker.js";

/** @type {[string, string, string][]} */
const paths = [
  ["a.ipynb", "p.pipeline", "a.ipynb"],
  ["etl/a.ipynb", "etl/p.pipeline", "a.ipynb"],
  ["etl/sub/a.ipynb", "etl/p.pipeline", "sub/a.ipynb"],
  ["lib/a.py", "etl/p.pipeline", "../lib/a.py"],
  ["a.py", "one/two/p.pipeline", "../../a.py"],
  ["one", "one/two/p.pipeline", "../../one"],
];
for (const [file, pipeline, written] of paths) {
  Deno.test(`${file} in ${pipeline} is written ${written}, and found again`, () => {
    assert.equal(relativeTo(file, pipeline), written);
    assert.equal(resolved(written, pipeline), file);
  });
}

for (const written of ["../../x.py", "/etc/passwd"]) {
  Deno.test(`${written} leads out of the folder`, () => assert.equal(resolved(written, "etl/p.pipeline"), null));
}

Deno.test("a text is cut with … to its place, between letters", () => {
  const measure = (/** @type {string} */ text) => [...text].length;
  assert.equal(cut("short", 5, measure), "short");
  assert.equal(cut("a longer text", 8, measure), "a longe…");
  assert.equal(cut("🎻🎻🎻🎻", 3, measure), "🎻🎻…");
});

const node = (/** @type {any} */ values) => /** @type {any} */ ({
  id: "1",
  label: "a.py",
  file: "x/a.py",
  properties: {},
  lyre: {},
  inherited: {},
  ...values,
});

Deno.test("a label that is the name of the file counts as none", () => {
  assert.equal(nodeValue(node({}), { name: "label", label: "", type: "text" }, "property"), "");
  assert.equal(nodeValue(node({ label: "Load" }), { name: "label", label: "", type: "text" }, "property"), "Load");
});

Deno.test("nodes with different values are mixed, with the default that all inherit", () => {
  const field = /** @type {const} */ ({ name: "cpu", label: "", type: "integer", inherits: "cpu" });
  const nodes = [
    node({ properties: { cpu: 1 }, inherited: { cpu: 4 } }),
    node({ properties: { cpu: 2 }, inherited: { cpu: 4 } }),
  ];
  assert.deepEqual(commonValue(nodes, field, "property"), { value: null, mixed: true, inherited: 4 });
  assert.deepEqual(commonValue(nodes.slice(1), field, "property"), { value: 2, mixed: false, inherited: 4 });
});

Deno.test("the size in an object is shown by itself", () => {
  const memory = { name: "shm", label: "", type: /** @type {const} */ ("integer"), member: "size" };
  assert.equal(nodeValue(node({ properties: { shm: { size: 2, units: "G" } } }), memory, "property"), 2);
});

Deno.test("the value of a component's input has its kind, which the edit keeps or changes", () => {
  const input = { name: "url", label: "", type: /** @type {const} */ ("text"), widgets: ["string", "inputpath"] };
  const output = { widget: "inputpath", value: { value: "n", option: "output_data" } };
  const cases = [[{ widget: "string", value: "x" }, { widget: "string", value: "x" }], [output, output], [
    "old",
    { widget: "string", value: "old" },
  ], [undefined, null]];
  for (const [url, shown] of cases) {
    assert.deepEqual(nodeValue(node({ properties: { url } }), input, "property"), shown);
  }
  const nodes = [node({}), node({ id: "2" })];
  for (
    const [told, written] of [["y", { widget: "string", value: "y" }], [output, output], [
      { widget: "inputpath", value: null },
      { widget: "inputpath", value: "" },
    ]]
  ) {
    assert.deepEqual(nodeEdits(nodes, input, "property", told), [
      { op: "set_property", ids: ["1", "2"], name: "url", value: written },
    ]);
  }
  assert.deepEqual([isSet(output), isSet({ widget: "inputpath", value: "" })], [true, false]);
});

Deno.test("a component that no catalog knows has the inputs of its file", () => {
  const properties = {
    url: { widget: "string", value: "x" },
    max_rows: { widget: "number", value: 3 },
    mounted_volumes: [],
    output_data: "",
  };
  assert.deepEqual(fieldsOf(node({ properties })), [
    { name: "url", label: "url", type: "text", widgets: ["string"] },
    { name: "max_rows", label: "max rows", type: "number", widgets: ["number"] },
  ]);
});

Deno.test("an input can come from the outputs of the nodes before its node", () => {
  const parent = node({ id: "p", label: "Download", operation: "c", properties: { output_data: "", url: {} } });
  const child = node({ id: "k", parents: ["p", "gone"] });
  const editor =
    /** @type {any} */ ({ node: (/** @type {string} */ id) => (id === "p" ? parent : null), components: [] });
  const data = { value: "p", option: "output_data" };
  assert.deepEqual(outputs(editor, [child]), [{ value: data, label: "Download: data" }]);
  editor.components = [{ id: "c", outputs: [{ name: "output_data", label: "Data" }] }];
  assert.deepEqual(outputs(editor, [child]), [{ value: data, label: "Download: Data" }]);
  assert.deepEqual(outputs(editor, [child, parent]), []);
});

Deno.test("empty values do not count as set", () => {
  for (const value of [null, undefined, "", false, [], {}]) assert.ok(!isSet(value));
  for (const value of [0, "x", true, [1], { a: 1 }]) assert.ok(isSet(value));
  assert.ok(equal(undefined, null));
});

Deno.test("what was typed finds parts of names first, then letters in order", () => {
  assert.equal(matchScore("load", "Load data"), 0);
  assert.equal(matchScore("xyz", "Load data"), null);
  const choices = [{ label: "l-o-a-d" }, { label: "unload" }, { label: "load" }];
  assert.deepEqual(filterChoices("load", choices).map(({ label }) => label), ["load", "unload", "l-o-a-d"]);
});

Deno.test("what is no draft is none", () => {
  for (const text of [null, "", "[]", "{", '{"etag": 1}', "null"]) assert.equal(readDraft(text), null);
  const draft = { etag: "a", base: "b", text: "c", waiting: [], time: 1 };
  assert.deepEqual(readDraft(JSON.stringify(draft)), draft);
});

Deno.test("a missing image is a note in a pipeline that runs anywhere, and a warning where containers run it", () => {
  const finding = (/** @type {string} */ id, /** @type {string} */ code, severity = "warning") => ({
    node_id: id,
    code,
    severity,
    message: "",
  });
  const inner = { ...node({ id: "inner" }), severity: "warning" };
  const other = { ...node({ id: "other" }), severity: "error" };
  const outer = { ...node({ id: "outer", subflow: "F2" }), severity: "warning" };
  /** @type {any} */
  const state = {
    findings: [finding("inner", "missing-image"), finding("other", "missing-image"), finding("other", "x", "error")],
    view: { runtime_type: null, flows: [{ id: "F1", nodes: [outer, other] }, { id: "F2", nodes: [inner] }] },
  };
  const shown = quieted(state);
  assert.deepEqual(shown.findings.map(({ severity }) => severity), ["note", "note", "error"]);
  assert.deepEqual(shown.view.flows.flatMap(({ nodes }) => nodes.map(({ severity }) => severity)), [
    null,
    "error",
    null,
  ]);
  const cluster = { ...state, view: { ...state.view, runtime_type: "KUBEFLOW_PIPELINES" } };
  assert.equal(quieted(cluster), cluster);
});
