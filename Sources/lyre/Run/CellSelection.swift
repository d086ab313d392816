import NotebookDocument
import NotebookExecution

/// The value of `--cells`: numbers from 1, ranges with open ends, ids and tags.
struct CellSelection: Sendable {
  private var ranges: [ClosedRange<Int>] = []
  private var names: Set<String> = []

  init(_ text: String) throws(UsageError) {
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      let item = item.filter { !$0.isWhitespace }
      guard !item.isEmpty else {
        throw UsageError(message: "--cells: expected cells such as 3-7,load, found '\(text)'")
      }
      let ends = item.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
      let isRange = item.allSatisfy { $0.isNumber || $0 == "-" }
      guard isRange else {
        names.insert(item)
        continue
      }
      let first = ends[0].isEmpty ? 1 : Int(ends[0])
      let last = ends.count == 1 ? first : ends[1].isEmpty ? Int.max : Int(ends[1])
      guard let first, let last, first >= 1, first <= last, item != "-" else {
        throw UsageError(
          message: "--cells: '\(item)' is not a valid range; cells are numbered from 1")
      }
      ranges.append(first...last)
    }
  }

  /// The selected cells that a notebook does not have, in words for a warning.
  func missing(in document: NotebookDocument) -> [String] {
    let cells = document.cells
    let known = Set(cells.flatMap { $0.tags + [$0.id].compactMap { $0 } })
    let beyond = ranges.map(\.lowerBound).filter { $0 > cells.count }.sorted()
    return beyond.map { "--cells: there is no cell \($0); the last one is \(cells.count)" }
      + names.subtracting(known).sorted().map {
        "--cells: no cell has the id or the tag '\($0)'"
      }
  }

  func contains(_ cell: NotebookCell) -> Bool {
    ranges.contains { $0.contains(cell.index + 1) } || cell.id.map(names.contains) ?? false
      || cell.tags.contains(where: names.contains)
  }
}
