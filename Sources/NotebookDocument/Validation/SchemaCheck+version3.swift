import JSONCore

/// The rules of the schema `nbformat.v3.schema.json`.
extension SchemaCheck {
  mutating func version3(_ notebook: JSONView) {
    only(
      [
        "metadata", "nbformat_minor", "nbformat", "orig_nbformat", "orig_nbformat_minor",
        "worksheets",
      ], in: notebook, "")
    if let metadata = object("metadata", of: notebook, "") { version3Metadata(metadata) }
    for name in ["nbformat", "nbformat_minor"] {
      if let value = required(name, of: notebook, "") { _ = integer(value, atLeast: 0, name) }
    }
    for (name, minimum) in [("orig_nbformat", 1), ("orig_nbformat_minor", 0)] {
      if let value = notebook[name] { _ = integer(value, atLeast: minimum, name) }
    }
    for (number, value) in (array("worksheets", of: notebook, "") ?? []).enumerated() {
      let place = "worksheets[\(number)]"
      guard let worksheet = object(value, place) else { continue }
      only(["cells", "metadata"], in: worksheet, place)
      _ = optionalObject("metadata", of: worksheet, place)
      for (number, cell) in (array("cells", of: worksheet, place) ?? []).enumerated() {
        version3Cell(cell, "\(place).cells[\(number)]")
      }
    }
  }

  private mutating func version3Metadata(_ metadata: JSONView) {
    if let info = optionalObject("kernel_info", of: metadata, "metadata") {
      let place = "metadata.kernel_info"
      string("name", of: info, place)
      string("language", of: info, place)
      optionalString("codemirror_mode", of: info, place)
    }
    optionalString("signature", of: metadata, "metadata")
  }

  private mutating func version3Cell(_ value: JSONView, _ place: String) {
    guard let cell = object(value, place) else { return }
    guard let type = required("cell_type", of: cell, place) else { return }
    let own: [String]
    switch type.text?.string {
    case "code": own = ["language", "collapsed", "input", "outputs", "prompt_number"]
    case "heading": own = ["source", "level"]
    case "markdown", "html", "raw": own = ["source"]
    default:
      if !isRelaxed {
        fault(
          "expected \"code\", \"markdown\", \"heading\", \"raw\" or \"html\", found \(type.value)",
          "\(place).cell_type")
      }
      return
    }
    only(["cell_type", "metadata"] + own, in: cell, place)
    let metadata = optionalObject("metadata", of: cell, place)
    if type.text == "code" { return version3Code(cell, place) }
    if let source = required("source", of: cell, place) { text(source, "\(place).source") }
    if type.text == "heading" {
      if let level = required("level", of: cell, place) {
        _ = integer(level, atLeast: 1, "\(place).level")
      }
    } else if let metadata {
      nameAndTags(metadata, "\(place).metadata")
      if type.text == "raw" { optionalString("format", of: metadata, "\(place).metadata") }
    }
  }

  private mutating func version3Code(_ cell: JSONView, _ place: String) {
    string("language", of: cell, place)
    optionalBool("collapsed", of: cell, place)
    if let input = required("input", of: cell, place) { text(input, "\(place).input") }
    if let number = cell["prompt_number"] { count(number, "\(place).prompt_number") }
    for (number, output) in (array("outputs", of: cell, place) ?? []).enumerated() {
      version3Output(output, "\(place).outputs[\(number)]")
    }
  }

  // MARK: Outputs

  private mutating func version3Output(_ value: JSONView, _ place: String) {
    guard let output = object(value, place) else { return }
    guard let type = required("output_type", of: output, place) else { return }
    switch type.text?.string {
    case "pyout":
      if let number = required("prompt_number", of: output, place) {
        _ = integer(number, atLeast: 0, "\(place).prompt_number")
      }
      version3Display(output, isResult: true, place)
    case "display_data": version3Display(output, isResult: false, place)
    case "stream":
      only(["output_type", "stream", "text"], in: output, place)
      string("stream", of: output, place)
      if let text = required("text", of: output, place) { self.text(text, "\(place).text") }
    case "pyerr":
      only(["output_type", "ename", "evalue", "traceback"], in: output, place)
      error(output, place)
    default:
      if !isRelaxed {
        fault(
          "expected \"stream\", \"display_data\", \"pyout\" or \"pyerr\", found \(type.value)",
          "\(place).output_type")
      }
    }
  }

  /// Checks the data of an output: members with short names or MIME types, all of them text.
  private mutating func version3Display(_ output: JSONView, isResult: Bool, _ place: String) {
    let short = ["text", "latex", "png", "jpeg", "svg", "html", "javascript", "json", "pdf"]
    for member in output.members {
      let name = member.key.string
      switch name {
      case "output_type": continue
      case "prompt_number" where isResult: continue
      case "metadata": _ = object("metadata", of: output, place)
      case _ where short.contains(name) || SchemaCheck.isMimeType(name, wholly: isResult):
        text(
          member.value,
          short.contains(name) ? "\(place).\(name)" : "\(place)[\(JSONValue.string(member.key))]")
      default:
        if !isRelaxed { fault("nbformat 3.\(minor) has no '\(member.key)' here", place) }
      }
    }
  }

  /// Whether a name is a MIME type by the schema's pattern; that of displays has no `^` at its
  /// start, so that it needs to match only the end of the name.
  private static func isMimeType(_ name: String, wholly: Bool) -> Bool {
    func isWord(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: false
      }
    }
    // Python's `$` also matches before a line feed at the end.
    let line = name.utf8.last == 0x0A ? name.utf8.dropLast() : name.utf8[...]
    guard let slash = line.lastIndex(of: UInt8(ascii: "/")) else { return false }
    let (type, subtype) = (line[..<slash], line[line.index(after: slash)...])
    guard let last = type.last, isWord(last), !subtype.isEmpty else { return false }
    return (!wholly || type.allSatisfy(isWord))
      && subtype.allSatisfy { isWord($0) || "-+.".utf8.contains($0) }
  }
}
