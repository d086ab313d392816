import JSONCore

@testable import NotebookDocument

extension FuzzTarget {
  /// A notebook's file.
  ///
  /// The first byte says where something is changed.
  static let notebook = FuzzTarget(name: "notebook") { input in
    var input = input
    let decision = input.byte()
    let bytes = input.bytes
    guard let original = try? NotebookDocument(bytes) else { return }
    require(original.serialized() == bytes, "what is not changed stays as it is")
    require(Array(original.pieces().joined()) == bytes, "so do its pieces")
    _ = original.faults
    for upgrading in [false, true] {
      let formatted = original.formatted(upgrading: upgrading)
      let again = required("what is formatted can be read") { try NotebookDocument(formatted) }
      require(
        again.formatted(upgrading: upgrading) == formatted, "formatting twice is formatting once")
      require(again.cellCount == original.cellCount, "formatting keeps the cells")
      require(
        again.cells.map(\.source) == original.cells.map(\.source), "formatting keeps the sources")
    }
    if original.upgradedFrom == nil {
      let plain = required("the plain form can be read") {
        try NotebookDocument(CanonicalForm.bytes(original.current))
      }
      require(
        plain.formatted() == original.formatted(), "the fast way gives what the plain one does")
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

  /// What was changed reads back as it was changed.
  private static func check(_ notebook: NotebookDocument) {
    let read = required("what was changed can be read") {
      try NotebookDocument(
        notebook.upgradedFrom == nil ? notebook.serialized() : notebook.formatted())
    }
    require(read.cellCount == notebook.cellCount, "all cells are there")
    require(read.cells.map(\.source) == notebook.cells.map(\.source), "all sources are there")
    for cell in notebook.cells where cell.kind == .code {
      let (new, old) = (read.outputs(at: cell.index), notebook.outputs(at: cell.index))
      require(new.count == old.count, "all outputs are there")
      require(read.cell(at: cell.index).executionCount == cell.executionCount, "counts are there")
    }
    require(notebook.metadata("language_info", "name") == "x", "the metadata are there")
    require(
      NotebookOutput.areEquivalent(.object(read.metadata), .object(notebook.metadata)),
      "the metadata are the same")
    _ = notebook.faults
  }
}
