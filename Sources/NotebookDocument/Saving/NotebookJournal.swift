import CSystemShims
import Glibc
import JSONCore
import SystemSupport

/// A file beside a notebook to which a run appends outputs while writing the whole notebook again
/// would cost too much; in the user's state if there can be none beside it.
///
/// It has one JSON object per line: first a header, then changes to cells. It is locked during the
/// run, and removed when the notebook itself contains everything; a journal without a lock is from
/// an interrupted run. An incomplete last line is ignored; no lines can follow it. A ticket in the
/// user's state, with the token in the journal's first line, proves that it belongs to this user.
struct NotebookJournal {
  let path: String
  private let descriptor: Int32
  private let ticket: SaveTicket
  /// The last recorded outputs of each cell.
  private var written: [Int: PackedOutputs] = [:]
  private var size = 0

  /// The number of bytes to buffer for one system call.
  private static let bufferSize = 65_536

  /// The journal's path for a notebook, whose links are resolved.
  static func path(for notebook: String) -> String {
    FilePath.hidden(notebook, "lyre-journal")
  }

  /// Starts a journal.
  ///
  /// - Parameters:
  ///   - notebook: the notebook's path.
  ///   - signature: the signature of its file.
  /// - Throws: ``NotebookError`` when another run has one, or it cannot be created.
  init(for notebook: String, _ signature: FileSignature?) throws(NotebookError) {
    let target = FilePath.target(notebook)
    (path, descriptor, ticket) = try NotebookJournal.make(target)
    try restart(signature)
  }

  /// Creates the file and its ticket.
  ///
  /// An existing file with that name is from someone else, and is kept.
  private static func make(_ target: String) throws(NotebookError) -> (String, Int32, SaveTicket) {
    var failure = SystemError(EACCES)
    if case .inUse = try state(for: target) {
      throw NotebookError(.inUse, "another run is writing to '\(target)'")
    }
    let places = [path(for: target), SaveTicket.dataPath(.journal, for: target)].compactMap(\.self)
    for (number, place) in places.enumerated() {
      let ticket = SaveTicket(
        .journal, for: target, data: place, proof: SaveTicket.token(), before: nil)
      do throws(SystemError) {
        // A damaged journal of this user is kept.
        if number > 0 {
          rename(place, "\(place).damaged")
        } else {
          try SystemStep.openJournal.reach()
        }
        // Its content may be as secret as the notebook: other users cannot read it.
        let descriptor = lyre_make_guarded_file_named(place, 0o600)
        guard descriptor >= 0 else { throw SystemError() }
        defer { lyre_unguard_path(place) }
        flock(descriptor, LOCK_EX | LOCK_NB)
        do throws(SystemError) {
          try ticket.put()
        } catch {
          // Without a ticket the user can still name a journal beside the notebook to `lyre
          // recover`.
          if number > 0 {
            unlink(place)
            Glibc.close(descriptor)
            throw error
          }
        }
        return (place, descriptor, ticket)
      } catch {
        failure = error
      }
    }
    throw NotebookError(.unwritable, "'\(path(for: target))' cannot be written: \(failure)")
  }

  /// Empties the journal, because the notebook's file, with this signature, now contains
  /// everything.
  mutating func restart(_ signature: FileSignature?) throws(NotebookError) {
    written = [:]
    guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw failure
    }
    size = 0
    let first: JSONValue = [
      "lyre_journal": 1, "token": .init(ticket.proof), "file": signature?.json ?? .null,
    ]
    try write { take throws(SystemError) in try take((first.serialized() + [0x0A])[...]) }
  }

  /// Adds changes to cells, and waits until they are on disk.
  ///
  /// - Parameter cells: the cells without their outputs, and their outputs.
  /// - Returns: the number of bytes written.
  /// - Throws: ``NotebookError`` when they could not be written; the same cells can be added again.
  @discardableResult
  mutating func append(_ cells: [(cell: RecordedCell, outputs: PackedOutputs)])
    throws(NotebookError) -> Int
  {
    let (before, written) = (size, written)
    try write { take throws(SystemError) in
      for (cell, outputs) in cells {
        try JournalEntry.write(cell, outputs, since: written[cell.place], take)
        try take([0x0A])
      }
    }
    for (cell, outputs) in cells { self.written[cell.place] = outputs }
    return size - before
  }

  /// Writes the pieces that `body` passes to its function, and waits until they are on disk.
  private mutating func write(
    _ body: ((ArraySlice<UInt8>) throws(SystemError) -> Void) throws(SystemError) -> Void
  ) throws(NotebookError) {
    var written = 0
    do throws(SystemError) {
      try SystemStep.writeJournal.reach()
      var buffer: [UInt8] = []
      try body { (piece) throws(SystemError) in
        written += piece.count
        if buffer.count + piece.count >= NotebookJournal.bufferSize {
          try writeAll(descriptor, buffer[...])
          buffer.removeAll(keepingCapacity: true)
        }
        if piece.count >= NotebookJournal.bufferSize {
          try writeAll(descriptor, piece)
        } else {
          buffer += piece
        }
      }
      try writeAll(descriptor, buffer[...])
      guard fdatasync(descriptor) == 0 else { throw SystemError() }
    } catch {
      // A partial line would make the following lines unreadable.
      ftruncate(descriptor, off_t(size))
      lseek(descriptor, off_t(size), SEEK_SET)
      throw NotebookError(.unwritable, "'\(path)' cannot be written: \(error)")
    }
    size += written
  }

  private var failure: NotebookError {
    NotebookError(.unwritable, "'\(path)' cannot be written: \(NotebookFile.reason(errno))")
  }

  /// Closes the journal, and removes it if the notebook contains everything.
  func close(removing: Bool) {
    if removing {
      try? SystemStep.removeJournal.reach()
      unlink(path)
      try? SystemStep.removeTicket.reach()
      ticket.remove()
    }
    Glibc.close(descriptor)
  }
}
