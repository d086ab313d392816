import JSONCore
import JupyterProtocol
import NotebookComparison
import NotebookDocument
import NotebookExecution

/// What the verdict of a test depends on besides the run of its notebook.
struct TestInputs: Sendable {
  /// How outputs are compared with those stored; nil if they are not.
  let comparison: DocumentComparison?
  /// Whether the outputs of cells that were never run are stored.
  let storesOutputs: Bool
  /// The options of the comparison, by name, with the content of the mask files.
  let options: [String: String]

  /// Creates the inputs of a command.
  ///
  /// - Parameters:
  ///   - comparison: how outputs are compared; nil if they are not.
  ///   - options: the options of the comparison.
  ///   - masks: the content of the mask files.
  init(_ comparison: DocumentComparison?, _ options: ComparisonOptions, masks: [[UInt8]]) {
    self.comparison = comparison
    storesOutputs = options.update
    var compared = [
      "the version of Lyre": LyreVersion.whole
    ]
    if let comparison {
      compared[comparison.cells == .all ? "option --outputs" : "option --marked-outputs"] = "on"
      if options.noBuiltInMasks { compared["option --no-built-in-masks"] = "on" }
      if !options.ignore.isEmpty {
        compared["option --ignore"] = Set(options.ignore).sorted().joined(separator: "\0")
      }
      if options.imageTolerance != OutputComparison.defaultImageTolerance {
        compared["option --image-tolerance"] = "\(options.imageTolerance)"
      }
      if !masks.isEmpty {
        var hash = ContentHash()
        for mask in masks { hash.add(String(decoding: mask, as: UTF8.self)) }
        compared["option --mask"] = hash.hexadecimal()
      }
    }
    self.options = compared
  }

  /// The parts of a notebook that the verdict depends on, besides its code.
  func parts(of document: NotebookDocument) -> [String: String] {
    var parts = options
    if let execution = document.metadata("execution") {
      parts["its metadata 'execution'"] = TestInputs.hash(execution)
    }
    if let comparison {
      var hash = ContentHash()
      for cell in document.cells where cell.kind == .code && comparison.compares(cell) {
        let outputs = document.outputs(at: cell.index)
        hash.add(DocumentComparison.isUnrun(cell, outputs.isEmpty) ? "never run" : "run")
        hash.add(JSONValue.array(outputs).serialized())
      }
      parts["the stored outputs"] = hash.hexadecimal()
    }
    return parts
  }

  /// The metadata of a cell that a test obeys: nbmake's, and its time limit.
  func metadata(of cell: NotebookCell) -> JSONObject {
    var obeyed = JSONObject()
    for name in ["nbmake", "lyre"] { obeyed[name] = cell.metadata[name] }
    return obeyed
  }

  /// The number of the first cell whose outputs would be stored, because it was never run; nil if
  /// there is none.
  func unstoredCell(of document: NotebookDocument, _ configuration: RunConfiguration) -> Int? {
    guard storesOutputs else { return nil }
    let planned = RunResult(notRun: document, configuration: configuration, outcome: .completed)
    return document.cells.first { cell in
      planned.cells[cell.index].status == .notRun && !CellMarks(cell).isSkipped
        && DocumentComparison.isUnrun(cell, document.outputs(at: cell.index).isEmpty)
    }.map { $0.index + 1 }
  }

  private static func hash(_ value: JSONValue) -> String {
    var hash = ContentHash()
    hash.add(value.serialized())
    return hash.hexadecimal()
  }
}
