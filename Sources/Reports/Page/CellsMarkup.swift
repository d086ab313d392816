import JSONCore
import NotebookDocument
import RunEvents
import SystemSupport

/// Writes the cells of a notebook with their outputs as HTML.
struct CellsMarkup {
  /// What precedes the ids of the cells: `cell-3` is that of the third.
  var prefix = ""
  var hidesCode = false
  /// Whether texts are shown, and not only code.
  var showsTexts = true
  /// The maximum size of the whole, in bytes of HTML.
  var limit = 256 << 20
  /// The maximum size of the images in the text of one cell, which may show one image many times.
  var imageLimit = 64 << 20
  var outputs: OutputMarkup
  /// Returns the content of an image file beside the notebook.
  var image: (String) -> [UInt8]? = { _ in nil }
  private(set) var headings: [MarkdownMarkup.Heading] = []
  /// The outputs that show errors, with their cells.
  private(set) var errors: [(cell: NotebookCell, output: JSONValue)] = []

  private let document: NotebookDocument
  /// The results of the cells; empty if the notebook was not run.
  private let results: [CellResult]
  private let language: CodeLanguage?
  private var ids: Set<String> = []
  /// How long Markdown took so far; the library is not linear for every text.
  private var markdownTime = Duration.zero
  private var result = Markup()

  private static let markdownLimit = Duration.seconds(10)

  init(_ document: NotebookDocument, _ results: [CellResult], _ outputs: OutputMarkup) {
    self.document = document
    self.results = results.count == document.cellCount ? results : []
    self.outputs = outputs
    self.outputs.widgets = WidgetMarkup(document.metadata("widgets"))
    let names = [
      document.metadata("language_info", "name"), document.metadata("kernelspec", "language"),
      document.metadata("language_info", "pygments_lexer"), document.metadata("kernelspec", "name"),
    ]
    language = names.lazy.compactMap { $0?.string }.compactMap(CodeLanguage.named).first
  }

  /// All cells.
  mutating func markup() -> Markup {
    for cell in document.cells {
      guard result.count < limit else {
        result.put(
          "<p class=\"note\">Output truncated; see the notebook for the remaining cells.</p>\n")
        break
      }
      put(cell)
    }
    return result
  }

  private func has(_ tag: String, _ cell: NotebookCell) -> Bool {
    cell.tags.contains { $0 == tag || $0.replacing("_", with: "-") == tag }
  }

  private mutating func put(_ cell: NotebookCell) {
    if has("remove-cell", cell) { return }
    switch cell.kind {
    case .code: put(code: cell)
    case .markdown: if showsTexts { put(markdown: cell) }
    case .raw, .other: if showsTexts { put(raw: cell) }
    }
  }

  private mutating func begin(_ cell: NotebookCell, _ style: String, _ side: String) {
    let id = "\(prefix)cell-\(cell.index + 1)"
    result.put("<section class=\"cell \(style)\" id=\"\(id)\"><div class=\"side\">")
    result.put("<a href=\"#\(id)\" title=\"Cell \(cell.index + 1)\">\(side)</a>")
  }

  // MARK: Code

  private mutating func put(code cell: NotebookCell) {
    let outcome = results.isEmpty ? nil : results[cell.index]
    let isLeft = outcome.map { $0.status == .notRun || $0.isCode && $0.status == .skipped } ?? false
    // Outputs of a cell that did not run are those of an earlier run.
    let shown = isLeft || has("remove-output", cell) ? [] : document.outputs(at: cell.index)
    let showsCode = !hidesCode && !has("remove-input", cell) && !cell.source.isEmpty
    if !showsCode, shown.isEmpty { return }
    let isFailed =
      outcome.map { $0.error != nil && !$0.errorIsAllowed } ?? shown.contains(where: \.isError)
    let count = isLeft ? " " : cell.executionCount.map { "\($0)" } ?? " "
    begin(cell, "code-cell\(isLeft ? " left" : "")\(isFailed ? " failed" : "")", "[\(count)]")
    let time = isLeft ? nil : outcome.map(\.duration) ?? CellsMarkup.time(of: cell)
    if let time, time >= .milliseconds(100) {
      result.put("<span class=\"time\">\(Format.duration(time))</span>")
    }
    result.put("</div><div class=\"body\">")
    if showsCode {
      let isHidden =
        cell.metadata["jupyter"]?["source_hidden"]?.bool ?? false || has("hide-input", cell)
        || has("hide-cell", cell)
      if isHidden { result.put("<details><summary>Code</summary>") }
      result.put("<pre class=\"code\">")
      CodeMarkup.put(cell: cell.source, language, into: &result)
      result.put("</pre>")
      if isHidden { result.put("</details>") }
    }
    if let outcome, isLeft { result.put("<p class=\"note\">\(outcome.status.word)</p>") }
    put(shown, of: cell)
    result.put("</div></section>\n")
  }

  private mutating func put(_ shown: [JSONValue], of cell: NotebookCell) {
    guard !shown.isEmpty else { return }
    let isHidden =
      cell.metadata["jupyter"]?["outputs_hidden"]?.bool ?? false
      || cell.metadata["collapsed"]?.bool ?? false || has("hide-output", cell)
      || has("hide-cell", cell)
    if isHidden { result.put("<details><summary>Output</summary>") }
    for output in shown {
      if output.isError { errors.append((cell, output)) }
      guard result.count < limit else { break }
      result.put("<div class=\"output\">")
      outputs.put(output, into: &result)
      result.put("</div>")
    }
    if isHidden { result.put("</details>") }
  }

  /// How long a cell took when it last ran; nil if it is not stored.
  static func time(of cell: NotebookCell) -> Duration? {
    guard let times = cell.metadata["execution"],
      let start = times["iopub.execute_input"]?.string.flatMap(JSONDate.nanoseconds),
      let end = (times["shell.execute_reply"] ?? times["iopub.status.idle"])?.string
        .flatMap(JSONDate.nanoseconds),
      case let (time, isTooLong) = end.subtractingReportingOverflow(start), !isTooLong, time >= 0
    else { return nil }
    return .nanoseconds(time)
  }

  // MARK: Text

  private mutating func put(markdown cell: NotebookCell) {
    guard !cell.source.utf8.allSatisfy(\.isBlank) else { return }
    begin(cell, "markdown-cell", "#")
    result.put("</div><div class=\"body\">")
    put(markdown: cell.source, of: cell)
    result.put("</div></section>\n")
  }

  private mutating func put(markdown source: String, of cell: NotebookCell) {
    guard markdownTime < CellsMarkup.markdownLimit else {
      result.put("<pre>")
      result.put(escaping: source)
      return result.put("</pre>")
    }
    let begin = ContinuousClock.now
    var markup = MarkdownMarkup(math: outputs.math)
    markup.cell = cell.index + 1
    markup.ids = ids
    let attachments = document.attachments(at: cell.index)
    var room = imageLimit
    let bounded = { (address: String) -> String? in
      room -= address.utf8.count
      return room >= 0 ? address : nil
    }
    markup.attachment = { name in
      guard room > 0, let bundle = attachments[name]?.object else { return nil }
      for member in bundle where member.key.string.hasPrefix("image/") {
        let type = member.key.string
        guard type.utf8.allSatisfy({ $0.isLetter || $0.isDigit || "/+-.".utf8.contains($0) }),
          let text = OutputMarkup.text(member.value)
        else { continue }
        if let data = OutputMarkup.base64(text) {
          return bounded("data:\(type);base64,\(String(decoding: data, as: UTF8.self))")
        }
        if type == "image/svg+xml" { return bounded(HTMLText.address(ofSVG: text)) }
      }
      return nil
    }
    markup.file = { [image] path in
      guard room > 0, let type = ImageFile.type(of: path), let content = image(path) else {
        return nil
      }
      return bounded("data:\(type);base64,\(Base64.encoded(content))")
    }
    result.put("<div class=\"markdown\">")
    result.put(MarkdownHTML.html(source, &markup))
    result.put("</div>")
    headings += markup.headings
    ids = markup.ids
    outputs.math = markup.math
    markdownTime += ContinuousClock.now - begin
  }

  private mutating func put(raw cell: NotebookCell) {
    guard !cell.source.isEmpty else { return }
    begin(cell, "raw-cell", "#")
    result.put("</div><div class=\"body\">")
    let format = cell.metadata["format"]?.string ?? cell.metadata["raw_mimetype"]?.string ?? ""
    switch format {
    case "text/html":
      var sanitizer = HTMLSanitizer()
      result.put("<div class=\"html\">")
      result.put(sanitizer.sanitized(Array(cell.source.utf8)))
      result.put("</div>")
    case "text/markdown": put(markdown: cell.source, of: cell)
    default:
      result.put("<pre>")
      result.put(escaping: cell.source)
      result.put("</pre>")
    }
    result.put("</div></section>\n")
  }
}

extension JSONValue {
  /// Whether it is an output that shows an error.
  var isError: Bool { self["output_type"]?.string == "error" }
}
