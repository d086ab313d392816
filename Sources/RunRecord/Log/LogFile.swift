import Glibc
import RunEvents
import SystemSupport

/// The file of an event log, which one thread creates, locks and appends to.
struct LogFile: ~Copyable {
  private let path: String
  private var descriptor: Int32 = -1
  private var lines = EventWriter()
  /// The size of the complete lines in it, in bytes.
  private var size = 0

  /// The name of the log in a run's folder.
  static let name = "events.jsonl"

  /// Creates a log in a folder; it gets its name only once it is locked, so that readers do not
  /// mistake it for one whose writer has died.
  ///
  /// - Throws: ``SystemError``.
  init(in folder: String) throws(SystemError) {
    path = "\(folder)/\(LogFile.name)"
    let new = path + ".new"
    descriptor = open(new, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw SystemError() }
    // On a file system without locks, readers use only the last event. Readers hold the lock
    // briefly, to check whether a writer does.
    while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
    guard rename(new, path) == 0 else {
      let failure = SystemError()
      unlink(new)
      close(descriptor)
      descriptor = -1
      throw failure
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Appends events.
  ///
  /// - Throws: ``SystemError``; the log still ends with a complete line.
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
      // A mark that needs no room on the disk.
      fchmod(descriptor, LogFile.incompleteMode)
      throw error
    }
  }

  /// The mode of a log that could not be written to its end.
  private static let incompleteMode: mode_t = 0o400

  /// Whether a log ends early because it could not be written, and not because its writer was killed.
  static func isIncomplete(_ descriptor: Int32) -> Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & 0o777 == incompleteMode
  }

  /// Whether the log in a folder ends early because it could not be written.
  static func isIncomplete(in folder: String) -> Bool {
    guard let opened = try? Trust.openFile("\(folder)/\(name)") else { return false }
    defer { close(opened) }
    return isIncomplete(opened)
  }
}

extension LogFile {
  /// Whether a program is writing the log in a folder.
  static func isBeingWritten(in folder: String) -> Bool {
    // A new log has another name first, so check that one first.
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
    // An event contains at most the results of all cells.
    var events: [RunEvent] = []
    for most in [64 << 10, 16 << 20] {
      lseek(opened, max(0, status.st_size - off_t(most)), SEEK_SET)
      guard let bytes = try? readAll(opened, maximum: most + (1 << 20)) else { return [] }
      events = RunEvent.events(of: bytes)
      // Warnings may follow the end.
      if events.contains(where: \.endsRun) { break }
    }
    return events
  }
}
