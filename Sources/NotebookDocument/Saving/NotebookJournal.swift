import Glibc
import JSONCore

/// A file beside a notebook that a run adds outputs to while it would cost too much to write the
/// whole notebook again.
///
/// One JSON object a line: first what it is, then what has changed in a cell. It is locked as long
/// as the run goes on, and removed when the notebook itself holds everything; where it is found
/// without a lock, a run was ended before it could do so. A last line that is not whole is left
/// out: lines that come after it cannot be there.
struct NotebookJournal {
  let path: String
  private let descriptor: Int32
  private var told: [Int: [JSONValue]] = [:]
  private var size = 0

  /// The journal's path for a notebook, whose links are followed.
  static func path(for notebook: String) -> String {
    NotebookFile.hidden(notebook, "lyre-journal")
  }

  /// Begins a journal.
  ///
  /// - Parameters:
  ///   - notebook: the notebook's path.
  ///   - signature: what its file looks like.
  /// - Throws: ``NotebookError`` when another run has one, or it cannot be made.
  init(for notebook: String, _ signature: FileSignature?) throws(NotebookError) {
    path = NotebookJournal.path(for: notebook)
    // What it holds may be as secret as the notebook: nobody else reads it.
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw NotebookError(
        .unwritable, "'\(path)' cannot be written: \(NotebookFile.reason(errno))")
    }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      Glibc.close(descriptor)
      throw NotebookError(.inUse, "another run is writing to '\(notebook)'")
    }
    try restart(signature)
  }

  /// Forgets what it has been told: the notebook, whose file looks like this, holds it now.
  mutating func restart(_ signature: FileSignature?) throws(NotebookError) {
    told = [:]
    guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw failure
    }
    size = 0
    try write([["lyre_journal": 1, "file": signature?.json ?? .null]])
  }

  /// Adds what has changed in cells, and waits until it is on the disk.
  ///
  /// - Returns: how many bytes were written.
  /// - Throws: ``NotebookError`` when it could not be written; the same cells can be told again.
  @discardableResult
  mutating func append(_ cells: [RecordedCell]) throws(NotebookError) -> Int {
    let before = size
    try write(cells.map { JournalEntry(from: told[$0.place] ?? [], to: $0).json })
    for cell in cells { told[cell.place] = cell.outputs }
    return size - before
  }

  private mutating func write(_ lines: [JSONValue]) throws(NotebookError) {
    var text: [UInt8] = []
    for line in lines {
      line.append(to: &text, style: .compact)
      text.append(0x0A)
    }
    guard NotebookFile.writeAll(descriptor, text[...]), fdatasync(descriptor) == 0 else {
      let failure = failure
      // Half a line would hide those that come after it.
      ftruncate(descriptor, off_t(size))
      lseek(descriptor, off_t(size), SEEK_SET)
      throw failure
    }
    size += text.count
  }

  private var failure: NotebookError {
    NotebookError(.unwritable, "'\(path)' cannot be written: \(NotebookFile.reason(errno))")
  }

  /// Ends it, and removes it when the notebook holds everything.
  func close(removing: Bool) {
    if removing { unlink(path) }
    Glibc.close(descriptor)
  }

  // MARK: Reading

  /// What there is of a journal.
  enum State {
    /// There is none.
    case absent
    /// A run that goes on is writing it.
    case inUse
    /// A run that was ended has left it.
    case left(Remains)
  }

  /// A journal that was left.
  struct Remains {
    var path: String
    var cells: [RecordedCell]
    /// What the notebook's file looked like when the journal was begun.
    var signature: JSONValue?
  }

  /// What there is of a notebook's journal.
  ///
  /// - Throws: ``NotebookError`` when it cannot be read.
  static func state(for notebook: String) throws(NotebookError) -> State {
    let path = path(for: notebook)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return .absent }
      throw NotebookError(
        .unreadable, "'\(path)' cannot be read: \(NotebookFile.reason(errno))")
    }
    defer { Glibc.close(descriptor) }
    if flock(descriptor, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK { return .inUse }
    let text = try NotebookFile.readAll(descriptor)
    return .left(try remains(in: text, path))
  }

  /// Removes a journal that a run has left; one that is in use stays.
  static func discard(for notebook: String) {
    guard case .left(let remains)? = try? state(for: notebook) else { return }
    unlink(remains.path)
  }

  /// The last state of each cell that a journal's lines tell of.
  private static func remains(in text: [UInt8], _ path: String) throws(NotebookError) -> Remains {
    var cells: [Int: RecordedCell] = [:]
    var header: JSONValue?
    var start = text.startIndex
    while let end = text[start...].firstIndex(of: 0x0A) {
      let line = Array(text[start..<end])
      start = end + 1
      guard let json = try? JSONValue(parsing: line) else { break }
      if header == nil {
        guard json["lyre_journal"]?.int == 1 else {
          throw NotebookError(
            .unreadable, "'\(path)' is not a journal that this version of Lyre can read")
        }
        header = json
        continue
      }
      guard let entry = JournalEntry(json),
        let cell = entry.applied(to: cells[entry.cell.place]?.outputs ?? [])
      else { break }
      cells[entry.cell.place] = cell
    }
    return Remains(
      path: path, cells: cells.values.sorted { $0.place < $1.place }, signature: header?["file"])
  }
}
