import JSONCore
import RunEvents
import SystemSupport

/// The last good run of a notebook, for comparisons with later runs.
package struct GoodRun: Sendable, Hashable {
  /// The last part of the run's name.
  package var run: String
  /// When it ended, in nanoseconds since 1970-01-01 00:00 UTC.
  package var ended: Int64
  /// Protects the hashes of values against guessing.
  package var salt: String
  /// The hashes of its inputs, from before its first cell.
  package var inputs: NotebookInputs
  /// The hashes of its outputs; nil if they were not computed.
  package var outputs: Fingerprint?
  /// The large files among its inputs, by path.
  package var files: [String: FileMemory.Known]

  package init(
    run: String, ended: Int64, salt: String, inputs: NotebookInputs, outputs: Fingerprint?,
    files: [String: FileMemory.Known] = [:]
  ) {
    self.run = run
    self.ended = ended
    self.salt = salt
    self.inputs = inputs
    self.outputs = outputs
    self.files = files
  }

  /// Whether nothing changed since this run, and if not, what, in words.
  ///
  /// - Parameters:
  ///   - inputs: the inputs now.
  ///   - outputs: the outputs now.
  package func change(to inputs: NotebookInputs, outputs: Fingerprint) -> String? {
    let changes = inputs.changes(since: self.inputs)
    guard changes.isEmpty else { return Fingerprint.summary(of: changes) }
    guard let old = self.outputs else {
      return "its last run, without --cached, did not keep hashes of its outputs"
    }
    return outputs.change(since: old)
  }

  // MARK: JSON

  var json: JSONObject {
    var object: JSONObject = [
      "ended": .init(JSONDate.text(nanoseconds: ended, digits: 9)), "salt": .init(salt),
      "cells": inputs.cellsJSON,
      "inputs": .object(inputs.parts.object),
      "files": .object(
        JSONObject(
          files.sorted { $0.key < $1.key }.map { path, known in
            .init(key: .init(path), value: [.init(known.signature), .init(known.hash)])
          })),
    ]
    if let outputs { object["outputs"] = .object(outputs.object) }
    return object
  }

  /// Reads a run; nil if a member is missing or has another form.
  init?(run: String, _ json: JSONValue) {
    guard let ended = json["ended"]?.string.flatMap(JSONDate.nanoseconds),
      let salt = json["salt"]?.string, let cells = NotebookInputs.cells(json["cells"]),
      let parts = json["inputs"]?.object
    else { return nil }
    self.init(
      run: run, ended: ended, salt: salt,
      inputs: NotebookInputs(cells: cells, parts: Fingerprint(parts)),
      outputs: json["outputs"]?.object.map { Fingerprint($0) })
    for member in json["files"]?.object ?? [:] {
      guard let signature = member.value[0]?.string, let hash = member.value[1]?.string else {
        continue
      }
      files[member.key.string] = FileMemory.Known(signature: signature, hash: hash)
    }
  }
}
