import Glibc
import JSONCore
import SystemSupport

extension NotebookJournal {
  /// The state of a journal.
  enum State {
    /// There is no journal of this user.
    case absent
    /// An active run is writing it.
    case inUse
    /// An interrupted run left it.
    case left(Remains)
  }

  /// A journal of an interrupted run.
  ///
  /// It stays locked as long as this value exists.
  struct Remains {
    var path: String
    var cells: [RecordedCell] = []
    /// The signature of the notebook's file when the journal was started.
    var signature: JSONValue?
    /// Whether a part of it cannot be read.
    var isDamaged = false
    fileprivate(set) var ticket: SaveTicket?
    fileprivate let file: OpenFile

    /// Removes the journal when none of it is needed any more.
    func remove() {
      if !isDamaged {
        try? SystemStep.removeJournal.reach()
        unlink(path)
      }
      try? SystemStep.removeTicket.reach()
      ticket?.remove()
    }
  }

  /// A descriptor that is closed when the last reference is released.
  fileprivate final class OpenFile: Sendable {
    let descriptor: Int32
    init(_ descriptor: Int32) { self.descriptor = descriptor }
    deinit { Glibc.close(descriptor) }
  }

  /// Determines the state of a notebook's journal.
  ///
  /// - Parameters:
  ///   - notebook: the notebook's path.
  ///   - isTrusted: whether to accept a journal beside the notebook without a ticket.
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
      // The file there is not the one that the ticket is for.
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

  /// Removes the journal of an interrupted run; one in use is kept.
  static func discard(for notebook: String) {
    guard case .left(let remains)? = try? state(for: notebook) else { return }
    remains.remove()
  }
}

extension NotebookJournal.Remains {
  /// Reads the text of a journal.
  ///
  /// - Returns: whether it is the journal that its ticket is for.
  /// - Throws: ``NotebookError`` when none of it can be read.
  fileprivate mutating func read(_ text: [UInt8]) throws(NotebookError) -> Bool {
    do throws(JournalText.Failure) {
      let text = try JournalText(text, token: ticket?.proof)
      (cells, signature, isDamaged) = (text.cells, text.signature, text.isDamaged)
      return true
    } catch {
      switch error {
      case .foreign: return false
      case .damaged: throw damaged
      case .unknownVersion:
        throw NotebookError(
          .unreadable,
          "'\(path)' is not a journal that this version of Lyre can read; Lyre leaves it unchanged")
      }
    }
  }

  private var damaged: NotebookError {
    NotebookError(
      .unreadable,
      "the journal '\(path)' is damaged and cannot be read; Lyre leaves it unchanged. "
        + "Move or delete it to run the notebook")
  }
}
