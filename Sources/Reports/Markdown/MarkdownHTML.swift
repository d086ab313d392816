import CMarkdown

/// Converts Markdown as JupyterLab does: GitHub's Markdown with formulas, and with HTML.
enum MarkdownHTML {
  /// The maximum length of a text; a longer one stays as it is.
  static let limit = 200_000

  /// The text as safe HTML.
  ///
  /// - Parameter markup: the additions to the HTML; it receives the headings.
  static func html(_ source: String, _ markup: inout MarkdownMarkup) -> Markup {
    guard source.utf8.count <= limit else {
      var result = Markup("<pre>")
      result.put(escaping: source)
      result.put("</pre>")
      return result
    }
    let finder = MathFinder(source)
    markup.formulas = finder.formulas
    var sanitizer = HTMLSanitizer()
    sanitizer.markdown = markup
    let result = sanitizer.sanitized(unsafeHTML(finder.text))
    if let done = sanitizer.markdown { markup = done }
    return result
  }

  /// The names of the extensions; addresses become links later, because Debian's version of that
  /// extension reads before its text (CVE-2023-22485).
  private static let extensions = ["table", "strikethrough", "tasklist"]

  private static func unsafeHTML(_ text: [UInt8]) -> [UInt8] {
    cmark_gfm_core_extensions_ensure_registered()
    let options = CMARK_OPT_UNSAFE | CMARK_OPT_FOOTNOTES
    guard let parser = cmark_parser_new(options) else { return [] }
    defer { cmark_parser_free(parser) }
    for name in extensions {
      if let found = cmark_find_syntax_extension(name) {
        cmark_parser_attach_syntax_extension(parser, found)
      }
    }
    text.withUnsafeBytes { buffer in
      guard let start = buffer.baseAddress else { return }
      cmark_parser_feed(parser, start.assumingMemoryBound(to: CChar.self), buffer.count)
    }
    guard let document = cmark_parser_finish(parser) else { return [] }
    defer { cmark_node_free(document) }
    guard
      let html = cmark_render_html(
        document, options, cmark_parser_get_syntax_extensions(parser))
    else { return [] }
    defer { cmark_get_default_mem_allocator().pointee.free(html) }
    return Array(UnsafeRawBufferPointer(start: html, count: cmarkLength(html)))
  }

  private static func cmarkLength(_ text: UnsafePointer<CChar>) -> Int {
    var count = 0
    while text[count] != 0 { count += 1 }
    return count
  }
}
