import JSONCore

/// Upgrades notebooks of nbformat 1, 2 and 3 to 4.5.
///
/// `nbformat/v2/convert.py`, `v3/convert.py` and `v4/convert.py` are the reference; their three
/// steps are one here.
struct OldFormats {
  private let major: Int

  /// Upgrades a notebook.
  ///
  /// - Parameters:
  ///   - notebook: the content of its file.
  ///   - major: its major version, from 1 to 3.
  /// - Throws: ``NotebookError`` with the place of a missing member.
  static func upgraded(_ notebook: JSONObject, from major: Int) throws(NotebookError) -> JSONObject
  {
    let formats = OldFormats(major: major)
    var result = notebook
    var metadata: JSONObject = [:]
    var cells: [JSONValue] = []
    if major == 1 {
      for (number, cell) in try list(notebook["cells"], "cells").enumerated() {
        cells.append(.object(try formats.fromVersion1(cell, "cells[\(number)]")))
      }
    } else {
      metadata = try object(notebook["metadata"], "metadata")
      for (sheet, worksheet) in try list(notebook["worksheets"], "worksheets").enumerated() {
        let place = "worksheets[\(sheet)]"
        let content = try list(try object(worksheet, place)["cells"], "\(place).cells")
        for (number, cell) in content.enumerated() {
          cells.append(.object(try formats.cell(cell, "\(place).cells[\(number)]")))
        }
      }
    }
    for name in ["worksheets", "orig_nbformat", "orig_nbformat_minor"] { result[name] = nil }
    for name in ["name", "signature", "orig_nbformat", "orig_nbformat_minor"] {
      metadata[name] = nil
    }
    result["metadata"] = .object(metadata)
    result["nbformat"] = 4
    result["nbformat_minor"] = 5
    result["cells"] = .array(CellIDs.complete(cells).cells)
    return result
  }

  // MARK: Cells

  private func fromVersion1(_ value: JSONValue, _ place: String) throws(NotebookError) -> JSONObject
  {
    let old = try OldFormats.object(value, place)
    switch old["cell_type"]?.string {
    case "code":
      return [
        "cell_type": "code", "execution_count": count(old["prompt_number"]),
        "metadata": ["collapsed": false], "outputs": [],
        "source": try source(old["code"], "\(place).code"),
      ]
    case "text":
      return [
        "cell_type": "markdown", "metadata": [:],
        "source": try source(old["text"], "\(place).text"),
      ]
    default:
      throw NotebookError(
        .notNotebook, "expected the cell_type 'code' or 'text' of nbformat 1", place: place)
    }
  }

  private func cell(_ value: JSONValue, _ place: String) throws(NotebookError) -> JSONObject {
    var cell = try OldFormats.object(value, place)
    var metadata: JSONObject = [:]
    if let own = cell["metadata"] { metadata = try OldFormats.object(own, "\(place).metadata") }
    // The id is derived from place and content; an existing member of that name has another
    // meaning.
    for name in ["trusted", "id"] { cell[name] = nil }
    metadata["trusted"] = nil
    switch cell["cell_type"]?.string {
    case "code":
      cell["language"] = nil
      if let collapsed = cell["collapsed"] { metadata["collapsed"] = collapsed }
      cell["source"] = try source(cell["input"], "\(place).input")
      cell["execution_count"] = cell["prompt_number"] ?? .null
      for name in ["collapsed", "input", "prompt_number"] { cell[name] = nil }
      var outputs: [JSONValue] = []
      if let own = cell["outputs"] {
        for (number, output) in try OldFormats.list(own, "\(place).outputs").enumerated() {
          outputs.append(.object(try self.output(output, "\(place).outputs[\(number)]")))
        }
      }
      cell["outputs"] = .array(outputs)
    case "heading":
      cell["cell_type"] = "markdown"
      let text = try source(cell["source"], "\(place).source")
      cell["source"] = heading(text, level: try level(cell["level"], "\(place).level"))
      cell["level"] = nil
    case let type?:
      if type == "html" { cell["cell_type"] = "markdown" }
      guard let text = cell["source"] else {
        let isKnown = ["markdown", "raw", "html"].contains(type)
        throw NotebookError(
          .notNotebook,
          isKnown
            ? "'source' is missing" : "'\(type)' is not a cell_type of nbformat \(major)",
          place: place)
      }
      cell["source"] = try source(text, "\(place).source")
    case nil: throw NotebookError(.notNotebook, "expected a cell_type", place: place)
    }
    if let rendered = joined(cell["rendered"]) { cell["rendered"] = rendered }
    cell["metadata"] = .object(metadata)
    return cell
  }

  /// A number of version 1 as the integer to which Python converts it.
  private func count(_ value: JSONValue?) -> JSONValue {
    switch value {
    case .bool(let bool)?: bool ? 1 : 0
    case .number(let number)?:
      Int(exactly: number.double.rounded(.towardZero)).map { .init($0) } ?? .number(number)
    default: value ?? .null
    }
  }

  /// The text of a cell; empty if it has none.
  private func source(_ value: JSONValue?, _ place: String) throws(NotebookError) -> JSONValue {
    guard let value, !(major == 1 && value.isNull) else { return "" }
    guard let text = joined(value), text.string != nil else {
      throw NotebookError(.notNotebook, "expected a string or a list of strings", place: place)
    }
    return text
  }

  private func level(_ value: JSONValue?, _ place: String) throws(NotebookError) -> Int {
    guard let value else { return 1 }
    guard let level = value.int else { throw OldFormats.fault("an integer", value, place) }
    return level
  }

  private func heading(_ source: JSONValue, level: Int) -> JSONValue {
    guard case .string(let text) = source else { return source }
    var line = [UInt8](repeating: UInt8(ascii: "#"), count: min(max(level, 0), 6))
    line.append(UInt8(ascii: " "))
    line += MultilineText.contents(text).joined(separator: [UInt8(ascii: " ")])
    return .string(JSONString(slice: line))
  }

  // MARK: Outputs

  private static let mimeTypes: [(name: String, mimeType: String)] = [
    ("text", "text/plain"), ("html", "text/html"), ("svg", "image/svg+xml"), ("png", "image/png"),
    ("jpeg", "image/jpeg"), ("latex", "text/latex"), ("json", "application/json"),
    ("javascript", "application/javascript"),
  ]

  private func output(_ value: JSONValue, _ place: String) throws(NotebookError) -> JSONObject {
    var output = try OldFormats.object(value, place)
    for name in ["text", "html", "svg", "latex", "javascript", "json"] {
      if let text = joined(output[name]) { output[name] = text }
    }
    switch output["output_type"]?.string {
    case "pyout": return try data(output, type: "execute_result", place)
    case "display_data": return try data(output, type: "display_data", place)
    case "pyerr": output["output_type"] = "error"
    case "stream":
      output["name"] = output["stream"] ?? "stdout"
      output["stream"] = nil
    case nil: throw NotebookError(.notNotebook, "expected an output_type", place: place)
    default: break
    }
    return output
  }

  /// The data of an output by MIME type, from its individual members.
  private func data(_ output: JSONObject, type: String, _ place: String) throws(NotebookError)
    -> JSONObject
  {
    var data = output
    var result: JSONObject = ["output_type": .init(type)]
    var kept = ["output_type", "metadata"]
    if type == "execute_result" {
      result["execution_count"] = output["prompt_number"] ?? .null
      kept += ["prompt_number", "execution_count"]
    }
    for name in kept { data[name] = nil }
    var metadata: JSONObject = [:]
    if let own = output["metadata"] { metadata = try OldFormats.object(own, "\(place).metadata") }
    result["metadata"] = .object(renamed(metadata))
    data = renamed(data)
    if case .string(let text)? = data["application/json"] {
      let parsed = text.withUTF8 { try? JSONValue(parsing: UnsafeRawBufferPointer($0)) }
      if let parsed { data["application/json"] = parsed }
    }
    result["data"] = .object(data)
    return result
  }

  private func renamed(_ object: JSONObject) -> JSONObject {
    var object = object
    for (name, mimeType) in OldFormats.mimeTypes {
      guard let value = object[name] else { continue }
      object[name] = nil
      object[mimeType] = value
    }
    return object
  }

  // MARK: Parts

  /// Joins a list of lines to one text; nil if there is none.
  private func joined(_ value: JSONValue?) -> JSONValue? {
    guard let value, case .array(let lines) = value else { return value }
    guard major < 3 || !hasEnd(lines.first) else { return MultilineText.joined(value) }
    // The line endings were lost when the file was written.
    let parts = lines.enumerated().map { $0 > 0 ? ["\n", $1] : [$1] } as [[JSONValue]]
    return MultilineText.joined(.array(Array(parts.joined())))
  }

  private func hasEnd(_ line: JSONValue?) -> Bool {
    guard case .string(let text)? = line else { return false }
    return text.withUTF8 { $0.last == UInt8(ascii: "\n") || $0.last == UInt8(ascii: "\r") }
  }

  private static func list(_ value: JSONValue?, _ place: String) throws(NotebookError)
    -> [JSONValue]
  {
    guard let array = value?.array else { throw fault("an array", value, place) }
    return array
  }

  private static func object(_ value: JSONValue?, _ place: String) throws(NotebookError)
    -> JSONObject
  {
    guard let object = value?.object else { throw fault("an object", value, place) }
    return object
  }

  private static func fault(_ expected: String, _ value: JSONValue?, _ place: String)
    -> NotebookError
  {
    let found = value.map { "found \($0.kindName)" } ?? "but it is missing"
    return NotebookError(.notNotebook, "expected \(expected), \(found)", place: place)
  }
}
