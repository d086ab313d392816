import JSONCore
import KernelTesting

/// A cell of a notebook for tests: its code, its stored outputs, and its tags.
struct StoredCell {
  var source: String
  var outputs: [JSONValue]?
  var tags: [String] = []
  var metadata: JSONObject = [:]

  /// A cell that was run, with this text on standard output; nil for one that was never run.
  init(_ source: String, _ stored: String? = nil, tags: [String] = [], metadata: JSONObject = [:]) {
    self.source = source
    outputs = stored.map { text in
      text.isEmpty
        ? [] : [["name": "stdout", "output_type": "stream", "text": [.init(text)]]]
    }
    self.tags = tags
    self.metadata = metadata
  }
}

extension Lyre {
  /// Writes a notebook with these cells.
  ///
  /// - Returns: what the file holds.
  @discardableResult
  func write(
    _ cells: [StoredCell], to name: String = "nb.ipynb", metadata: JSONObject = [:],
    kernel: String = "scripted"
  ) throws -> [UInt8] {
    var all = metadata
    all["kernelspec"] = ["display_name": "Scripted", "name": .init(kernel)]
    let value: JSONValue = [
      "cells": .array(
        cells.enumerated().map { index, cell in
          var metadata = cell.metadata
          if !cell.tags.isEmpty { metadata["tags"] = .array(cell.tags.map { .init($0) }) }
          return [
            "cell_type": "code", "execution_count": cell.outputs == nil ? nil : .init(index + 1),
            "id": "cell-\(index)", "metadata": .object(metadata),
            "outputs": .array(cell.outputs ?? []), "source": [.init(cell.source)],
          ]
        }), "metadata": .object(all), "nbformat": 4, "nbformat_minor": 5,
    ]
    let bytes = value.serialized(.jupyter) + [0x0A]
    try directory.write(bytes, to: name)
    return bytes
  }

  /// Runs `lyre test`; durations are replaced in both outputs.
  func test(_ arguments: String...) async throws -> Lyre.Outcome {
    var outcome = try await run(["test"] + arguments)
    // `3 skipped` has no duration in it.
    outcome.output = outcome.output.replacing(/\d+(\.\d)? s\b/, with: "T")
    return outcome
  }
}
