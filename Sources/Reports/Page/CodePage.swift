/// A script as a page, with line numbers and colours.
package struct CodePage {
  /// The most lines with numbers.
  private static let mostLines = 100_000

  private let text: String
  private let name: String

  /// Creates a page.
  ///
  /// - Parameters:
  ///   - text: the script.
  ///   - name: the name of its file, whose extension tells its language.
  package init(_ text: String, name: String) {
    self.text = text
    self.name = name
  }

  /// The complete document, in UTF-8.
  package func html() -> [UInt8] {
    var page = Markup()
    page.put(
      """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8">
      \(PagePolicy().element(hasScript: false, hasFrames: false))
      <meta name="viewport" content="width=device-width,initial-scale=1">
      <title>\(name.asHTML)</title>
      <style>\(PageStyle.colors)
      \(PageStyle.cells)
      body{margin:0;font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;\
      background:Canvas;color:CanvasText}
      .script{display:grid;grid-template-columns:max-content minmax(0,1fr)}
      .script pre{border-radius:0;white-space:pre;overflow-x:auto}
      .numbers{text-align:right;color:var(--dim);border-right:1px solid var(--line);user-select:none}
      </style></head><body>
      <main class="script">
      """)
    let lines = max(1, text.utf8.count { $0 == 0x0A } + (text.utf8.last == 0x0A ? 0 : 1))
    page.put("<pre class=\"numbers\" aria-hidden=\"true\">")
    if lines <= CodePage.mostLines { page.put((1...lines).map { "\($0)\n" }.joined()) }
    page.put("</pre><pre>")
    CodeMarkup.put(text, language, into: &page)
    page.put("</pre></main>\n</body></html>\n")
    return page.bytes
  }

  private var language: CodeLanguage? {
    guard let dot = name.lastIndex(of: ".") else {
      return text.hasPrefix("#!") ? CodeLanguage.named("bash") : nil
    }
    return CodeLanguage.named(String(name[name.index(after: dot)...]))
  }
}
