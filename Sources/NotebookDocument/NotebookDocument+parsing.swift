import JSONCore

/// Reads a file as a notebook.
extension NotebookDocument {
  /// The values of a file, and its version.
  static func read(_ bytes: [UInt8]) throws(NotebookError)
    -> (index: JSONIndex, version: (major: Int, minor: Int))
  {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(NotebookError) in
        let index = try makeIndex(buffer)
        return (index, try version(index, buffer))
      }
    }
    return try result.get()
  }

  private static func makeIndex(_ buffer: UnsafeRawBufferPointer) throws(NotebookError)
    -> JSONIndex
  {
    guard buffer.contains(where: { !(0x09...0x0D).contains($0) && $0 != 0x20 }) else {
      throw NotebookError(.notJSON, "the file is empty; a notebook is a JSON object")
    }
    do throws(JSONError) {
      return try JSONIndex(buffer)
    } catch {
      if let text = ForeignText(buffer) {
        throw NotebookError(.notJSON, "not a notebook: \(text.description); \(text.remedy)")
      }
      throw NotebookError(.notJSON, "not a notebook, because it is not JSON: \(error)")
    }
  }

  private static func version(_ index: JSONIndex, _ buffer: UnsafeRawBufferPointer)
    throws(NotebookError) -> (major: Int, minor: Int)
  {
    let root = index.root
    guard index.kind(root) == .object else {
      throw NotebookError(
        .notNotebook,
        "not a notebook: expected a JSON object, found \(index.value(root, in: buffer).kindName)")
    }
    func number(_ name: String) throws(NotebookError) -> JSONNumber? {
      guard let node = index.member(name, of: root, in: buffer) else { return nil }
      let value = index.value(node, in: buffer)
      guard case .number(let number) = value else {
        throw NotebookError(
          .notNotebook, "expected an integer, found \(value.kindName)", place: name)
      }
      guard number.isIntegerSpelling else {
        throw NotebookError(
          .notNotebook, "expected an integer, found \(shortened(number))", place: name)
      }
      return number
    }
    guard let major = try number("nbformat") else {
      if isVersion1(index, buffer) { return (1, 0) }
      if index.member("pipelines", of: root, in: buffer) != nil {
        throw NotebookError(
          .notNotebook, "this is a pipeline, not a notebook; `lyre pipeline run` runs it")
      }
      throw NotebookError(.notNotebook, "not a notebook: there is no nbformat")
    }
    guard let known = major.int, (1...4).contains(known) else {
      throw NotebookError(
        .unsupportedVersion,
        "nbformat \(shortened(major)) is not known; this version of Lyre reads nbformat 1 to 4",
        place: "nbformat")
    }
    guard let minor = try number("nbformat_minor") else {
      if known < 4 { return (known, 0) }
      throw NotebookError(.notNotebook, "there is no nbformat_minor")
    }
    guard minor.double >= 0 else {
      throw NotebookError(
        .notNotebook, "expected at least 0, found \(shortened(minor))", place: "nbformat_minor")
    }
    // A number too large for an integer is later than all known versions.
    return (known, minor.int ?? .max)
  }

  /// A number as in the file, shortened if it is long.
  private static func shortened(_ number: JSONNumber) -> String {
    number.text.utf8.count <= 40 ? number.text : "\(number.text.prefix(40))…"
  }

  /// Whether this is a notebook from before version numbers: cells of `code` and `text`.
  private static func isVersion1(_ index: JSONIndex, _ buffer: UnsafeRawBufferPointer) -> Bool {
    guard let cells = index.member("cells", of: index.root, in: buffer) else { return false }
    let elements = index.elements(cells)
    return !elements.isEmpty
      && elements.allSatisfy { cell in
        guard let type = index.member("cell_type", of: cell, in: buffer) else { return false }
        return ["code", "text"].contains { name in
          index.isString(type, name, in: buffer)
            && index.member(name, of: cell, in: buffer) != nil
        }
      }
  }

  /// The nodes of the cells, after checking that each has the members that every use needs.
  static func cells(_ index: JSONIndex, _ buffer: UnsafeRawBufferPointer)
    throws(NotebookError) -> [Int]
  {
    guard let cells = index.member("cells", of: index.root, in: buffer) else {
      throw NotebookError(.notNotebook, "not a notebook: there are no cells")
    }
    func check(_ node: Int, _ kind: JSONIndex.Kind, _ place: String) throws(NotebookError) {
      guard index.kind(node) == kind else {
        let found = index.value(node, in: buffer).kindName
        throw NotebookError(
          .notNotebook, "expected \(kind == .array ? "an array" : "an object"), found \(found)",
          place: place)
      }
    }
    try check(cells, .array, "cells")
    if let metadata = index.member("metadata", of: index.root, in: buffer) {
      try check(metadata, .object, "metadata")
    }
    let nodes = index.elements(cells)
    for (number, node) in nodes.enumerated() {
      let place = "cells[\(number)]"
      try check(node, .object, place)
      guard let type = index.member("cell_type", of: node, in: buffer),
        let name = index.value(type, in: buffer).string
      else { throw NotebookError(.notNotebook, "expected a cell_type", place: place) }
      let source = index.member("source", of: node, in: buffer)
      let isText =
        source.map { MultilineText.joined(index.value($0, in: buffer)).string != nil } ?? false
      // Cells of later versions may lack a source.
      guard isText || !["code", "markdown", "raw"].contains(name) else {
        throw NotebookError(
          .notNotebook, "expected a string or a list of strings", place: "\(place).source")
      }
      if let metadata = index.member("metadata", of: node, in: buffer) {
        try check(metadata, .object, "\(place).metadata")
      }
      if let outputs = index.member("outputs", of: node, in: buffer) {
        try check(outputs, .array, "\(place).outputs")
        for (number, output) in index.elements(outputs).enumerated() {
          try check(output, .object, "\(place).outputs[\(number)]")
        }
      }
    }
    return nodes
  }
}
