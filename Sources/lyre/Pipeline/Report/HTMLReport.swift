import JupyterProtocol
import NotebookDocument
import PipelineExecution
import Pipelines
import SystemSupport

/// `--html`: one file to look at, which needs nothing else: the graph, when what ran, and what each
/// node gave.
struct HTMLReport {
  let pipeline: Pipeline
  let graph: PipelineGraph
  let result: PipelineResult
  let name: String
  /// Where notebooks that were run are kept; nil where no record is.
  let history: PipelineHistory?

  /// More nodes than this are neither drawn nor told of one by one when all is well with them.
  private static let drawnNodes = 300
  private static let detailedNodes = 500
  private static let listedFailures = 10
  /// How much of a log is shown.
  private static let logLimit = 200_000

  /// The whole document.
  func html() -> String {
    let nonce = randomBytes(count: 12).map { "\($0)" }.joined()
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
      style-src 'unsafe-inline'; script-src 'nonce-\(nonce)'">
      <meta name="viewport" content="width=device-width,initial-scale=1">
      <title>\(HTMLText.escaped(name)): \(status)</title>
      <style>\(HTMLReport.style)</style></head><body>
      \(header)
      \(failures)
      \(drawing)
      \(times)
      <h2>Nodes</h2>
      \(nodes)
      <script nonce="\(nonce)">\(HTMLReport.script)</script>
      </body></html>

      """
  }

  private var status: String { result.status }

  private var header: String {
    let started = MessageDate.text(nanoseconds: result.started).prefix(19)
      .replacing("T", with: " ")
    let done = result.nodes.count { $0.status.isDone }
    let toRun = result.nodes.count { $0.status != .skipped }
    var facts = [
      "\(done) of \(toRun) nodes", Format.duration(result.duration), "\(started) UTC", result.name,
    ]
    if let run = result.run { facts.append("run \(run)") }
    let shownFacts = facts.map { "<span>\(HTMLText.escaped($0))</span>" }.joined()
    let description = pipeline.description.map { "<p>\(HTMLText.escaped($0))</p>\n" } ?? ""
    return """
      <header><h1>\(HTMLText.escaped(name)) \
      <b class="badge" style="background:\(color(status))">\(status)</b></h1>
      \(description)<p class="facts">\(shownFacts)</p></header>
      """
  }

  /// What went wrong, before everything else, with the way to where more is told of it.
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
      drawing.nodes[place].color = HTMLReport.color(node.status)
      let time = ran(node) ? " · " + Format.duration(node.duration) : ""
      drawing.nodes[place].caption = node.status.word + time
    }
    return """
      <section class="graph"><img alt="The graph of the pipeline" \
      src="\(HTMLText.address(ofSVG: drawing.svg()))"></section>
      """
  }

  private func ran(_ node: NodeResult) -> Bool { node.started != nil && node.status != .cached }

  // MARK: Times

  /// When each node ran, one bar each.
  private var times: String {
    let whole = max(result.duration.totalSeconds, 1e-6)
    let critical = Set(result.criticalPath)
    let rows = result.nodes.filter(ran).sorted {
      ($0.started ?? 0, $0.place) < ($1.started ?? 0, $1.place)
    }
    guard !rows.isEmpty else { return "" }
    let bars = rows.prefix(HTMLReport.detailedNodes).map { node in
      let start = Double((node.started ?? result.started) - result.started) / 1e9
      let left = min(max(start / whole * 100, 0), 100)
      let width = min(max(node.duration.totalSeconds / whole * 100, 0.25), 100 - left)
      let mark = critical.contains(node.place) ? " critical" : ""
      return """
        <a class="row" href="#node-\(node.place + 1)"><span class="who">\
        \(HTMLText.escaped(node.label))</span><span class="track"><i class="bar\(mark)" \
        style="left:\(percent(left));width:\(percent(width));\
        background:\(HTMLReport.color(node.status))"></i></span><span class="time">\
        \(Format.duration(node.duration))</span></a>
        """
    }
    let speedUp = result.totalDuration.totalSeconds / whole
    return """
      <h2>Times</h2>
      <section class="gantt">\(bars.joined(separator: "\n"))</section>
      <p class="note">Outlined: the critical path, \(Format.duration(result.criticalDuration)). All \
      nodes together: \(Format.duration(result.totalDuration)), \
      \((speedUp * 10).rounded() / 10) times as long as the run.</p>
      """
  }

  private func percent(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)%" }

  // MARK: Nodes

  private var nodes: String {
    let isLarge = result.nodes.count > HTMLReport.detailedNodes
    return result.nodes.filter { !isLarge || $0.status.isFailure }.map(section)
      .joined(separator: "\n")
  }

  private func section(_ node: NodeResult) -> String {
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
    if let run = node.cachedRun { facts.append("the result of run \(run) holds") }
    if !facts.isEmpty {
      body += "<p class=\"note\">\(HTMLText.escaped(facts.joined(separator: "; ")))</p>\n"
    }
    body += content(node)
    return """
      <details id="node-\(node.place + 1)"\(isOpen ? " open" : "")><summary>\
      <b class="badge" style="background:\(HTMLReport.color(node.status))">\
      \(node.status.word)</b> \(HTMLText.escaped(node.label))\
      \(node.file == node.label ? "" : file)\
      <span class="time">\(ran(node) ? Format.duration(node.duration) : "")</span></summary>
      \(body)</details>
      """
  }

  private func content(_ node: NodeResult) -> String {
    if graph.nodes[node.place].kind == .notebook { return notebook(node) }
    guard ran(node), let log = node.log,
      let (text, isCut) = HTMLText.end(of: log, limit: HTMLReport.logLimit)
    else { return "" }
    if text.isEmpty { return "<p class=\"note\">It wrote no output.</p>\n" }
    let note = isCut ? "<p class=\"note\">The end of \(HTMLText.escaped(log)):</p>\n" : ""
    return note + "<pre>\(HTMLText.printed(text))</pre>\n"
  }

  /// The notebook that was run, and never its file, which may hold what other runs gave.
  private func notebook(_ node: NodeResult) -> String {
    switch node.executed {
    case .unrecorded(let document): return NotebookHTML.body(of: document, node.cells)
    case .recorded(let name):
      do {
        guard let bytes = try history?.content(name) else { break }
        return NotebookHTML.body(of: try NotebookDocument(bytes), node.cells)
      } catch {
        return "<p class=\"note\">\(HTMLText.escaped("\(error)"))</p>\n"
      }
    case nil: break
    }
    guard ran(node) || node.status == .cached else { return "" }
    return "<p class=\"note\">The notebook that was run is not in the record.</p>\n"
  }

  // MARK: Looks

  private func color(_ status: String) -> String {
    HTMLReport.color(
      status == "succeeded"
        ? .succeeded : status == "failed" ? .failed : status == "running" ? .running : .interrupted)
  }

  static func color(_ status: NodeStatus) -> String {
    switch status {
    case .succeeded: "#2a9d5c"
    case .cached: "#5b8bb0"
    case .blocked, .interrupted: "#d08700"
    case .waiting, .running, .notRun: "#8a8f98"
    case .skipped: "#b5b9c0"
    default: "#d5303e"
    }
  }

  private static let style = """
    :root{color-scheme:light dark;--line:#8883;--soft:#8881;--dim:#808791}
    body{font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;max-width:1100px;\
    margin:0 auto;padding:24px}
    h1{font-size:26px;margin:0}h2{font-size:18px;margin:32px 0 10px}
    .badge{color:#fff;border-radius:99px;padding:2px 10px;font-size:12px;font-weight:600;\
    vertical-align:middle;white-space:nowrap}
    .facts span{margin-right:18px;color:var(--dim)}
    .graph{overflow-x:auto;border:1px solid var(--line);border-radius:10px;margin-top:14px}
    .graph img{display:block;margin:auto;max-width:100%;height:auto}
    .message a{color:inherit;font-weight:600}
    .row{display:flex;align-items:center;gap:12px;color:inherit;text-decoration:none;padding:3px 0}
    .row:hover{background:var(--soft)}
    .who{width:190px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;text-align:right}
    .track{position:relative;flex:1;height:18px;background:var(--soft);border-radius:4px}
    .bar{position:absolute;top:2px;bottom:2px;border-radius:3px}
    .critical{outline:2px solid currentColor;outline-offset:0}
    .time{color:var(--dim);font-variant-numeric:tabular-nums;min-width:64px;text-align:right}
    .note{color:var(--dim);font-size:13px;margin:8px 0}
    .message{border-left:3px solid #d5303e;padding:2px 12px;margin:10px 0;\
    overflow-wrap:anywhere}
    details{border:1px solid var(--line);border-radius:10px;margin:10px 0;padding:0 16px;\
    overflow:hidden}
    summary{cursor:pointer;padding:10px 0;font-weight:600}summary .time{float:right;\
    font-weight:400}summary code{font-weight:400;color:var(--dim)}
    details[open]{padding-bottom:14px}
    pre{font:12.5px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;margin:0;\
    padding:8px 12px;overflow:auto;max-height:480px;white-space:pre-wrap;overflow-wrap:anywhere;\
    border-radius:6px}
    details>pre,.code{background:var(--soft)}
    .cell{display:flex;gap:8px;margin-top:12px}.cell .code{flex:1}
    .count{color:var(--dim);font:12px/2.6 ui-monospace,monospace;min-width:34px;text-align:right}
    .output{margin:4px 0 0 42px}.output img{max-width:100%;background:#fff;border-radius:6px}
    .left .code{opacity:.55}.left .count{min-width:34px}
    .stderr{background:#d0870022}.error{background:#d5303e1c}
    iframe{border:0;width:100%;height:120px}
    """

  /// Gives frames the height of what is in them, keeps the graph large enough to be read, and opens
  /// the node that a link leads to.
  private static let script = """
    const g=document.querySelector('.graph img');\
    if(g){const fit=()=>{g.style.minWidth=g.naturalWidth*0.65+'px'};\
    g.addEventListener('load',fit);fit()}
    for(const f of document.querySelectorAll('iframe')){const fit=()=>{try{const d=f.contentDocument;\
    f.style.height=Math.min(d.documentElement.scrollHeight+4,700)+'px'}catch(e){}};\
    f.addEventListener('load',fit);fit();\
    const o=f.closest('details');if(o)o.addEventListener('toggle',fit)}
    const open=()=>{const d=document.getElementById(location.hash.slice(1));if(d)d.open=true};\
    addEventListener('hashchange',open);open();
    """
}
