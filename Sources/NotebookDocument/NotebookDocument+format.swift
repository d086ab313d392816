import JSONCore

extension NotebookDocument {
  /// The notebook with its changes, in the form of nbformat and Jupyter Server: byte for byte what
  /// `nbformat.write` writes.
  ///
  /// Cells of nbformat 4.5 without an id, or with the id of an earlier cell, get one that is
  /// derived from their content and place, where nbformat would choose a random one.
  ///
  /// - Parameter upgrading: whether to upgrade a notebook of an older version to 4.5.
  public func formatted(upgrading: Bool = false) -> [UInt8] {
    let pieces = formattedPieces(upgrading: upgrading)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(pieces.reduce(0) { $0 + $1.count })
    for piece in pieces { bytes.append(contentsOf: piece) }
    return bytes
  }

  /// The same in consecutive pieces, most of which share their memory with the file of a large
  /// notebook.
  ///
  /// - Parameter upgrading: whether to upgrade a notebook of an older version to 4.5.
  public func formattedPieces(upgrading: Bool = false) -> [ArraySlice<UInt8>] {
    let version = formatVersion
    let isOlder = version.major == 4 && version.minor < 5
    if !hasChanges, upgradedFrom == nil, isOlder ? !upgrading : hasUniqueIDs {
      return CanonicalWriter.pieces(index, bytes)
    }
    var notebook = current
    if upgrading, isOlder { notebook["nbformat_minor"] = 5 }
    if upgrading || version.minor >= 5, let cells = notebook["cells"]?.array {
      notebook["cells"] = .array(CellIDs.complete(cells).cells)
    }
    return [CanonicalForm.bytes(notebook, rejoins: upgradedFrom == nil)[...]]
  }

  /// Gives an id to every cell of a notebook of nbformat 4.5 or later without one, and a new one to
  /// a cell whose id an earlier cell has.
  ///
  /// - Returns: the places of the cells with a new id.
  public mutating func repairIDs() -> [Int] {
    guard formatVersion.minor >= 5, hasChanges || !hasUniqueIDs else { return [] }
    let cells = current["cells"]?.array ?? []
    let (complete, changed) = CellIDs.complete(cells)
    for place in changed { setCellMember("id", to: complete[place]["id"], at: place) }
    return changed
  }

  /// The complete notebook with its changes.
  var current: JSONObject {
    // serialized() returns JSON from our own reader and writer.
    let text = hasChanges ? spliced() : bytes
    return (try? JSONValue(parsing: text))?.object ?? [:]
  }

  /// Whether anything was changed since the notebook was read.
  var hasChanges: Bool { !edits.isEmpty || !newOutputs.isEmpty || hasMovedCells }

  /// Whether every cell has an id of its own.
  private var hasUniqueIDs: Bool {
    var ids: Set<JSONString> = []
    return bytes.withUnsafeBytes { buffer in
      originalCells.allSatisfy { cell in
        guard let id = index.member("id", of: cell, in: buffer),
          case .string(let text) = index.value(id, in: buffer)
        else { return false }
        return ids.insert(text).inserted
      }
    }
  }

  private var hasMovedCells: Bool {
    slots.count != originalCells.count
      || zip(slots, originalCells).contains { slot, node in
        if case .original(node) = slot { false } else { true }
      }
  }
}
