import JSONCore
import NotebookDocument
import RunEvents
import Testing

@testable import Reports

@Suite("The page of a notebook")
struct NotebookPageTests {
  private func page(
    _ cells: [JSONValue], metadata: JSONValue = [:], options: NotebookPage.Options = .init(),
    run: NotebookPage.Run = .init()
  ) throws -> String {
    let content: JSONValue = [
      "nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": .array(cells),
    ]
    let page = NotebookPage(
      try NotebookDocument(content.serialized()), name: "a.ipynb", options: options, run: run,
      terminal: { $0 })
    return String(decoding: page.html(), as: UTF8.self)
  }

  private func code(
    _ source: String, _ outputs: [JSONValue] = [], metadata: JSONValue = [:]
  ) -> JSONValue {
    [
      "cell_type": "code", "id": "c", "metadata": metadata, "source": .init(source),
      "execution_count": 1, "outputs": .array(outputs),
    ]
  }

  private func markdown(_ source: String) -> JSONValue {
    ["cell_type": "markdown", "id": "m", "metadata": [:], "source": .init(source)]
  }

  private func display(_ data: JSONValue) -> JSONValue {
    ["output_type": "display_data", "metadata": [:], "data": data]
  }

  @Test(
    "shows the richest form of an output",
    arguments: [
      (["text/plain": "a<b"], "<pre>a&lt;b</pre>"),
      (
        ["text/plain": "x", "text/html": "<b onclick=1>h</b>"], "<div class=\"html\"><b>h</b></div>"
      ),
      (
        ["text/html": "<style>b{}</style><b>h</b>"],
        "</style><style>b{}</style><b>h</b></template></div></div>"
      ),
      (["text/html": "<table><td>$\\delta$</table>"], "<td><math><semantics><mrow><mi>δ</mi>"),
      (["text/html": "<table><td>$5, $x</table>"], "<td>$5, $x</td>"),
      (["text/plain": "x", "text/markdown": "*m*"], "<div class=\"markdown\"><p><em>m</em></p>"),
      (
        ["text/plain": "x", "image/png": "AA\nBB"],
        "<img alt=\"x\" src=\"data:image/png;base64,AABB\">"
      ),
      (["text/plain": "x", "image/png": "\"onerror=1"], "<pre>x</pre>"),
      (
        ["image/svg+xml": "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"],
        "<img alt=\"image\" src=\"data:image/svg+xml,"
      ),
      (
        ["image/svg+xml": "<svg onload=1><path d=\"M0 0\"/></svg>"],
        "<svg><path d=\"M0 0\"></path></svg>"
      ),
      (["text/latex": "$x$", "text/plain": "x"], "<div class=\"latex\"><math>"),
      (["text/latex": "\\begin{tabular}<x>"], "\\begin{tabular}&lt;x&gt;</div>"),
      (["application/json": ["a": 1]], "<details class=\"json\" open><summary>JSON</summary>"),
      (
        ["application/vnd.x+json": [:], "text/plain": "<x>"],
        "<pre>&lt;x&gt;</pre><details class=\"json\">"
      ),
      (
        ["application/x-unknown": "y"],
        "An output that only Jupyter can show (application/x-unknown)."
      ),
      (
        ["text/html": "<script>1</script>", "text/plain": "p"], "<iframe sandbox=\"allow-scripts\""
      ),
      (["text/html": "", "text/plain": "p"], "<pre>p</pre>"),
    ] as [(JSONValue, String)])
  func showsOutputs(data: JSONValue, expected: String) throws {
    #expect(try page([code("1", [display(data)])]).contains(expected))
  }

  @Test("has no script unless an output needs one, and then only in a frame of its own")
  func scripts() throws {
    let plain = try page([code("1")])
    #expect(!plain.contains("<script"))
    #expect(!plain.contains("script-src"))
    let output = display([
      "text/html": "<div id=p></div><script>draw()</script>", "text/plain": "t",
    ])
    let framed = try page([code("1", [output])])
    let nonce = try #require(framed.firstMatch(of: /script-src 'nonce-(\w+)'/)?.1)
    #expect(framed.contains("&lt;script nonce=&quot;\(nonce)&quot;&gt;draw()&lt;/script&gt;"))
    #expect(!framed.contains("allow-same-origin"))
    #expect(framed.matches(of: /<script/).count == 1)
    var options = NotebookPage.Options()
    options.runsScripts = false
    let without = try page([code("1", [output])], options: options)
    #expect(!without.contains("<script"))
    #expect(
      without.contains("This output needs scripts, which do not run in this page.</p><pre>t</pre>"))
  }

  @Test("an image stands for a plot whose scripts do not run")
  func prefersImages() throws {
    var options = NotebookPage.Options()
    options.runsScripts = false
    let output = display(["text/html": "<script>1</script>", "image/png": "AAAA"])
    #expect(
      try page([code("1", [output])], options: options).contains(
        "<img alt=\"image\" src=\"data:image/png"))
  }

  @Test("names errors first, with links to their cells")
  func errorsFirst() throws {
    let error: JSONValue = [
      "output_type": "error", "ename": "E", "evalue": "<v>", "traceback": ["\u{1B}[31mt<\u{1B}[0m"],
    ]
    let html = try page([markdown("# T"), code("x()", [error])])
    let box = try #require(
      html.firstRange(of: "<a href=\"#cell-2\">cell 2 (In [1]) &#39;x()&#39;</a>: E: &lt;v&gt;"))
    let main = try #require(html.firstRange(of: "<main>"))
    #expect(box.lowerBound < main.lowerBound)
    #expect(html.contains("<span class=\"t1\">t&lt;</span>"))
    let expected = try page([code("x()", [error], metadata: ["tags": ["raises-exception"]])])
    #expect(!expected.contains("class=\"failures\""))
  }

  @Test("shows the results of the run, and no outputs of an earlier one")
  func results() throws {
    let stream: JSONValue = ["output_type": "stream", "name": "stdout", "text": "old"]
    var cells = [
      CellResult(index: 0, id: "c", firstLine: "1", status: .succeeded),
      CellResult(index: 1, id: "c", firstLine: "2", status: .notRun),
    ]
    cells[0].duration = .seconds(3)
    let html = try page(
      [code("1", [stream]), code("2", [stream])],
      run: .init(result: RunResult(outcome: .failed(cell: 0), cells: cells), started: 0))
    #expect(html.matches(of: />old</).count == 1)
    #expect(html.contains("<span class=\"time\">3.0 s</span>"))
    #expect(html.contains("<p class=\"note\">not run</p>"))
    #expect(html.contains(">failed</b>"))
    #expect(html.contains("1970-01-01 00:00:00 UTC"))
  }

  @Test("takes times from the metadata")
  func storedTimes() throws {
    let times: JSONValue = [
      "execution": [
        "iopub.execute_input": "2026-01-01T00:00:00Z",
        "shell.execute_reply": "2026-01-01T00:00:02.5Z",
      ]
    ]
    #expect(try page([code("1", metadata: times)]).contains("<span class=\"time\">2.5 s</span>"))
  }

  @Test("has a table of contents from three headings on")
  func contents() throws {
    #expect(try !page([markdown("# A\n# B")]).contains("<nav"))
    let html = try page([markdown("## A\n### <b>B</b>\n## C $x$")])
    #expect(
      html.contains(
        "<li class=\"l1\"><a href=\"#A\">A</a></li>\n<li class=\"l2\"><a href=\"#B\">B</a></li>"))
  }

  @Test(
    "hides what metadata and tags say",
    arguments: [
      (["jupyter": ["source_hidden": true]], "<details><summary>Code</summary>", true),
      (["jupyter": ["outputs_hidden": true]], "<details><summary>Output</summary>", true),
      (["tags": ["hide-input"]], "<details><summary>Code</summary>", true),
      (["tags": ["remove_input"]], "<pre class=\"code\">", false),
      (["tags": ["remove-output"]], ">out<", false),
      (["tags": ["remove-cell"]], "id=\"cell-1\"", false),
    ] as [(JSONValue, String, Bool)])
  func hides(metadata: JSONValue, text: String, isThere: Bool) throws {
    let stream: JSONValue = ["output_type": "stream", "name": "stdout", "text": "out"]
    #expect(try page([code("x", [stream], metadata: metadata)]).contains(text) == isThere)
  }

  @Test("leaves out the code if asked, and has the title that is asked for")
  func options() throws {
    var options = NotebookPage.Options()
    options.hidesCode = true
    options.title = "<T>"
    let html = try page([code("secret")], options: options)
    #expect(!html.contains("secret"))
    #expect(html.contains("<title>&lt;T&gt;</title>"))
  }

  @Test("shows widgets in their last state")
  func widgets() throws {
    let model = { (name: String, state: JSONObject) -> JSONValue in
      ["model_name": .init(name), "state": .object(state)]
    }
    let states: JSONValue = [
      "b": model("HBoxModel", ["children": ["IPY_MODEL_h", "IPY_MODEL_p", "IPY_MODEL_b"]]),
      "h": model("HTMLModel", ["value": "<i onclick=1>50%</i>"]),
      "p": model("FloatProgressModel", ["value": 5, "max": 10, "bar_style": "success"]),
    ]
    let metadata: JSONValue = [
      "widgets": ["application/vnd.jupyter.widget-state+json": ["state": states]]
    ]
    let view = { (id: String) in
      display([
        "application/vnd.jupyter.widget-view+json": ["model_id": .init(id)], "text/plain": "plain",
      ])
    }
    let html = try page([code("1", [view("b"), view("x")])], metadata: metadata)
    #expect(html.contains("<span><i>50%</i></span>"))
    #expect(html.contains("<progress class=\"success\" max=\"10.0\" value=\"5.0\"></progress>"))
    #expect(html.matches(of: /<pre>plain</).count == 1)
  }

  @Test("a widget with outputs that show it again has a bound")
  func recursiveWidget() throws {
    let view: JSONValue = display([
      "application/vnd.jupyter.widget-view+json": ["model_id": "o"], "text/plain": "plain",
    ])
    let state: JSONValue = ["outputs": .array(Array(repeating: view, count: 3))]
    let states: JSONValue = ["o": ["model_name": "OutputModel", "state": state]]
    let html = try page(
      [code("1", [view])],
      metadata: ["widgets": ["application/vnd.jupyter.widget-state+json": ["state": states]]])
    #expect(html.contains("<pre>plain<"))
    #expect(html.utf8.count < 10 << 20)
  }

  @Test("an image that a text shows many times has a bound")
  func repeatedImage() throws {
    let cell: JSONValue = [
      "cell_type": "markdown", "id": "m", "metadata": [:],
      "attachments": ["a.png": ["image/png": "AAAA"]],
      "source": .init(String(repeating: "![a](attachment:a.png) ", count: 20)),
    ]
    let content: JSONValue = [
      "nbformat": 4, "nbformat_minor": 5, "metadata": [:], "cells": .array([cell]),
    ]
    var cells = CellsMarkup(
      try NotebookDocument(content.serialized()), [], OutputMarkup(frames: nil) { $0 })
    // Room for three addresses.
    cells.imageLimit = 3 * "data:image/png;base64,AAAA".utf8.count + 1
    let html = cells.markup().text
    #expect(html.matches(of: /base64/).count == 3)
  }

  @Test("a long text is shortened in the middle")
  func longText() throws {
    let text = String(repeating: "line\n", count: 1_000_000)
    let stream: JSONValue = ["output_type": "stream", "name": "stdout", "text": .init(text)]
    let html = try page([code("1", [stream])])
    #expect(html.utf8.count < 1_200_000)
    #expect(html.contains("4.0 MB are left out here; the notebook has them."))
  }
}
