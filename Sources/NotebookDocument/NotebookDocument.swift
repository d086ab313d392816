public import JSONCore

/// A notebook file: its bytes, and the changes made since.
///
/// Every change is a splice into the original bytes, written in the style of the surrounding file;
/// unchanged parts are written byte for byte as they were read.
public struct NotebookDocument: Sendable {
  /// The bytes that changes are spliced into: those of the file, or of the upgraded notebook.
  let bytes: [UInt8]

  /// The file's bytes.
  let original: [UInt8]
  let index: JSONIndex
  let style: NotebookStyle

  /// The major and minor version of the format; 4.5 if the file is older than version 4 and was
  /// upgraded.
  public let formatVersion: (major: Int, minor: Int)

  /// The version of a file that is older than 4, and was upgraded to 4.5 in memory.
  public let upgradedFrom: (major: Int, minor: Int)?

  /// A cell of the file, or an added one.
  enum Slot: Sendable {
    case original(Int)
    case added(JSONObject)
  }

  let originalCells: [Int]
  var slots: [Slot]

  /// Changed members by the node of their object; nil removes a member.
  var edits: [Int: [(name: String, value: JSONValue?)]] = [:]

  /// New outputs by the cell's node.
  var newOutputs: [Int: PackedOutputs] = [:]

  /// Reads a notebook of nbformat 1 to 4; versions older than 4 are upgraded to 4.5 in memory.
  ///
  /// - Throws: ``NotebookError`` with the line and column if it is not JSON, or the place where it
  ///   is not a valid notebook.
  public init(_ bytes: [UInt8]) throws(NotebookError) {
    try self.init(bytes, try NotebookDocument.read(bytes))
  }

  /// Reads a notebook whose text has already been indexed.
  init(_ bytes: [UInt8], _ first: (index: JSONIndex, version: (major: Int, minor: Int)))
    throws(NotebookError)
  {
    original = bytes
    if first.version.major < 4 {
      let notebook = bytes.withUnsafeBytes { first.index.value(first.index.root, in: $0) }
      let upgraded = try OldFormats.upgraded(
        notebook.object ?? [:], from: first.version.major)
      self.bytes = CanonicalForm.bytes(upgraded, rejoins: false)
      upgradedFrom = first.version
      (index, formatVersion) = try NotebookDocument.read(self.bytes)
    } else {
      self.bytes = bytes
      upgradedFrom = nil
      (index, formatVersion) = first
    }
    let (index, text) = (index, self.bytes)
    let result = text.withUnsafeBytes { buffer in
      Result { () throws(NotebookError) in
        (try NotebookDocument.cells(index, buffer), NotebookStyle(of: buffer, index))
      }
    }
    (originalCells, style) = try result.get()
    slots = originalCells.map { .original($0) }
  }

  // MARK: Reading

  /// The value at a path of names from the metadata, with changes; nil if there is none.
  public func metadata(_ path: String...) -> JSONValue? {
    var value = JSONValue.object(metadata)
    for name in path {
      guard let next = value[name] else { return nil }
      value = next
    }
    return value
  }

  /// The notebook's metadata, with changes.
  public var metadata: JSONObject {
    bytes.withUnsafeBytes { buffer in
      current("metadata", of: index.root, in: buffer)?.object ?? [:]
    }
  }

  /// The number of cells.
  public var cellCount: Int { slots.count }

  /// All cells, without their outputs.
  public var cells: [NotebookCell] { slots.indices.map { cell(at: $0) } }

  /// A cell without its outputs, with changes.
  ///
  /// - Parameter place: its place, from 0 and below ``cellCount``.
  public func cell(at place: Int) -> NotebookCell {
    let value: (String) -> JSONValue?
    switch slots[place] {
    case .added(let object): value = { object[$0] }
    case .original(let node):
      value = { name in bytes.withUnsafeBytes { current(name, of: node, in: $0) } }
    }
    return NotebookCell(
      index: place, id: value("id")?.string,
      kind: NotebookCell.Kind(value("cell_type")?.string ?? ""),
      source: value("source").flatMap { MultilineText.joined($0).string } ?? "",
      metadata: value("metadata")?.object ?? [:], executionCount: value("execution_count")?.int)
  }

  /// The outputs of a cell, with changes and unsplit texts.
  ///
  /// Outputs that were set are returned as they will be in the file: with numbers in Python's
  /// spelling, and with sorted members if the file has them sorted.
  ///
  /// - Parameter place: its place, from 0 and below ``cellCount``.
  public func outputs(at place: Int) -> [JSONValue] {
    switch slots[place] {
    case .added(let object):
      return (object["outputs"]?.array ?? []).map(NotebookOutput.rejoined)
    case .original(let node):
      if let outputs = newOutputs[node] { return outputs.values }
      return bytes.withUnsafeBytes { buffer in
        guard let outputs = index.member("outputs", of: node, in: buffer) else { return [] }
        return index.elements(outputs).map {
          NotebookOutput.rejoined(index.value($0, in: buffer))
        }
      }
    }
  }

  /// The attachments of a Markdown or raw cell by name, each with its data by MIME type.
  ///
  /// - Parameter place: its place, from 0 and below ``cellCount``.
  package func attachments(at place: Int) -> JSONObject {
    switch slots[place] {
    case .added(let object): object["attachments"]?.object ?? [:]
    case .original(let node):
      bytes.withUnsafeBytes { current("attachments", of: node, in: $0)?.object ?? [:] }
    }
  }

  /// A member of an object of the file, with changes.
  func current(_ name: String, of node: Int, in buffer: UnsafeRawBufferPointer) -> JSONValue? {
    if let edit = edits[node]?.last(where: { $0.name == name }) { return edit.value }
    guard let member = index.member(name, of: node, in: buffer) else { return nil }
    return currentValue(member, in: buffer)
  }

  /// A value of the file with its changes, which are only in objects within objects.
  func currentValue(_ node: Int, in buffer: UnsafeRawBufferPointer) -> JSONValue {
    guard index.kind(node) == .object, !edits.isEmpty else { return index.value(node, in: buffer) }
    var object = JSONObject()
    for member in index.members(node) {
      object.append(
        key: index.string(member.key, in: buffer), value: currentValue(member.value, in: buffer))
    }
    for edit in edits[node] ?? [] { object[edit.name] = edit.value }
    return .object(object)
  }
}
