/// The kinds of HTML in outputs, by what they need to be shown.
enum HTMLOutput {
  /// Safe HTML suffices.
  case plain
  /// It has style sheets, which must not reach the page.
  case styled
  /// It has scripts.
  case scripts

  /// Looks at the tags of HTML.
  init(_ html: [UInt8]) {
    self = .plain
    var tokenizer = HTMLTokenizer(html)
    while let token = tokenizer.next() {
      guard case .start(let tag) = token else { continue }
      switch tag.name {
      case "script":
        // Data for scripts alone is not a script.
        let type = tag["type"].map { String(decoding: $0, as: UTF8.self).lowercased() } ?? ""
        if type.isEmpty || type.contains("javascript") || type.contains("ecmascript")
          || type == "module"
        {
          self = .scripts
          return
        }
      case "object", "embed", "canvas":
        self = .scripts
        return
      default: break
      }
      guard HTMLAllowed.rawText.contains(tag.name) else { continue }
      let content = tokenizer.rawText(of: tag.name)
      // The style of pandas' tables, which the page has too.
      if tag.name == "style", !HTMLOutput.isPandas(html[content]) { self = .styled }
    }
  }

  /// The style of tables, in the page and in trees of their own.
  static let tables = """
    table{border-collapse:collapse;border:0;font-size:13px;margin:6px 0}\
    td,th{border:0;padding:4px 9px;text-align:left;vertical-align:top}\
    .dataframe :is(td,th),table[id^=T_] :is(td,th){text-align:right}\
    th{font-weight:600}thead th{border-bottom:1px solid #8888}\
    thead+tbody tr:nth-child(odd){background:#8881}caption{text-align:left;padding:2px 0}\
    img,svg{max-width:100%}
    """

  private static func isPandas(_ style: ArraySlice<UInt8>) -> Bool {
    style.count < 600
      && String(decoding: style, as: UTF8.self).drop(while: \.isWhitespace).hasPrefix(
        ".dataframe tbody tr th")
  }

  /// The HTML in a tree of its own within the page, which style sheets do not leave.
  ///
  /// They can style the element that has the tree, so one around it keeps that in its place.
  static func isolated(_ html: Markup) -> Markup {
    var result = Markup(
      "<div class=\"html\"><div><template shadowrootmode=\"open\"><style>\(tables)</style>")
    result.put(html)
    result.put("</template></div></div>")
    return result
  }
}
