import JSONCore

/// Writes the outputs of cells as HTML.
struct OutputMarkup {
  /// Frames for scripts; nil if scripts of outputs do not run.
  let frames: FrameMarkup?
  /// Returns a text as a terminal shows it after control characters that move its cursor.
  let terminal: (String) -> String
  var widgets: WidgetMarkup
  /// Converts formulas; it keeps their macros.
  var math = MathConverter()
  /// Whether a frame with a script was written.
  private(set) var hasFrames = false
  /// The depth of the widget that is written, because outputs in widgets may show widgets again.
  var widgetDepth = 0
  /// The number of widgets in the outermost widget that is written.
  var widgetParts = 0
  /// The maximum length of one text.
  private let textLimit: Int

  init(
    frames: FrameMarkup?, widgets: WidgetMarkup = WidgetMarkup(nil), textLimit: Int = 1 << 20,
    terminal: @escaping (String) -> String
  ) {
    self.frames = frames
    self.widgets = widgets
    self.textLimit = textLimit
    self.terminal = terminal
  }

  /// Appends an output in the notebook's format.
  mutating func put(_ output: JSONValue, into result: inout Markup) {
    switch output["output_type"]?.string {
    case "stream":
      put(
        text: OutputMarkup.text(output["text"]) ?? "",
        style: output["name"]?.string == "stderr" ? "stderr" : nil, into: &result)
    case "error":
      let trace = (output["traceback"]?.array ?? []).compactMap(\.string).joined(separator: "\n")
      let name = "\(output["ename"]?.string ?? ""): \(output["evalue"]?.string ?? "")"
      put(text: trace.isEmpty ? name : trace, style: "error", into: &result)
    default: put(data: output["data"], output["metadata"], into: &result)
    }
  }

  /// A text, which notebooks may store as a list of lines; nil if there is none.
  static func text(_ value: JSONValue?) -> String? {
    if let string = value?.string { return string.isEmpty ? nil : string }
    let lines = (value?.array ?? []).compactMap(\.string)
    return lines.isEmpty ? nil : lines.joined()
  }

  // MARK: Texts

  /// Appends a text of a terminal.
  mutating func put(text: String, style: String? = nil, into result: inout Markup) {
    result.put(style.map { "<pre class=\"\($0)\">" } ?? "<pre>")
    let moves = text.utf8.contains { $0 == 0x0D || $0 == 0x08 || $0 == 0x1B }
    let text = moves && text.utf8.count <= 16 << 20 ? terminal(text) : text
    guard text.utf8.count > textLimit else {
      TerminalMarkup.put(text, into: &result)
      return result.put("</pre>")
    }
    let half = textLimit / 2
    let bytes = Array(text.utf8)
    // Complete lines, if there are some.
    let head = bytes[..<half].lastIndex(of: 0x0A).map { $0 + 1 } ?? half
    let tail =
      bytes[(bytes.count - half)...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count - half
    TerminalMarkup.put(String(decoding: bytes[..<head], as: UTF8.self), into: &result)
    result.put(
      "</pre><p class=\"note\">\(Format.bytes(Int64(tail - head))) are left out here; the notebook "
        + "has them.</p>")
    result.put(style.map { "<pre class=\"\($0)\">" } ?? "<pre>")
    TerminalMarkup.put(String(decoding: bytes[tail...], as: UTF8.self), into: &result)
    result.put("</pre>")
  }

  // MARK: Data

  /// Appends the richest form of data that a page can show.
  mutating func put(data: JSONValue?, _ metadata: JSONValue?, into result: inout Markup) {
    let widgets = widgets
    if let view = data?["application/vnd.jupyter.widget-view+json"],
      let html = widgets.html(view["model_id"]?.string ?? "", &self)
    {
      return result.put(html)
    }
    let html = OutputMarkup.text(data?["text/html"]).map { Array($0.utf8) }
    let kind = html.map { HTMLOutput($0) }
    if let html, let kind, kind != .scripts || frames != nil, html.count <= FrameMarkup.limit,
      put(html: html, kind, into: &result)
    {
      return
    }
    if let text = OutputMarkup.text(data?["text/markdown"]) {
      return result.put(markdown(text))
    }
    if let image = OutputMarkup.text(data?["image/svg+xml"]), put(svg: image, into: &result) {
      return
    }
    if let text = OutputMarkup.text(data?["text/latex"]) { return put(latex: text, into: &result) }
    for type in ["png", "jpeg", "jpg", "gif", "webp", "bmp", "avif"] {
      let type = "image/\(type)"
      if let image = OutputMarkup.text(data?[type]),
        put(image: image, type, metadata?[type], data, into: &result)
      {
        return
      }
    }
    if let script = OutputMarkup.text(data?["application/javascript"]), let frames {
      hasFrames = true
      let content =
        "<div id=\"out\"></div><script>var element=document.getElementById('out');"
        + script.replacing("</", with: "<\\/") + "</script>"
      return result.put(frames.html(Array(content.utf8)))
    }
    putRest(of: data, needsScripts: kind == .scripts, into: &result)
  }

  private mutating func markdown(_ text: String) -> Markup {
    var markup = MarkdownMarkup(math: math)
    var result = Markup("<div class=\"markdown\">")
    result.put(MarkdownHTML.html(text, &markup))
    math = markup.math
    result.put("</div>")
    return result
  }

  private mutating func put(html: [UInt8], _ kind: HTMLOutput, into result: inout Markup) -> Bool {
    if kind == .scripts, let frames {
      hasFrames = true
      result.put(frames.html(html))
      return true
    }
    var sanitizer = HTMLSanitizer()
    sanitizer.keepsStyles = kind == .styled
    sanitizer.math = math
    var hasScripts = false
    sanitizer.frame = { [frames] tag in
      if let content = tag["srcdoc"], let frames {
        hasScripts = true
        return frames.html(
          Array(CharacterReference.decoded(content).utf8),
          style: tag["style"].map { CharacterReference.decoded($0) } ?? "width:100%;height:400px")
      }
      return OutputMarkup.embedded(tag, runsScripts: frames != nil)
    }
    let safe = sanitizer.sanitized(html)
    hasFrames = hasFrames || hasScripts
    guard !safe.bytes.allSatisfy(\.isBlank) else { return false }
    if kind == .styled {
      result.put(HTMLOutput.isolated(safe))
    } else {
      result.put("<div class=\"html\">")
      result.put(safe)
      result.put("</div>")
    }
    return true
  }

  /// A page of the web in an output, as a frame and a link.
  private static func embedded(_ tag: HTMLTokenizer.Tag, runsScripts: Bool) -> String? {
    guard let source = tag["src"], let address = PageAddress.safe(source, for: .link) else {
      return nil
    }
    let link =
      "<p class=\"note\"><a href=\"\(address.asHTML)\" rel=\"noopener noreferrer\">"
      + "\(address.asHTML)</a></p>"
    guard runsScripts, address.hasPrefix("https://") else { return link }
    func size(_ name: String, _ standard: String) -> String {
      let value = String(decoding: tag[name] ?? [], as: UTF8.self)
      let isSafe = !value.isEmpty && value.utf8.allSatisfy { $0.isDigit || $0 == UInt8(ascii: "%") }
      return isSafe ? value : standard
    }
    return "<iframe sandbox=\"allow-scripts allow-popups\" src=\"\(address.asHTML)\" "
      + "width=\"\(size("width", "100%"))\" height=\"\(size("height", "400"))\" loading=\"lazy\">"
      + "</iframe>\(link)"
  }

  private mutating func put(latex text: String, into result: inout Markup) {
    let finder = MathFinder(text, isMarkdown: false)
    var markup = MarkdownMarkup(math: math)
    markup.formulas = finder.formulas
    var escaped = Markup()
    escaped.put(escaping: finder.text)
    result.put("<div class=\"latex\">")
    markup.put(text: escaped.bytes[...], isCode: false, isLinked: true, into: &result)
    result.put("</div>")
    math = markup.math
  }
}
