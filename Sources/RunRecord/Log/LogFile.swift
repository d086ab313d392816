import Glibc
import RunEvents
import SystemSupport

/// The file of an event log: made, locked and added to by one thread.
struct LogFile: ~Copyable {
  private let path: String
  private var descriptor: Int32 = -1
  private var lines = EventWriter()
  /// How many bytes of whole lines are in it.
  private var size = 0

  /// The name of the log in the folder of a run.
  static let name = "events.jsonl"

  /// A new log in a folder; it has its name only when it is locked, so that nobody takes it for one
  /// whose writer has died.
  ///
  /// - Throws: ``SystemError``.
  init(in folder: String) throws(SystemError) {
    path = "\(folder)/\(LogFile.name)"
    let new = path + ".new"
    descriptor = open(new, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw SystemError() }
    // Where the file system knows no locks readers go by the last event alone.
    // Readers hold it for a moment only, to see whether a writer does.
    while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
    guard rename(new, path) == 0 else {
      let failure = SystemError()
      unlink(new)
      throw failure
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Adds events.
  ///
  /// - Throws: ``SystemError``; then the log ends with a whole line all the same.
  mutating func add(_ events: [RunEvent]) throws(SystemError) {
    var bytes: [UInt8] = []
    for event in events {
      bytes += lines.line(for: event)
      if bytes.count > 1 << 20 {
        try write(bytes)
        bytes = []
      }
    }
    try write(bytes)
  }

  private mutating func write(_ bytes: [UInt8]) throws(SystemError) {
    do throws(SystemError) {
      try writeAll(descriptor, bytes[...])
      size += bytes.count
    } catch {
      _ = ftruncate(descriptor, off_t(size))
      throw error
    }
  }
}

extension LogFile {
  /// Whether somebody writes the log in a folder.
  static func isBeingWritten(in folder: String) -> Bool {
    // A log that has only just been made has another name, and first that one.
    for suffix in [".new", ""] {
      let path = "\(folder)/\(name)\(suffix)"
      let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
      guard descriptor >= 0 else { continue }
      defer { close(descriptor) }
      guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return errno == EWOULDBLOCK }
      flock(descriptor, LOCK_UN)
    }
    return false
  }

  /// The events at the end of a log.
  static func lastEvents(in folder: String) -> [RunEvent] {
    guard let opened = try? Trust.openFile("\(folder)/\(name)") else { return [] }
    defer { close(opened) }
    var status = stat()
    guard fstat(opened, &status) == 0 else { return [] }
    // An event has at most the outcome of every cell.
    for most in [64 << 10, 16 << 20] {
      lseek(opened, max(0, status.st_size - off_t(most)), SEEK_SET)
      guard let bytes = try? readAll(opened, maximum: most + (1 << 20)) else { return [] }
      let events = RunEvent.events(of: bytes)
      if !events.isEmpty { return events }
    }
    return []
  }
}
