import JSONCore

/// The rules of nbformat 1 and 2, which have no schema: the members that nbformat needs to read
/// them and to convert them to valid notebooks.
///
/// Unknown members are allowed.
extension SchemaCheck {
  mutating func version1(_ notebook: JSONView) {
    for (number, value) in (array("cells", of: notebook, "") ?? []).enumerated() {
      let place = "cells[\(number)]"
      guard let cell = object(value, place) else { continue }
      guard let type = required("cell_type", of: cell, place) else { continue }
      guard let name = type.text?.string, ["code", "text"].contains(name) else {
        fault("expected \"code\" or \"text\", found \(type.value)", "\(place).cell_type")
        continue
      }
      if let text = cell[name], !(name == "code" && text.isNull) {
        self.text(text, "\(place).\(name)")
      } else if name == "text" {
        _ = required("text", of: cell, place)
      }
      // nbformat converts everything that Python's `int` accepts to an integer.
      if name == "code", let number = cell["prompt_number"], !number.isNull, !number.isBool {
        if let value = number.number?.double.rounded(.towardZero), value.isFinite {
          if value < 0 {
            fault("expected at least 0, found \(number.value)", "\(place).prompt_number")
          }
        } else {
          expected("an integer", number, "\(place).prompt_number")
        }
      }
    }
  }

  mutating func version2(_ notebook: JSONView) {
    if let metadata = object("metadata", of: notebook, "") { version4Metadata(metadata, minor: 5) }
    if let minor = notebook["nbformat_minor"] { _ = integer(minor, atLeast: 0, "nbformat_minor") }
    for (number, value) in (array("worksheets", of: notebook, "") ?? []).enumerated() {
      let place = "worksheets[\(number)]"
      guard let worksheet = object(value, place) else { continue }
      for (number, cell) in (array("cells", of: worksheet, place) ?? []).enumerated() {
        version2Cell(cell, "\(place).cells[\(number)]")
      }
    }
  }

  private mutating func version2Cell(_ value: JSONView, _ place: String) {
    guard let cell = object(value, place) else { return }
    guard let type = required("cell_type", of: cell, place) else { return }
    let metadata = optionalObject("metadata", of: cell, place)
    switch type.text?.string {
    case "code":
      if let input = cell["input"] { text(input, "\(place).input") }
      optionalBool("collapsed", of: cell, place)
      if let number = cell["prompt_number"] { count(number, "\(place).prompt_number") }
      for (number, output) in (array("outputs", of: cell, place) ?? []).enumerated() {
        version2Output(output, "\(place).outputs[\(number)]")
      }
    case "markdown", "html", "raw":
      if let source = required("source", of: cell, place) { text(source, "\(place).source") }
      if let metadata { nameAndTags(metadata, "\(place).metadata") }
    case "heading":
      if let source = cell["source"] { text(source, "\(place).source") }
      if let level = cell["level"] { _ = integer(level, atLeast: 1, "\(place).level") }
    default:
      fault(
        "expected \"code\", \"markdown\", \"heading\", \"raw\" or \"html\", found \(type.value)",
        "\(place).cell_type")
    }
  }

  private mutating func version2Output(_ value: JSONView, _ place: String) {
    guard let output = object(value, place) else { return }
    guard let type = required("output_type", of: output, place) else { return }
    for name in ["png", "jpeg"] {
      if let image = output[name], !(image.text?.string.utf8.allSatisfy { $0 < 0x80 } ?? false) {
        fault("expected base64 in a string", "\(place).\(name)")
      }
    }
    switch type.text?.string {
    case "pyout", "display_data":
      if type.text == "pyout", let number = output["prompt_number"] {
        count(number, "\(place).prompt_number")
      }
      _ = optionalObject("metadata", of: output, place)
      // All other members are data.
      let others = ["output_type", "prompt_number", "metadata", "execution_count", "png", "jpeg"]
      for data in output.members where !others.contains(data.key.string) {
        text(data.value, "\(place)[\(JSONValue.string(data.key))]")
      }
    case "stream":
      optionalString("stream", of: output, place)
      if let text = required("text", of: output, place) { self.text(text, "\(place).text") }
    case "pyerr": error(output, place)
    default:
      fault(
        "expected \"stream\", \"display_data\", \"pyout\" or \"pyerr\", found \(type.value)",
        "\(place).output_type")
    }
  }
}
