public import JSONCore

/// A notebook as its file has it: the bytes, and what has been changed since.
///
/// Every change is a splice into the original bytes, written in the style that the file has
/// around it; what is not changed comes out byte for byte as it went in.
public struct NotebookDocument: Sendable {
  /// The bytes that changes are spliced into: the file's, or those of the upgraded notebook.
  let bytes: [UInt8]

  /// The file's bytes.
  let original: [UInt8]
  let index: JSONIndex
  let style: NotebookStyle

  /// The major and minor version of the format; that of the upgraded notebook where the file is
  /// older than 4.
  public let formatVersion: (major: Int, minor: Int)

  /// The version of the file where it is older than 4 and was upgraded to 4.5 in memory.
  public let upgradedFrom: (major: Int, minor: Int)?

  /// A cell of the file, or one that was added.
  enum Slot: Sendable {
    case original(Int)
    case added(JSONObject)
  }

  let originalCells: [Int]
  var slots: [Slot]

  /// Changed members by the node of the object that has them; nil removes a member.
  var edits: [Int: [(name: String, value: JSONValue?)]] = [:]

  /// New outputs by the node of the cell.
  var newOutputs: [Int: PackedOutputs] = [:]

  /// Reads a notebook of nbformat 1 to 4; what is older than 4 is upgraded to 4.5 in memory.
  ///
  /// - Throws: ``NotebookError`` with the line and column where it is not JSON, or the place where
  ///   it is not a notebook.
  public init(_ bytes: [UInt8]) throws(NotebookError) {
    try self.init(bytes, try NotebookDocument.read(bytes))
  }

  /// Reads a notebook whose text has been looked over already.
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

  /// The value at a path of names from the top, changes included; nil when there is none.
  public func metadata(_ path: String...) -> JSONValue? {
    var value = JSONValue.object(metadata)
    for name in path {
      guard let next = value[name] else { return nil }
      value = next
    }
    return value
  }

  /// The notebook's metadata, changes included.
  public var metadata: JSONObject {
    bytes.withUnsafeBytes { buffer in
      current("metadata", of: index.root, in: buffer)?.object ?? [:]
    }
  }

  /// How many cells there are.
  public var cellCount: Int { slots.count }

  /// All cells, without their outputs.
  public var cells: [NotebookCell] { slots.indices.map { cell(at: $0) } }

  /// A cell without its outputs, changes included.
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

  /// The outputs of a cell, changes included, with their texts whole.
  ///
  /// Those that were set are as the file will have them: with numbers as Python spells them, and with
  /// members in the order of their names where the file has them so.
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

  /// A member of an object of the file, changes included.
  func current(_ name: String, of node: Int, in buffer: UnsafeRawBufferPointer) -> JSONValue? {
    if let edit = edits[node]?.last(where: { $0.name == name }) { return edit.value }
    guard let member = index.member(name, of: node, in: buffer) else { return nil }
    return currentValue(member, in: buffer)
  }

  /// A value of the file with what was changed in it; changes lie in objects within objects only.
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
