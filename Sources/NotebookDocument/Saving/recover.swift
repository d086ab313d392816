import Glibc
import JSONCore
import SystemSupport

/// The result of recovering a notebook from the journal of an interrupted run.
public struct Recovery: Sendable, Hashable, CustomStringConvertible {
  /// The number of cells whose outputs were put into the notebook.
  public var cells: Int
  /// The file with results that no longer fit into the notebook; nil for none.
  public var elsewhere: String?
  /// The journal that was kept because a part of it cannot be read; nil for none.
  public var damaged: String?

  /// A sentence about what was done.
  public var description: String {
    var text = "recovered the outputs of an interrupted run"
    if cells > 0 { text += ": outputs of \(cells) cell\(cells == 1 ? "" : "s")" }
    if let elsewhere {
      text += "; the outputs of changed cells are in '\(elsewhere)'"
    }
    if let damaged {
      text += "; the rest of the journal '\(damaged)' is damaged, and the file is kept"
    }
    return text
  }
}

extension NotebookSaver {
  /// Whether a run of this user has left files for a notebook, or an active run is writing them.
  public static func hasRemains(_ path: String) -> Bool {
    DurableFile(path).hasCopy
      || SaveTicket.find(.journal, for: FilePath.target(path)) != nil
  }

  /// Puts the outputs in the journal of an interrupted run into the notebook, and removes the
  /// journal.
  ///
  /// Only files of this user's runs are used; ``foreignRemains(_:)`` reports other ones.
  ///
  /// - Parameters:
  ///   - path: the notebook.
  ///   - lock: the lock on the notebook; nil to acquire it here.
  ///   - isTrusted: whether to use a journal or copy beside the notebook that cannot be verified to
  ///     be from this user's run. It must still belong to this user, and be inaccessible to others.
  /// - Returns: what was done; nil if there was nothing to do.
  /// - Throws: ``NotebookError`` when a run is active, or a file cannot be read or written; nothing
  ///   is lost then.
  public static func recover(_ path: String, lock: NotebookLock? = nil, isTrusted: Bool = false)
    throws(NotebookError) -> Recovery?
  {
    // Held until the journal is gone, so that no other command uses it as well.
    let held: NotebookLock
    if let lock { held = lock } else { held = try NotebookLock(path) }
    defer { withExtendedLifetime(held) {} }
    var finished = try finishCopy(path)
    if finished == nil, isTrusted { finished = try takeCopy(path, held) }
    let journal: NotebookJournal.Remains
    switch try NotebookJournal.state(for: path, isTrusted: isTrusted) {
    case .absent: return finished
    case .inUse: throw NotebookError(.inUse, "another run of the notebook is still active")
    case .left(let left): journal = left
    }
    var notebook = try NotebookDocument(try NotebookFile(path).read())
    // If the file is unchanged since the run saw it, its content is older than the journal.
    // Otherwise it may be newer.
    let isAsSeen = FileSignature(path)?.json == journal.signature
    let unplaced = notebook.take(journal.cells) { outputs, cell in
      isAsSeen || outputs.isEmpty || cell.continues(outputs)
    }
    .filter { !$0.isEmpty && !notebook.holdsMore(than: $0) }
    let cells = journal.cells
    if unplaced.count < cells.count { try held.write(notebook.pieces()) }
    var elsewhere: String?
    if !unplaced.isEmpty {
      var copy = notebook
      for cell in unplaced { copy.insert(cell) }
      elsewhere = writeBeside(path, copy.pieces())
      if elsewhere == nil {
        throw NotebookError(
          .unwritable,
          "the outputs of changed cells cannot be written beside the notebook")
      }
    }
    journal.remove()
    let damaged = journal.isDamaged ? journal.path : nil
    if cells.isEmpty, damaged == nil { return finished }
    return Recovery(
      cells: cells.count - unplaced.count, elsewhere: elsewhere ?? finished?.elsewhere,
      damaged: damaged)
  }

  /// Completes an interrupted write in place.
  private static func finishCopy(_ path: String) throws(NotebookError) -> Recovery? {
    let file = DurableFile(path)
    do throws(WriteFailure) {
      switch try file.finish() {
      case .nothing: return nil
      case .finished: return Recovery(cells: 0)
      case .untrusted(let copy, let why):
        throw WriteFailure(
          message: "'\(copy)' \(why), so Lyre does not complete the interrupted write from it; "
            + "delete it, and restore the notebook if it is damaged")
      case .changed(let content, _):
        guard let place = writeBeside(path, [content[...]]) else {
          throw WriteFailure(
            message: "the data of an interrupted write cannot be written beside it")
        }
        file.dropCopy()
        return Recovery(cells: 0, elsewhere: place)
      }
    } catch {
      throw NotebookError(.unwritable, error.message)
    }
  }

  /// Uses a complete copy beside a notebook that has no ticket.
  private static func takeCopy(_ path: String, _ lock: NotebookLock) throws(NotebookError)
    -> Recovery?
  {
    let copy = DurableFile.copyPath(path)
    let opened = Result { () throws(Distrust) in try Trust.openFile(copy) }
    let descriptor: Int32
    switch opened {
    case .success(nil): return nil
    case .success(let found?): descriptor = found
    case .failure(let error): throw NotebookError(.unreadable, "'\(copy)' \(error)")
    }
    defer { close(descriptor) }
    let content = try NotebookFile.readAll(descriptor)
    // An incomplete copy was interrupted itself, before the file was changed.
    guard (try? NotebookDocument(content)) != nil else { return nil }
    try lock.write([content[...]])
    unlink(copy)
    return Recovery(cells: 0)
  }
}

extension NotebookDocument {
  /// Whether a cell with this source has these outputs or more.
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

  /// Adds a cell with a result near its earlier place.
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
