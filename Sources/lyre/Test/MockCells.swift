import JSONCore
import KernelLauncher
import NotebookComparison
import NotebookDocument
import NotebookExecution
import NotebookParameters

/// The code that nbmake's metadata of cells adds to a test: `nbmake.mock` sets variables after a
/// cell, and `nbmake.post_cell_execute` is code to run after it.
///
/// It is inserted as cells into the notebook that is run, which is only in memory.
struct MockCells {
  /// The place in the notebook that is run, by the place in the file.
  private(set) var places: [Int]
  /// The place of the cell with the added code, by the place in the file of the cell before it.
  private(set) var mocks: [Int: Int] = [:]

  /// Inserts the cells.
  ///
  /// - Parameters:
  ///   - document: the notebook that is run.
  ///   - kernel: the name of its kernel; nil for its own.
  /// - Throws: `ParameterError` if the notebook's language is unknown, or cannot express a value.
  init(into document: inout NotebookDocument, kernel: String?) throws(ParameterError) {
    let cells = document.cells
    places = Array(cells.indices)
    guard cells.contains(where: { $0.metadata["nbmake"] != nil }) else { return }
    var inserted = 0
    for cell in cells {
      places[cell.index] = cell.index + inserted
      guard cell.kind == .code, !CellMarks(cell).isSkipped, !cell.tags.contains("skip-execution"),
        let source = try MockCells.source(cell, document, kernel)
      else { continue }
      inserted += 1
      mocks[cell.index] = cell.index + inserted
      document.insertCell(
        [
          "cell_type": "code", "execution_count": nil, "metadata": [:], "outputs": [],
          "source": .init(source),
        ], at: cell.index + inserted)
    }
    _ = document.repairIDs()
  }

  private static func source(
    _ cell: NotebookCell, _ document: NotebookDocument, _ kernel: String?
  ) throws(ParameterError) -> String? {
    var parts: [String] = []
    if let mock = cell.metadata["nbmake"]?["mock"]?.object, !mock.isEmpty {
      let translator = try translator(for: document, kernel)
      parts.append(try translator.source(of: mock, comment: "nbmake's mock"))
    }
    let code = cell.metadata["nbmake"]?["post_cell_execute"]
    parts += code?.array?.compactMap(\.string) ?? [code?.string].compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: "\n")
  }

  /// The translator into the language of the kernel, which determines it if it is installed.
  private static func translator(for document: NotebookDocument, _ kernel: String?)
    throws(ParameterError) -> Translator
  {
    guard let spec = try? KernelChoice(document, asked: kernel).spec else {
      return try Translator(for: document)
    }
    return try Translator(kernel: spec.name, language: spec.language)
  }
}
