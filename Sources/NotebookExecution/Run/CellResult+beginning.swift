import NotebookDocument
import RunEvents

extension CellResult {
  /// Creates the result of a cell before the run.
  init(_ cell: NotebookCell, _ configuration: RunConfiguration) {
    let lines = cell.source.split(whereSeparator: \.isNewline)
    let isCode = cell.kind == .code && lines.contains { !$0.allSatisfy(\.isWhitespace) }
    let isSelected = configuration.selection.map { $0(cell) } ?? true
    let tags = Set(cell.tags)
    let isTagged =
      tags.isDisjoint(with: configuration.skippedTags)
      && (configuration.onlyTags.isEmpty || !tags.isDisjoint(with: configuration.onlyTags))
    self.init(
      index: cell.index, id: cell.id, isCode: isCode,
      firstLine: lines.first { !$0.allSatisfy(\.isWhitespace) }.map { String($0.prefix(80)) } ?? "",
      status: isCode && isSelected && isTagged ? .pending : .skipped)
  }
}
