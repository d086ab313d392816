import Glibc
import JSONCore
import SystemSupport

extension NotebookJournal {
  /// What there is of a journal.
  enum State {
    /// There is none of ours.
    case absent
    /// A run that goes on is writing it.
    case inUse
    /// A run that was ended has left it.
    case left(Remains)
  }

  /// A journal that was left.
  ///
  /// It stays locked as long as this is there.
  struct Remains {
    var path: String
    var cells: [RecordedCell] = []
    /// What the notebook's file looked like when the journal was begun.
    var signature: JSONValue?
    /// Whether there is more in it that cannot be read.
    var isDamaged = false
    fileprivate(set) var ticket: SaveTicket?
    fileprivate let file: OpenFile

    /// Removes the journal, of which nothing is needed any more.
    func remove() {
      if !isDamaged {
        try? SystemStep.removeJournal.reach()
        unlink(path)
      }
      try? SystemStep.removeTicket.reach()
      ticket?.remove()
    }
  }

  /// A descriptor that is closed with the last reference.
  fileprivate final class OpenFile: Sendable {
    let descriptor: Int32
    init(_ descriptor: Int32) { self.descriptor = descriptor }
    deinit { Glibc.close(descriptor) }
  }

  /// What there is of a notebook's journal.
  ///
  /// - Parameters:
  ///   - notebook: the notebook's path.
  ///   - isTrusted: whether a journal beside it is taken for ours although nothing says so.
  /// - Throws: ``NotebookError`` when it cannot be read.
  static func state(for notebook: String, isTrusted: Bool = false) throws(NotebookError) -> State {
    let ticket = SaveTicket.find(.journal, for: FilePath.target(notebook))
    guard ticket != nil || isTrusted else { return .absent }
    let path = ticket?.data ?? path(for: notebook)
    let opened: Int32?
    do throws(Distrust) {
      opened = try Trust.openFile(path)
    } catch {
      if case .unopened(let number) = error {
        throw NotebookError(
          .unreadable, "'\(path)' cannot be read: \(NotebookFile.reason(number))")
      }
      // What is there now is not what the ticket is for.
      return .absent
    }
    guard let opened else {
      ticket?.remove()
      return .absent
    }
    let file = OpenFile(opened)
    if flock(opened, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK { return .inUse }
    let text = try NotebookFile.readAll(opened)
    var remains = Remains(path: path, ticket: ticket, file: file)
    guard try remains.read(text) else { return .absent }
    return .left(remains)
  }

  /// Removes a journal that a run has left; one that is in use stays.
  static func discard(for notebook: String) {
    guard case .left(let remains)? = try? state(for: notebook) else { return }
    remains.remove()
  }
}

extension NotebookJournal.Remains {
  /// Reads the last state of each cell that a journal's lines tell of.
  ///
  /// - Returns: whether it is the journal that its ticket is for.
  /// - Throws: ``NotebookError`` when nothing in it can be read.
  fileprivate mutating func read(_ text: [UInt8]) throws(NotebookError) -> Bool {
    var states: [Int: RecordedCell] = [:]
    var start = text.startIndex
    var isFirst = true
    while let end = text[start...].firstIndex(of: 0x0A) {
      let line = Array(text[start..<end])
      start = end + 1
      let json = try? JSONValue(parsing: line)
      if isFirst {
        isFirst = false
        guard let json, let version = json["lyre_journal"] else { throw damaged }
        guard version.int == 1 else {
          throw NotebookError(
            .unreadable,
            "'\(path)' is not a journal that this version of Lyre can read; it is left as it is")
        }
        if let ticket, json["token"]?.string != ticket.proof { return false }
        signature = json["file"]
        continue
      }
      guard let json, let entry = JournalEntry(json) else {
        isDamaged = true
        break
      }
      var state = states.removeValue(forKey: entry.cell.place)
      isDamaged = !entry.apply(to: &state)
      states[entry.cell.place] = state
      if isDamaged { break }
    }
    if isFirst {
      // It was cut off in its first line, or is not one.
      let beginning = Array("{\"lyre_journal\":".utf8)
      guard text.starts(with: beginning) || beginning.starts(with: text) else { throw damaged }
    }
    cells = states.values.sorted { $0.place < $1.place }
    return true
  }

  private var damaged: NotebookError {
    NotebookError(
      .unreadable,
      "the journal '\(path)' is damaged: nothing in it can be read; it is left as it is, and "
        + "`lyre run` works once it is moved away or deleted")
  }
}
