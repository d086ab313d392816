import JSONCore

@testable import NotebookDocument

extension FuzzTarget {
  /// A notebook's file.
  ///
  /// The first byte determines the place of a change.
  static let notebook = FuzzTarget(name: "notebook") { input in
    var input = input
    let decision = input.byte()
    let bytes = input.bytes
    guard let original = try? NotebookDocument(bytes) else { return }
    require(original.serialized() == bytes, "unchanged files keep their bytes")
    require(Array(original.pieces().joined()) == bytes, "so do its pieces")
    _ = original.faults
    for upgrading in [false, true] {
      let formatted = original.formatted(upgrading: upgrading)
      let again = required("a formatted notebook can be read") { try NotebookDocument(formatted) }
      require(
        again.formatted(upgrading: upgrading) == formatted, "formatting twice is formatting once")
      require(again.cellCount == original.cellCount, "formatting keeps the cells")
      require(
        again.cells.map(\.source) == original.cells.map(\.source), "formatting keeps the sources")
    }
    if original.upgradedFrom == nil {
      let plain = required("the simple form can be read") {
        try NotebookDocument(CanonicalForm.bytes(original.current))
      }
      require(
        plain.formatted() == original.formatted(), "the fast and the simple algorithm agree")
    }
    edit(original, decision)
  }

  private static func edit(_ original: NotebookDocument, _ decision: Int) {
    var notebook = original
    _ = notebook.repair()
    require(notebook.repair().isEmpty, "a repaired notebook needs no repair")
    for cell in notebook.cells where cell.kind == .code {
      let text: JSONValue = ["name": "stdout", "output_type": "stream", "text": "a\nb\u{2028}c"]
      notebook.setOutputs([text] + notebook.outputs(at: cell.index), at: cell.index)
      notebook.setExecutionCount(decision, at: cell.index)
      notebook.setCellMetadata(["lyre", "x"], to: .init(decision), at: cell.index)
    }
    notebook.setMetadata(["language_info", "name"], to: "x")
    let place = decision % (notebook.cellCount + 1)
    notebook.insertCell(["cell_type": "markdown", "metadata": [:], "source": "new"], at: place)
    check(notebook)
    for place in notebook.cells.indices { _ = notebook.clearResults(at: place) }
    check(notebook)
    notebook.removeCell(at: (decision >> 3) % notebook.cellCount)
    check(notebook)
  }

  /// Changes are read back.
  private static func check(_ notebook: NotebookDocument) {
    let read = required("the changed file can be read") {
      try NotebookDocument(
        notebook.upgradedFrom == nil ? notebook.serialized() : notebook.formatted())
    }
    require(read.cellCount == notebook.cellCount, "all cells are present")
    require(read.cells.map(\.source) == notebook.cells.map(\.source), "all sources are present")
    for cell in notebook.cells where cell.kind == .code {
      let (new, old) = (read.outputs(at: cell.index), notebook.outputs(at: cell.index))
      require(new.count == old.count, "all outputs are present")
      require(read.cell(at: cell.index).executionCount == cell.executionCount, "counts are present")
    }
    require(notebook.metadata("language_info", "name") == "x", "the metadata is present")
    require(
      NotebookOutput.areEquivalent(.object(read.metadata), .object(notebook.metadata)),
      "the metadata are the same")
    _ = notebook.faults
  }
}
