import CSystemShims
import Glibc
import JSONCore
import SystemSupport

/// A file beside a notebook that a run adds outputs to while it would cost too much to write the
/// whole notebook again; in the user's state where there can be none beside it.
///
/// One JSON object a line: first what it is, then what has changed in a cell. It is locked as long
/// as the run goes on, and removed when the notebook itself holds everything; where it is found
/// without a lock, a run was ended before it could do so. A last line that is not whole is left
/// out: lines that come after it cannot be there. A ticket in the user's state says that it is ours,
/// by the token in its first line.
struct NotebookJournal {
  let path: String
  private let descriptor: Int32
  private let ticket: SaveTicket
  /// The outputs of each cell that were told last.
  private var told: [Int: PackedOutputs] = [:]
  private var size = 0

  /// How many bytes are gathered for one call of the system.
  private static let bufferSize = 65_536

  /// The journal's path for a notebook, whose links are followed.
  static func path(for notebook: String) -> String {
    FilePath.hidden(notebook, "lyre-journal")
  }

  /// Begins a journal.
  ///
  /// - Parameters:
  ///   - notebook: the notebook's path.
  ///   - signature: what its file looks like.
  /// - Throws: ``NotebookError`` when another run has one, or it cannot be made.
  init(for notebook: String, _ signature: FileSignature?) throws(NotebookError) {
    let target = FilePath.target(notebook)
    (path, descriptor, ticket) = try NotebookJournal.make(target)
    try restart(signature)
  }

  /// Makes the file and its ticket.
  ///
  /// What has the name already was left by somebody, and stays.
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
        // A damaged one of ours is kept.
        if number > 0 {
          rename(place, "\(place).damaged")
        } else {
          try SystemStep.openJournal.reach()
        }
        // What it holds may be as secret as the notebook: nobody else reads it.
        let descriptor = lyre_make_guarded_file_named(place, 0o600)
        guard descriptor >= 0 else { throw SystemError() }
        defer { lyre_unguard_path(place) }
        flock(descriptor, LOCK_EX | LOCK_NB)
        do throws(SystemError) {
          try ticket.put()
        } catch {
          // Without a ticket a journal beside the file can still be named to `lyre recover`.
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

  /// Forgets what it has been told: the notebook, whose file looks like this, holds it now.
  mutating func restart(_ signature: FileSignature?) throws(NotebookError) {
    told = [:]
    guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw failure
    }
    size = 0
    let first: JSONValue = [
      "lyre_journal": 1, "token": .init(ticket.proof), "file": signature?.json ?? .null,
    ]
    try write { take throws(SystemError) in try take((first.serialized() + [0x0A])[...]) }
  }

  /// Adds what has changed in cells, and waits until it is on the disk.
  ///
  /// - Parameter cells: the cells without their outputs, and those.
  /// - Returns: how many bytes were written.
  /// - Throws: ``NotebookError`` when it could not be written; the same cells can be told again.
  @discardableResult
  mutating func append(_ cells: [(cell: RecordedCell, outputs: PackedOutputs)])
    throws(NotebookError) -> Int
  {
    let (before, told) = (size, told)
    try write { take throws(SystemError) in
      for (cell, outputs) in cells {
        try JournalEntry.write(cell, outputs, since: told[cell.place], take)
        try take([0x0A])
      }
    }
    for (cell, outputs) in cells { self.told[cell.place] = outputs }
    return size - before
  }

  /// Writes what `body` hands to the function that it gets, and waits until it is on the disk.
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
      // Half a line would hide those that come after it.
      ftruncate(descriptor, off_t(size))
      lseek(descriptor, off_t(size), SEEK_SET)
      throw NotebookError(.unwritable, "'\(path)' cannot be written: \(error)")
    }
    size += written
  }

  private var failure: NotebookError {
    NotebookError(.unwritable, "'\(path)' cannot be written: \(NotebookFile.reason(errno))")
  }

  /// Ends it, and removes it when the notebook holds everything.
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
