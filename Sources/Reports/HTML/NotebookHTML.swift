import JSONCore
import NotebookDocument
import RunEvents

/// The cells of a notebook with their outputs, as HTML.
struct NotebookHTML {
  /// The maximum size of a notebook's outputs, in bytes of HTML.
  static let limit = 16 << 20
  /// The maximum length of the text of one output.
  private static let textLimit = 100_000

  private var parts: [String] = []
  private var size = 0

  /// The code cells of an executed notebook.
  ///
  /// - Parameters:
  ///   - document: the notebook.
  ///   - cells: their results; outputs of cells that did not run are not shown, because they are
  ///     from an earlier run.
  static func body(of document: NotebookDocument, _ cells: [CellResult]) -> String {
    var html = NotebookHTML()
    if let counts = counts(cells) { html.append("<p class=\"note\">\(counts)</p>\n") }
    html.add(document, cells.count == document.cellCount ? cells : [])
    return html.parts.joined()
  }

  /// The number of cells that ran, if some did not.
  private static func counts(_ cells: [CellResult]) -> String? {
    let notRun = cells.count { $0.status == .notRun }
    guard notRun > 0 else { return nil }
    let toRun = cells.count { $0.status != .skipped }
    return "\(toRun - notRun) of \(Format.count(toRun, "cell")) ran, \(notRun) not run."
  }

  private mutating func append(_ text: String) {
    parts.append(text)
    size += text.utf8.count
  }

  private mutating func add(_ document: NotebookDocument, _ results: [CellResult]) {
    for cell in document.cells where cell.kind == .code {
      let result = cell.index < results.count ? results[cell.index] : nil
      let isLeft =
        result.map { $0.status == .notRun || $0.isCode && $0.status == .skipped } ?? false
      let outputs = isLeft ? [] : document.outputs(at: cell.index)
      if cell.source.isEmpty, outputs.isEmpty { continue }
      guard size < NotebookHTML.limit else {
        return append(
          "<p class=\"note\">Output truncated; see the notebook for the remaining cells.</p>\n")
      }
      let count = isLeft ? " " : cell.executionCount.map { "\($0)" } ?? " "
      append(
        "<div class=\"cell\(isLeft ? " left" : "")\"><span class=\"count\">[\(count)]</span>"
          + "<pre class=\"code\">\(HTMLText.escaped(cell.source))</pre></div>\n")
      if let result, isLeft {
        append(
          "<div class=\"output\"><p class=\"note\">\(result.status.word)</p></div>\n")
      }
      for output in outputs { append("<div class=\"output\">\(html(output))</div>\n") }
    }
  }

  private func html(_ output: JSONValue) -> String {
    switch output["output_type"]?.string {
    case "stream":
      let style = output["name"]?.string == "stderr" ? " class=\"stderr\"" : ""
      return "<pre\(style)>\(cut(HTMLText.printed(text(output["text"]))))</pre>"
    case "error":
      let trace = (output["traceback"]?.array ?? []).compactMap(\.string).joined(separator: "\n")
      let name = "\(output["ename"]?.string ?? ""): \(output["evalue"]?.string ?? "")"
      return "<pre class=\"error\">\(cut(HTMLText.printed(trace.isEmpty ? name : trace)))</pre>"
    default: return display(output["data"])
    }
  }

  private func display(_ data: JSONValue?) -> String {
    func member(_ type: String) -> String? {
      let value = text(data?[type])
      return value.isEmpty ? nil : value
    }
    let room = NotebookHTML.limit
    for type in ["png", "jpeg", "gif", "webp"] {
      guard let image = member("image/\(type)") else { continue }
      let plain = image.filter { !$0.isWhitespace }
      let isBase64 = plain.utf8.allSatisfy {
        $0 < 0x80
          && (Character(Unicode.Scalar($0)).isLetter || Character(Unicode.Scalar($0)).isNumber
            || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "="))
      }
      guard isBase64, plain.utf8.count < room else { continue }
      return "<img alt=\"\(HTMLText.escaped(member("text/plain") ?? "image"))\" "
        + "src=\"data:image/\(type);base64,\(plain)\">"
    }
    if let image = member("image/svg+xml"), image.utf8.count < room {
      return "<img alt=\"image\" src=\"\(HTMLText.address(ofSVG: image))\">"
    }
    if let page = member("text/html"), page.utf8.count < room {
      // In a separate frame, in which no script runs and nothing is loaded.
      let whole = "<style>\(NotebookHTML.frameStyle)</style>" + page
      return "<iframe sandbox=\"allow-same-origin\" srcdoc=\"\(HTMLText.escaped(whole))\"></iframe>"
    }
    for type in ["text/markdown", "text/latex", "text/plain"] {
      if let text = member(type) { return "<pre>\(cut(HTMLText.printed(text)))</pre>" }
    }
    return "<p class=\"note\">An output that only Jupyter can show.</p>"
  }

  private static let frameStyle = """
    :root{color-scheme:light dark}body{margin:2px;font:13px system-ui,sans-serif}\
    table{border-collapse:collapse}td,th{padding:3px 9px;text-align:right;border-bottom:1px solid \
    #8884}th{font-weight:600}
    """

  private func cut(_ text: String) -> String {
    guard text.utf8.count > NotebookHTML.textLimit else { return text }
    return text.prefix(NotebookHTML.textLimit / 2) + "\n…\n"
      + text.suffix(NotebookHTML.textLimit / 2)
  }

  /// A text, which notebooks may store as a list of lines.
  private func text(_ value: JSONValue?) -> String {
    value?.string ?? (value?.array ?? []).compactMap(\.string).joined()
  }
}
