import JSONCore
package import JupyterProtocol
import KernelLauncher
package import NotebookDocument
import NotebookParameters
import Processes
import RunRecord

/// Computes hashes of the parts of notebooks that comparisons with earlier runs use.
package enum NotebookPrints {
  /// The hash of a notebook's code.
  static func code(of document: NotebookDocument) -> String {
    var hash = ContentHash()
    for cell in document.cells where cell.kind == .code {
      hash.add(cell, as: "cell")
    }
    return hash.hexadecimal()
  }

  /// The hash of the content of all cells, including text cells.
  package static func text(of document: NotebookDocument) -> String {
    var hash = ContentHash()
    for cell in document.cells { hash.add(cell) }
    return hash.hexadecimal()
  }

  /// The hash of the outputs of cells, without those of a parameters cell that was injected.
  ///
  /// - Parameters:
  ///   - document: the notebook.
  ///   - isIncluded: selects cells by their places; nil for all.
  package static func results(
    of document: NotebookDocument, where isIncluded: ((Int) -> Bool)? = nil
  ) -> String {
    var hash = ContentHash()
    for place in 0..<document.cellCount
    where !document.cell(at: place).tags.contains(ParameterTag.injected)
      && (isIncluded.map { $0(place) } ?? true)
    {
      for output in document.outputs(at: place) { hash.add(output.serialized()) }
    }
    return hash.hexadecimal()
  }

  /// The notebook in a file; nil if it cannot be read.
  package static func document(_ path: String) -> NotebookDocument? {
    try? NotebookDocument(try NotebookFile(path).read())
  }

  /// The hash of a kernelspec.
  static func kernel(_ spec: KernelSpec) -> String {
    var kernel = ContentHash()
    kernel.add(spec.name)
    kernel.add(JSONValue.object(spec.json).serialized())
    return kernel.hexadecimal()
  }
}

extension ContentHash {
  /// Adds the content of a cell: its kind, or a word in place of it, its source and its tags.
  package mutating func add(_ cell: NotebookCell, as kind: String? = nil) {
    add(kind ?? "\(cell.kind)")
    add(cell.source)
    for tag in cell.tags { add(tag) }
  }
}

extension ProgramPrints {
  /// Hashes of the program that a kernel runs, and of its packages.
  func parts(
    of spec: KernelSpec, in folder: String, environment: [String: String], _ watch: HashingWatch
  ) throws(HashingWatch.Stopped) -> [String: String] {
    guard
      let command = try? ProcessCommand(
        spec, connectionFile: "", paths: JupyterPaths(environment: environment))
    else { return [:] }
    let program = RunningProgram(
      executable: command.executable, arguments: Array(command.arguments.dropFirst()),
      language: spec.language.lowercased(), folder: folder)
    return try parts(of: program, environment: command.environment, watch)
  }
}
