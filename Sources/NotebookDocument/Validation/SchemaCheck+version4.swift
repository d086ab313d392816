import JSONCore

/// The rules of the schemas `nbformat.v4.0.schema.json` to `nbformat.v4.5.schema.json`.
extension SchemaCheck {
  mutating func version4(_ notebook: JSONView) {
    only(["metadata", "nbformat_minor", "nbformat", "cells"], in: notebook, "")
    if let metadata = object("metadata", of: notebook, "", isRepairable: true) {
      version4Metadata(metadata, minor: minor)
    }
    for name in ["nbformat", "nbformat_minor"] {
      if let value = required(name, of: notebook, "") { _ = integer(value, atLeast: 0, name) }
    }
    guard let cells = array("cells", of: notebook, "") else { return }
    var places: [JSONString: Int] = [:]
    for (number, cell) in cells.enumerated() {
      let place = "cells[\(number)]"
      self.cell(cell, place)
      guard minor >= 5, let id = cell["id"]?.text else { continue }
      if let first = places.updateValue(number, forKey: id) {
        places[id] = first
        fault("'\(id)' is already the id of cells[\(first)]", "\(place).id", isRepairable: true)
      }
    }
  }

  mutating func version4Metadata(_ metadata: JSONView, minor: Int) {
    if let spec = optionalObject("kernelspec", of: metadata, "metadata") {
      string("name", of: spec, "metadata.kernelspec")
      string("display_name", of: spec, "metadata.kernelspec")
    }
    if let info = optionalObject("language_info", of: metadata, "metadata") {
      let place = "metadata.language_info"
      string("name", of: info, place)
      for name in ["file_extension", "mimetype", "pygments_lexer"] {
        optionalString(name, of: info, place)
      }
      if let mode = info["codemirror_mode"], !mode.isString, !mode.isObject {
        expected("a string or an object", mode, "\(place).codemirror_mode")
      }
    }
    if let major = metadata["orig_nbformat"] {
      _ = integer(major, atLeast: 1, "metadata.orig_nbformat")
    }
    if minor >= 2 {
      optionalString("title", of: metadata, "metadata")
      _ = optionalArray("authors", of: metadata, "metadata")
    }
  }

  // MARK: Cells

  private mutating func cell(_ value: JSONView, _ place: String) {
    guard let cell = object(value, place) else { return }
    guard let type = required("cell_type", of: cell, place) else { return }
    guard let name = type.text?.string, ["code", "markdown", "raw"].contains(name) else {
      if isRelaxed {
        if let metadata = object("metadata", of: cell, place) {
          nameAndTags(metadata, "\(place).metadata")
        }
      } else {
        fault(
          "expected \"code\", \"markdown\" or \"raw\", found \(type.value)", "\(place).cell_type")
      }
      return
    }
    let members = name == "code" ? ["outputs", "execution_count"] : ["attachments"]
    let id = minor >= 5 ? ["id"] : []
    only(id + ["cell_type", "metadata", "source"] + members, in: cell, place)
    if minor >= 5, let id = required("id", of: cell, place, isRepairable: true) {
      self.id(id, "\(place).id")
    }
    if let metadata = object("metadata", of: cell, place, isRepairable: true) {
      cellMetadata(metadata, name, "\(place).metadata")
    }
    if let source = required("source", of: cell, place) { text(source, "\(place).source") }
    if name == "code" {
      if let count = required("execution_count", of: cell, place, isRepairable: true) {
        self.count(count, "\(place).execution_count")
      }
      for (number, output) in (array("outputs", of: cell, place, isRepairable: true) ?? [])
        .enumerated()
      {
        self.output(output, "\(place).outputs[\(number)]")
      }
    } else if let attachments = optionalObject("attachments", of: cell, place) {
      for attachment in attachments.members {
        data(attachment.value, "\(place).attachments[\(JSONValue.string(attachment.key))]")
      }
    }
  }

  private mutating func id(_ value: JSONView, _ place: String) {
    guard let id = value.text?.string else { return expected("a string", value, place) }
    // Python's `$` also matches before a line feed at the end.
    let line = id.utf8.last == 0x0A ? id.utf8.dropLast() : id.utf8[...]
    let isValid =
      !line.isEmpty
      && line.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
    if !isValid || id.utf8.count > 64 {
      fault("expected 1 to 64 letters, digits, '-' and '_', found \(value.value)", place)
    }
  }

  private mutating func cellMetadata(_ metadata: JSONView, _ type: String, _ place: String) {
    nameAndTags(metadata, place)
    if minor >= 3 { _ = optionalObject("jupyter", of: metadata, place) }
    if type == "raw" { optionalString("format", of: metadata, place) }
    guard type == "code" else { return }
    if minor >= 4, let times = optionalObject("execution", of: metadata, place) {
      // The schemas' `^.*$` does not match names with several lines.
      for time in times.members
      where !time.value.isString && SchemaCheck.oneLine(time.key.string) != nil {
        expected("a string", time.value, "\(place).execution[\(JSONValue.string(time.key))]")
      }
    }
    optionalBool("collapsed", of: metadata, place)
    if let scrolled = metadata["scrolled"], !scrolled.isBool, scrolled.text != "auto" {
      expected("a boolean or \"auto\"", scrolled, "\(place).scrolled")
    }
  }

  // MARK: Outputs

  private mutating func output(_ value: JSONView, _ place: String) {
    guard let output = object(value, place) else { return }
    guard let type = required("output_type", of: output, place) else { return }
    switch type.text?.string {
    case "execute_result":
      only(["output_type", "execution_count", "data", "metadata"], in: output, place)
      if let count = required("execution_count", of: output, place) {
        self.count(count, "\(place).execution_count")
      }
      display(output, place)
    case "display_data":
      only(["output_type", "data", "metadata"], in: output, place)
      display(output, place)
    case "stream":
      only(["output_type", "name", "text"], in: output, place)
      string("name", of: output, place)
      if let text = required("text", of: output, place) { self.text(text, "\(place).text") }
    case "error":
      only(["output_type", "ename", "evalue", "traceback"], in: output, place)
      error(output, place)
    default:
      if !isRelaxed {
        fault(
          "expected \"stream\", \"display_data\", \"execute_result\" or \"error\", found \(type.value)",
          "\(place).output_type")
      }
    }
  }

  private mutating func display(_ output: JSONView, _ place: String) {
    if let data = required("data", of: output, place) { self.data(data, "\(place).data") }
    _ = object("metadata", of: output, place)
  }

  /// Checks data by MIME type: JSON may be any value, everything else is text.
  private mutating func data(_ value: JSONView, _ place: String) {
    guard let data = object(value, place), !isRelaxed else { return }
    for member in data.members where !SchemaCheck.mayBeJSON(member.key.string) {
      text(member.value, "\(place)[\(JSONValue.string(member.key))]")
    }
  }

  /// Whether data of this MIME type may be any JSON, which means that it matches
  /// `^application/(.*\+)?json$`.
  private static func mayBeJSON(_ mimeType: String) -> Bool {
    oneLine(mimeType).map(MultilineText.isJSON) ?? false
  }
}
