import JSONCore

@testable import NotebookDocument

extension FuzzTarget {
  /// The journal of an interrupted run: its text, and after 0xFF the states of cells.
  ///
  /// The states are written as in a run, and read again.
  static let journal = FuzzTarget(name: "journal") { input in
    let parts = input.parts
    if let text = try? JournalText(parts[0], token: nil) { take(text.cells) }
    guard parts.count > 1 else { return }
    var told: [Int: PackedOutputs] = [:]
    var written = Array("{\"lyre_journal\":1,\"token\":\"t\",\"file\":null}\n".utf8)
    var states: [Int: RecordedCell] = [:]
    for (number, part) in parts.dropFirst().enumerated() {
      // A kernel's outputs are objects.
      guard let outputs = (try? JSONValue(parsing: part))?.array,
        outputs.allSatisfy({ $0.object != nil })
      else { continue }
      var cell = RecordedCell(place: number % 2, id: "a", source: "print(1)")
      let packed = PackedOutputs(outputs, style: .jupyter)
      JournalEntry.write(cell, packed, since: told[cell.place]) { written += $0 }
      written.append(0x0A)
      told[cell.place] = packed
      cell.outputs = outputs
      states[cell.place] = cell
    }
    let text = required("a run's journal can be read") { try JournalText(written, token: "t") }
    require(!text.isDamaged, "a run's journal is complete")
    let last = states.values.sorted { $0.place < $1.place }
    let areSame = zip(text.cells, last).allSatisfy {
      NotebookOutput.areEquivalent(.array($0.outputs), .array($1.outputs))
    }
    require(text.cells.count == last.count && areSame, "the last states are present")
    // Killed during a write: earlier entries can be read.
    for length in stride(from: 0, through: written.count, by: max(1, written.count / 16)) {
      let cut = required("a truncated journal can be read") {
        try JournalText(Array(written[..<length]), token: nil)
      }
      require(!cut.isDamaged, "a journal that was cut off is not damaged")
    }
    take(text.cells)
  }

  /// Puts results into a notebook, as recovery does.
  private static func take(_ cells: [RecordedCell]) {
    var notebook = required("an empty notebook is valid") {
      try NotebookDocument(
        Array(
          #"""
          {"cells": [{"cell_type": "code", "execution_count": null, "id": "a", "metadata": {},
          "outputs": [], "source": ["print(1)"]}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
          """#.utf8))
    }
    _ = notebook.take(cells) { outputs, cell in outputs.isEmpty || cell.continues(outputs) }
    guard cells.allSatisfy({ $0.outputs.allSatisfy { $0.object != nil } }) else { return }
    _ = required("results can be read") { try NotebookDocument(notebook.serialized()) }
  }
}
