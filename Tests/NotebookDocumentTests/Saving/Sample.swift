import JSONCore
import KernelTesting

@testable import NotebookDocument

/// Notebooks and outputs for the tests of saving.
enum Sample {
  static func notebook(_ sources: [String], ids: [String]? = nil, outputs: [Int: [JSONValue]] = [:])
    -> [UInt8]
  {
    let cells = sources.enumerated().map { place, source -> JSONValue in
      [
        "cell_type": "code", "execution_count": nil,
        "id": .init(ids?[place] ?? "id-\(place)"), "metadata": [:],
        "outputs": .array(outputs[place] ?? []), "source": [.init(source)],
      ]
    }
    let value: JSONValue = [
      "cells": .array(cells), "metadata": [:], "nbformat": 4, "nbformat_minor": 5,
    ]
    return value.serialized(.jupyter) + [0x0A]
  }

  static func stream(_ text: String, _ name: String = "stdout") -> JSONValue {
    ["name": .init(name), "output_type": "stream", "text": .init(text)]
  }

  static func display(_ text: String) -> JSONValue {
    ["data": ["text/plain": .init(text)], "metadata": [:], "output_type": "display_data"]
  }

  /// The texts of the outputs of each cell of a file.
  static func texts(_ path: String) throws -> [String] {
    let document = try NotebookDocument(try NotebookFile(path).read())
    return document.cells.map { cell in
      document.outputs(at: cell.index).compactMap {
        ($0["text"] ?? $0["data"]?["text/plain"])?.string
      }.joined(separator: "|")
    }
  }
}

extension RecordedCell {
  /// The cell for the journal.
  var packed: (cell: RecordedCell, outputs: PackedOutputs) {
    (self, PackedOutputs(outputs, style: .jupyter))
  }

  /// The journal's line for a cell without earlier entries.
  var journalLine: [UInt8] {
    var line: [UInt8] = []
    JournalEntry.write(self, packed.outputs, since: nil) { line += $0 }
    return line
  }
}
