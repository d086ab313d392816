import JSONCore

extension OutputMarkup {
  /// The maximum size of an image in a page, in bytes of base64.
  static let imageLimit = 32 << 20

  /// Appends an image in base64.
  ///
  /// - Returns: false if it is not base64, or too large.
  func put(
    image: String, _ type: String, _ metadata: JSONValue?, _ data: JSONValue?,
    into result: inout Markup
  ) -> Bool {
    guard let base64 = OutputMarkup.base64(image) else { return false }
    let alternative = OutputMarkup.text(data?["text/plain"])?.prefix(200) ?? "image"
    result.put("<img alt=\"\(String(alternative).asHTML)\"")
    for name in ["width", "height"] {
      if let size = metadata?[name]?.double, size > 0, size < 20_000 {
        result.put(" \(name)=\"\(Int(size))\"")
      }
    }
    result.put(" src=\"data:\(type);base64,")
    result.put(base64)
    result.put("\">")
    return true
  }

  /// Base64 without white space; nil for anything else, and for too much of it.
  static func base64(_ text: String) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(text.utf8.count)
    for byte in text.utf8 where !byte.isBlank {
      guard
        byte.isLetter || byte.isDigit || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
          || byte == UInt8(ascii: "=")
      else { return nil }
      result.append(byte)
    }
    return result.isEmpty || result.count > imageLimit ? nil : result
  }

  /// Appends a drawing: as an image, in which nothing runs and nothing is loaded.
  func put(svg: String, into result: inout Markup) -> Bool {
    guard svg.utf8.count <= OutputMarkup.imageLimit else { return false }
    // Without this an image is not a drawing.
    if svg.contains("xmlns=\"http://www.w3.org/2000/svg\"")
      || svg.contains("xmlns='http://www.w3.org/2000/svg'")
    {
      result.put("<img alt=\"image\" src=\"")
      result.put(HTMLText.address(ofSVG: svg))
      result.put("\">")
      return true
    }
    var sanitizer = HTMLSanitizer()
    let safe = sanitizer.sanitized(Array(svg.utf8))
    guard !safe.bytes.allSatisfy(\.isBlank) else { return false }
    result.put("<div class=\"html\">")
    result.put(safe)
    result.put("</div>")
    return true
  }

  /// Appends data for which a page has no picture: JSON, text, or a note.
  mutating func putRest(of data: JSONValue?, needsScripts: Bool, into result: inout Markup) {
    let plain = OutputMarkup.text(data?["text/plain"])
    let json = data?.object?.first { member in
      let type = member.key.string
      return type == "application/json" || type.hasPrefix("application/") && type.hasSuffix("+json")
    }
    if needsScripts || data?["application/javascript"] != nil {
      result.put("<p class=\"note\">This output needs scripts, which do not run in this page.</p>")
    }
    if let json, json.key.string == "application/json" {
      return put(json: json.value, "JSON", isOpen: true, into: &result)
    }
    if let plain { put(text: plain, into: &result) }
    if let json, json.key.string != "application/vnd.jupyter.widget-view+json" {
      return put(json: json.value, json.key.string, isOpen: false, into: &result)
    }
    guard plain == nil, !needsScripts else { return }
    let types = (data?.object ?? [:]).map(\.key.string).joined(separator: ", ")
    if !types.isEmpty {
      result.put(
        "<p class=\"note\">An output that only Jupyter can show (\(types.asHTML)).</p>")
    }
  }

  private func put(json: JSONValue, _ name: String, isOpen: Bool, into result: inout Markup) {
    let text = String(decoding: json.serialized(.pretty), as: UTF8.self)
    result.put(
      "<details class=\"json\"\(isOpen ? " open" : "")><summary>\(name.asHTML)</summary><pre>")
    if text.utf8.count > 1 << 20 {
      result.put(escaping: String(decoding: text.utf8.prefix(1 << 19), as: UTF8.self))
      result.put("\n…")
    } else {
      CodeMarkup.put(text, CodeLanguage.named("json"), into: &result)
    }
    result.put("</pre></details>")
  }
}
