import JSONCore
import NotebookDocument
import Pipelines
import Reports
import RunEvents
import Testing

@Suite("The page of a pipeline's run")
struct HTMLReportTests {
  /// The page for a run of a script and a notebook with one cell, in this order.
  private func page(
    _ change: (inout [NodeResult]) -> Void = { _ in }, outputs: JSONValue = [],
    log: LogEnd? = LogEnd(text: "10%\r100%\n\u{1B}[31m<done>\u{1B}[0m\n", isCut: true)
  ) throws -> String {
    var document = PipelineDocument(name: "p")
    let script = try document.addNode(file: "a.py")
    let notebook = try document.addNode(file: "b.ipynb")
    try document.connect(script, to: notebook)
    let pipeline = document.pipeline
    let graph = try PipelineGraph(pipeline)
    var nodes = graph.nodes.enumerated().map { place, node in
      NodeResult(place: place, id: node.id, label: node.label, file: node.file)
    }
    for place in nodes.indices {
      nodes[place].status = .succeeded
      nodes[place].attempts = 1
      nodes[place].started = Int64(place) * 1_000_000_000
      nodes[place].duration = .seconds(1)
    }
    nodes[0].log = "/logs/a"
    change(&nodes)
    let cell: JSONValue = [
      "cell_type": "code", "id": "a", "metadata": [:], "source": "1 < 2", "execution_count": 1,
      "outputs": outputs,
    ]
    let content: JSONValue = [
      "nbformat": 4, "nbformat_minor": 5, "metadata": [:], "cells": .array([cell]),
    ]
    let executed = try NotebookDocument(content.serialized())
    return HTMLReport(
      pipeline: pipeline, graph: graph,
      result: PipelineResult(
        run: 7, name: "p-1", started: 0, duration: .seconds(2), nodes: nodes, criticalPath: [0, 1]),
      name: "p <&>",
      documents: RunDocuments(
        notebook: { $0.place == 1 ? executed : nil }, end: { _, _ in log },
        terminal: { $0.replacing("10%\r", with: "") })
    ).html()
  }

  @Test("names, messages and outputs are never interpreted as HTML")
  func escapes() throws {
    let attack = "<script>alert(1)</script>\"'&"
    let html = try page(
      {
        $0[0].label = attack
        $0[0].message = attack
        $0[1].reason = attack
      },
      outputs: [
        ["output_type": "stream", "name": "stdout", "text": .init(attack)],
        [
          "output_type": "display_data", "metadata": [:],
          "data": ["text/html": .init(attack), "text/plain": .init(attack)],
        ],
        ["output_type": "error", "ename": .init(attack), "evalue": "", "traceback": []],
      ])
    #expect(!html.contains("<script>alert"))
    #expect(html.contains("<title>p &lt;&amp;&gt;: succeeded</title>"))
    #expect(html.contains("<iframe sandbox=\"allow-scripts\" class=\"auto\" srcdoc=\""))
    #expect(html.contains("<pre class=\"code\">1 &lt; 2</pre>"))
  }

  @Test("a log shows the last state of each line, in its colours, and says if it is truncated")
  func showsLogs() throws {
    let html = try page()
    let empty = try page(log: LogEnd(text: "", isCut: false))
    let missing = try page(log: nil)
    #expect(
      html.contains(
        "The end of /logs/a:</p>\n<pre>100%\n<span class=\"t1\">&lt;done&gt;</span>\n</pre>"))
    #expect(empty.contains("It wrote nothing."))
    #expect(!missing.contains("It wrote nothing."))
  }

  @Test("times are compared only if several nodes ran")
  func comparesTimes() throws {
    let both = try page()
    #expect(both.contains("All nodes together took 2.0 s, 1.0 times as long as the run."))
    let html = try page {
      $0[0].status = .cached
      $0[0].started = nil
    }
    #expect(!html.contains("All nodes together"))
    #expect(html.contains("<h2>Times</h2>"))
  }

  @Test("a failed node is listed first, and its section is open")
  func showsFailures() throws {
    let html = try page {
      $0[1].status = .failed
      $0[1].message = "cell 1 failed"
    }
    #expect(
      html.contains("<p class=\"message\"><a href=\"#node-2\">b.ipynb</a>: cell 1 failed</p>"))
    #expect(html.contains("<details id=\"node-2\" open>"))
    #expect(html.contains("<details id=\"node-1\">"))
  }
}
