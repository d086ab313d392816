import Glibc
import JSONCore

/// What was put back into a notebook from the journal of a run that could not.
public struct Recovery: Sendable, Hashable, CustomStringConvertible {
  /// How many cells have their outputs in the notebook now.
  public var cells: Int
  /// Where results were written that have no place in the notebook any more; nil for none.
  public var elsewhere: String?

  /// What was done, in a sentence.
  public var description: String {
    var text = "recovered what an interrupted run had saved"
    if cells > 0 { text += ": outputs of \(cells) cell\(cells == 1 ? "" : "s")" }
    if let elsewhere {
      text += "; those that have no place in the notebook any more are in '\(elsewhere)'"
    }
    return text
  }
}

extension NotebookSaver {
  /// Whether there is something beside a notebook that a run has left, or a run that goes on is
  /// writing.
  public static func hasRemains(_ path: String) -> Bool {
    access(NotebookJournal.path(for: path), F_OK) == 0
      || access(NotebookFile.copyPath(path), F_OK) == 0
  }

  /// Puts the outputs into a notebook that an interrupted run has left in its journal, and removes
  /// the journal.
  ///
  /// - Parameter path: the notebook.
  /// - Returns: what was done; nil when there was nothing to do.
  /// - Throws: ``NotebookError`` when a run is still going on, or a file cannot be read or written;
  ///   nothing is lost then.
  public static func recover(_ path: String) throws(NotebookError) -> Recovery? {
    let wasFinished = try NotebookFile(path).finishWriting()
    let journal: NotebookJournal.Remains
    switch try NotebookJournal.state(for: path) {
    case .absent: return wasFinished ? Recovery(cells: 0) : nil
    case .inUse: throw NotebookError(.inUse, "a run of it is still going on")
    case .left(let left): journal = left
    }
    var notebook = try NotebookDocument(try NotebookFile(path).read())
    // Where the file is as the run saw it last, what it holds is older than the journal. Otherwise
    // it may be newer.
    let isAsSeen = FileSignature(path)?.json == journal.signature
    let unplaced = notebook.take(journal.cells) { outputs, cell in
      isAsSeen || outputs.isEmpty || cell.continues(outputs)
    }
    .filter { !notebook.holdsMore(than: $0) }
    let cells = journal.cells
    if unplaced.count < cells.count { try NotebookFile(path).write(notebook.serialized()) }
    var elsewhere: String?
    if !unplaced.isEmpty {
      var copy = notebook
      for cell in unplaced { copy.insert(cell) }
      elsewhere = writeBeside(path, copy.pieces())
      if elsewhere == nil {
        throw NotebookError(
          .unwritable, "outputs that have no place in it any more cannot be written beside it")
      }
    }
    unlink(journal.path)
    if cells.isEmpty, !wasFinished { return nil }
    return Recovery(cells: cells.count - unplaced.count, elsewhere: elsewhere)
  }
}

extension NotebookDocument {
  /// Whether there is a cell with this source that has these outputs or more.
  fileprivate func holdsMore(than record: RecordedCell) -> Bool {
    cells.contains { cell in
      guard cell.kind == .code, cell.source == record.source, cell.id == record.id else {
        return false
      }
      var present = record
      present.outputs = outputs(at: cell.index)
      return present.continues(record.outputs)
    }
  }

  /// Adds a cell with a result, near to where it was.
  fileprivate mutating func insert(_ record: RecordedCell) {
    let ids = Set(cells.compactMap(\.id))
    var cell: JSONObject = [
      "cell_type": "code",
      "execution_count": record.executionCount.map { .init($0) } ?? .null,
      "metadata": record.execution.map { ["execution": $0] } ?? [:],
      "outputs": .array(record.outputs), "source": .init(record.source),
    ]
    let place = min(record.place, cellCount)
    if formatVersion >= (4, 5) {
      let free = record.id.flatMap { ids.contains($0) ? nil : $0 }
      cell["id"] = .init(free ?? CellIDs.make(for: cell, at: place, avoiding: ids))
    }
    insertCell(cell.sorted, at: place)
  }
}
