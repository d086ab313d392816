package import Pipelines
package import RunEvents
import SystemSupport

/// The run of a pipeline as one self-contained page: the graph, the nodes' run times, and the
/// results of each node.
package struct HTMLReport {
  let pipeline: Pipeline
  let graph: PipelineGraph
  let result: PipelineResult
  let name: String
  let documents: RunDocuments

  /// With more nodes than this, successful nodes are neither drawn nor listed individually.
  private static let drawnNodes = 300
  static let detailedNodes = 500
  private static let listedFailures = 10
  /// The maximum length of a text in the outputs of a notebook, and of all its cells.
  private static let textLimit = 100_000
  private static let notebookLimit = 16 << 20
  /// The maximum size of a log excerpt.
  private static let logLimit = 200_000

  /// Creates a report.
  ///
  /// - Parameters:
  ///   - pipeline: the pipeline.
  ///   - graph: its graph.
  ///   - result: its result.
  ///   - name: the name of the pipeline.
  ///   - documents: the documents of the nodes.
  package init(
    pipeline: Pipeline, graph: PipelineGraph, result: PipelineResult, name: String,
    documents: RunDocuments
  ) {
    self.pipeline = pipeline
    self.graph = graph
    self.result = result
    self.name = name
    self.documents = documents
  }

  /// The complete document.
  package func html() -> String {
    let policy = PagePolicy()
    var outputs = OutputMarkup(
      frames: FrameMarkup(nonce: policy.nonce), textLimit: HTMLReport.textLimit,
      terminal: documents.terminal)
    let nodes = nodes(&outputs)
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8">
      \(policy.element(hasScript: true, hasFrames: outputs.hasFrames))
      <meta name="viewport" content="width=device-width,initial-scale=1">
      <title>\(HTMLText.escaped(name)): \(result.status)</title>
      <style>\(PageStyle.colors)
      \(HTMLStyle.css)
      \(PageStyle.cells)
      \(PageStyle.media)</style></head><body>
      \(header)
      \(failures)
      \(drawing)
      \(times)
      <h2>Nodes</h2>
      \(nodes)
      <script nonce="\(policy.nonce)">\(HTMLStyle.script)
      \(outputs.hasFrames ? FrameMarkup.pageScript : "")</script>
      </body></html>

      """
  }

  private var header: String {
    let done = result.nodes.count { $0.status.isDone }
    let toRun = result.nodes.count { $0.status != .skipped }
    var facts = [
      "\(done) of \(toRun) nodes ok", Format.duration(result.duration), Format.date(result.started),
      result.name,
    ]
    if let run = result.run { facts.append("run \(run)") }
    let shownFacts = facts.map { "<span>\(HTMLText.escaped($0))</span>" }.joined()
    let description = pipeline.description.map { "<p>\(HTMLText.escaped($0))</p>\n" } ?? ""
    return """
      <header><h1>\(HTMLText.escaped(name)) \
      <b class="badge" style="background:\(HTMLStyle.color(result.status))">\(result.status)</b></h1>
      \(description)<p class="facts">\(shownFacts)</p></header>
      """
  }

  /// The failed nodes at the top of the page, with links to their details.
  private var failures: String {
    let failed = result.nodes.filter(\.status.isFailure)
    guard !failed.isEmpty else { return "" }
    var lines = failed.prefix(HTMLReport.listedFailures).map { node in
      let message = node.message.map { ": " + HTMLText.escaped(ColoredText($0).plain) } ?? ""
      return """
        <p class="message"><a href="#node-\(node.place + 1)">\(HTMLText.escaped(node.label))</a>\
        \(message)</p>
        """
    }
    if failed.count > lines.count {
      lines.append("<p class=\"note\">and \(failed.count - lines.count) more</p>")
    }
    return "<section class=\"failures\">\n\(lines.joined(separator: "\n"))\n</section>"
  }

  private var drawing: String {
    guard graph.nodes.count <= HTMLReport.drawnNodes else { return "" }
    var drawing = PipelineDrawing(pipeline, title: name)
    guard drawing.nodes.count == result.nodes.count else { return "" }
    for place in drawing.nodes.indices {
      let node = result.nodes[place]
      drawing.nodes[place].color = HTMLStyle.color(node.status)
      let time = ran(node) ? " · " + Format.duration(node.duration) : ""
      drawing.nodes[place].caption = node.status.word + time
    }
    return """
      <section class="graph"><img alt="The graph of the pipeline" \
      src="\(HTMLText.address(ofSVG: drawing.svg()))"></section>
      """
  }

  func ran(_ node: NodeResult) -> Bool { node.started != nil && node.status != .cached }

  // MARK: Nodes

  private func nodes(_ outputs: inout OutputMarkup) -> String {
    let isLarge = result.nodes.count > HTMLReport.detailedNodes
    var sections: [String] = []
    for node in result.nodes where !isLarge || node.status.isFailure {
      sections.append(section(node, &outputs))
    }
    return sections.joined(separator: "\n")
  }

  private func section(_ node: NodeResult, _ outputs: inout OutputMarkup) -> String {
    let isOpen =
      node.status.isFailure || result.isSuccess && result.nodes.count <= 12 && ran(node)
    let file = node.file.map { " <code>\(HTMLText.escaped($0))</code>" } ?? ""
    var body = ""
    if let message = node.message {
      body += "<p class=\"message\">\(HTMLText.escaped(ColoredText(message).plain))</p>\n"
    }
    var facts: [String] = []
    if let reason = node.reason { facts.append("ran because \(reason)") }
    if node.attempts > 1 { facts.append("\(node.attempts) attempts") }
    if let run = node.cachedRun { facts.append("the result of run \(run) is still valid") }
    if !facts.isEmpty {
      body += "<p class=\"note\">\(HTMLText.escaped(facts.joined(separator: "; ")))</p>\n"
    }
    body += content(node, &outputs)
    return """
      <details id="node-\(node.place + 1)"\(isOpen ? " open" : "")><summary>\
      <b class="badge" style="background:\(HTMLStyle.color(node.status))">\
      \(node.status.word)</b> \(HTMLText.escaped(node.label))\
      \(node.file == node.label ? "" : file)\
      <span class="time">\(ran(node) ? Format.duration(node.duration) : "")</span></summary>
      \(body)</details>
      """
  }

  private func content(_ node: NodeResult, _ outputs: inout OutputMarkup) -> String {
    if graph.nodes[node.place].kind == .notebook { return notebook(node, &outputs) }
    guard ran(node), let log = node.log,
      let end = documents.end(log, HTMLReport.logLimit)
    else { return "" }
    if end.text.isEmpty { return "<p class=\"note\">It wrote nothing.</p>\n" }
    let note = end.isCut ? "<p class=\"note\">The end of \(HTMLText.escaped(log)):</p>\n" : ""
    var text = Markup("\(note)<pre>")
    TerminalMarkup.put(documents.terminal(end.text), into: &text)
    return text.text + "</pre>\n"
  }

  /// The executed notebook, and never its file, which may contain results of other runs.
  private func notebook(_ node: NodeResult, _ outputs: inout OutputMarkup) -> String {
    do {
      if let document = try documents.notebook(node) {
        var cells = CellsMarkup(document, node.cells, outputs)
        cells.prefix = "node-\(node.place + 1)-"
        cells.limit = HTMLReport.notebookLimit
        cells.showsTexts = false
        let markup = cells.markup()
        outputs = cells.outputs
        outputs.math = MathConverter()
        return counts(node.cells) + markup.text
      }
    } catch {
      return "<p class=\"note\">\(HTMLText.escaped("\(error)"))</p>\n"
    }
    guard ran(node) || node.status == .cached else { return "" }
    return "<p class=\"note\">The executed notebook is not in the record.</p>\n"
  }

  /// The number of cells that ran, if some did not.
  private func counts(_ cells: [CellResult]) -> String {
    let notRun = cells.count { $0.status == .notRun }
    guard notRun > 0 else { return "" }
    let toRun = cells.count { $0.status != .skipped }
    return "<p class=\"note\">\(toRun - notRun) of \(Format.count(toRun, "cell")) ran, "
      + "\(notRun) not run.</p>\n"
  }
}
