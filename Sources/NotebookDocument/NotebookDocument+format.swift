import JSONCore

extension NotebookDocument {
  /// The notebook in the form that nbformat and Jupyter Server write, changes included: byte for
  /// byte what `nbformat.write` gives.
  ///
  /// Cells of nbformat 4.5 without an id, or with one that an earlier cell has, get one that is
  /// made of their content and place, where nbformat would make one at random.
  ///
  /// - Parameter upgrading: whether a notebook of an older version becomes one of 4.5.
  public func formatted(upgrading: Bool = false) -> [UInt8] {
    var notebook = current
    let version = formatVersion
    if upgrading, version.major == 4, version.minor < 5 { notebook["nbformat_minor"] = 5 }
    if upgrading || version.minor >= 5, let cells = notebook["cells"]?.array {
      notebook["cells"] = .array(CellIDs.complete(cells).cells)
    }
    return CanonicalForm.bytes(notebook, rejoins: upgradedFrom == nil)
  }

  /// Gives an id to every cell of a notebook of nbformat 4.5 or later that has none, and a new one
  /// to each whose id an earlier cell has.
  ///
  /// - Returns: the places of the cells that got one.
  public mutating func repairIDs() -> [Int] {
    guard formatVersion.minor >= 5 else { return [] }
    let cells = current["cells"]?.array ?? []
    let (complete, changed) = CellIDs.complete(cells)
    for place in changed { setCellMember("id", to: complete[place]["id"], at: place) }
    return changed
  }

  /// The whole notebook, changes included.
  var current: JSONObject {
    // What serialized() gives was made by our own reader and writer.
    let text = edits.isEmpty && newOutputs.isEmpty && !hasMovedCells ? bytes : spliced()
    return (try? JSONValue(parsing: text))?.object ?? [:]
  }

  private var hasMovedCells: Bool {
    slots.count != originalCells.count
      || zip(slots, originalCells).contains { slot, node in
        if case .original(node) = slot { false } else { true }
      }
  }
}
