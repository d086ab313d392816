import NotebookDocument
import NotebookExecution

extension RunPlan {
  /// Selected cells that a notebook does not have: most likely typing errors, which would make less
  /// run than intended.
  func missing(in document: NotebookDocument) -> [String] {
    let tags = Set(document.cells.flatMap(\.tags))
    return (selection?.missing(in: document) ?? [])
      + runConfiguration.onlyTags.subtracting(tags).sorted().map {
        "--only-tag: no cell has the tag '\($0)'"
      }
  }

  /// Why no cell of a notebook would run, with the existing cells; nil if some would, or if no
  /// cells are selected.
  func nothingToRun(in document: NotebookDocument) -> String? {
    guard selection != nil || !runConfiguration.onlyTags.isEmpty, !preparesOnly else { return nil }
    let cells = RunResult(
      notRun: document, configuration: runConfiguration, outcome: .completed
    ).cells
    guard cells.allSatisfy({ $0.status == .skipped }) else { return nil }
    let missing = missing(in: document)
    let why =
      missing.isEmpty ? "the selected cells are not code cells, or a tag excludes them" : ""
    return "no cell would run: \(missing.joined(separator: "; "))\(why). "
      + CellSelection.listing(of: cells.filter(\.isCode).map(\.index), in: document)
  }
}

extension CellSelection {
  /// The code cells of a notebook in the notation of `--cells`: numbers, ids and tags.
  fileprivate static func listing(of places: [Int], in document: NotebookDocument) -> String {
    guard !places.isEmpty else { return "The notebook has no code cells." }
    var ranges: [ClosedRange<Int>] = []
    for number in places.map({ $0 + 1 }) {
      if let last = ranges.last, last.upperBound + 1 == number {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    let cells = places.map { document.cell(at: $0) }
    let lists = [
      (
        "Code cells",
        ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      ),
      ("ids", cells.compactMap(\.id)), ("tags", Set(cells.flatMap(\.tags)).sorted()),
    ]
    return lists.filter { !$0.1.isEmpty }.map { name, items in
      let shown = items.prefix(12).joined(separator: ", ")
      return "\(name): \(shown)\(items.count > 12 ? ", … (\(items.count))" : "")"
    }.joined(separator: "; ")
  }
}
