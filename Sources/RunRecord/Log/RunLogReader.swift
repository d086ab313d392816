import Glibc
public import RunEvents
import SystemSupport

/// Follows the event log of a run: live while another process writes it, or afterwards.
///
///     var reader = try RunLogReader(folder)
///     while let update = try await reader.next() {
///       if case .event(let event) = update { print(event.kind.name) }
///     }
public struct RunLogReader: Sendable {
  /// An update from a log.
  public enum Update: Sendable, Hashable {
    /// An event.
    case event(RunEvent)
    /// A line that is not an event: changed since it was written.
    case damaged(EventReader.DamagedLine)
    /// The log ended; this is the last update.
    case ended(End)
  }

  /// How a log ended.
  public enum End: Sendable, Hashable {
    /// The run ended.
    case finished
    /// The log stopped before the end of the run, because its writer was killed.
    case abandoned
    /// The log stopped before the end of the run, because it could not be written, for example on a
    /// full disk.
    case notWritten
  }

  private let file: LogDescriptor
  private var reader = EventReader()
  private var filter: LineFilter
  private var waiting: [Update] = []
  private var hasEnd = false
  private var isOver = false

  /// How often to check a log that is being written.
  public static let interval = Duration.milliseconds(100)

  /// Opens the log of a run.
  ///
  /// - Parameter folder: the folder of the run.
  /// - Throws: ``HistoryError`` if there is no log, or it does not belong to this user.
  public init(_ folder: String) throws(HistoryError) {
    try self.init(folder, without: [])
  }

  /// Opens the log of a run for some of its events.
  ///
  /// - Parameters:
  ///   - folder: the folder of the run.
  ///   - names: the names of events that are not returned, which costs nearly nothing.
  /// - Throws: ``HistoryError`` if there is no log, or it does not belong to this user.
  package init(_ folder: String, without names: [String]) throws(HistoryError) {
    filter = LineFilter(without: names)
    let path = "\(folder)/\(LogFile.name)"
    let opened: Int32?
    do throws(Distrust) {
      opened = try Trust.openFile(path)
    } catch {
      throw HistoryError(description: "'\(path)' is not used: it \(error)")
    }
    guard let opened else { throw HistoryError(description: "there is no log '\(path)'") }
    file = LogDescriptor(opened)
  }

  /// Returns the next update, waiting for it while the run is active.
  ///
  /// - Returns: nil after ``Update/ended(_:)``, and when the task was cancelled.
  /// - Throws: ``HistoryError`` if the log cannot be read.
  public mutating func next() async throws(HistoryError) -> Update? {
    while true {
      if let update = try poll() { return update }
      if isOver || Task.isCancelled { return nil }
      try? await Task.sleep(for: RunLogReader.interval)
    }
  }

  /// Returns the next available update without waiting; nil if there is none, and after the end.
  ///
  /// - Throws: ``HistoryError`` if the log cannot be read.
  public mutating func poll() throws(HistoryError) -> Update? {
    while waiting.isEmpty, !isOver {
      // There may be more, if nothing in a full piece was wanted.
      let isFull = try read()
      waiting.reverse()
      if !isFull { break }
    }
    return waiting.popLast()
  }

  /// Reads the next piece of the log.
  ///
  /// - Returns: whether there may be more.
  private mutating func read() throws(HistoryError) -> Bool {
    // Checked before reading, so that everything written before the writer stopped is read.
    let writer = file.writer
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try file.next()
    } catch {
      throw HistoryError(description: "the log of the run cannot be read: \(error)")
    }
    take(reader.read(filter.filtered(bytes)))
    // Not everything has been read, so nothing is known about the end.
    if bytes.count == LogDescriptor.most { return true }
    switch writer {
    case .atWork: return false
    case .unknown: if !hasEnd { return false }
    case .gone: break
    }
    // A last line without a line ending was truncated.
    _ = reader.finish()
    isOver = true
    waiting.append(
      .ended(hasEnd ? .finished : file.isIncomplete ? .notWritten : .abandoned))
    return false
  }

  private mutating func take(_ lines: [EventReader.Line]) {
    for line in lines {
      switch line {
      case .event(let event):
        if event.endsRun { hasEnd = true }
        waiting.append(.event(event))
      case .damaged(let line): waiting.append(.damaged(line))
      }
    }
  }
}

extension RunEvent {
  /// Whether it ends a run: of a notebook by itself, or of a pipeline.
  var endsRun: Bool {
    switch kind {
    case .pipelineFinished: true
    case .runFinished, .runFailed: subject.node == nil
    default: false
    }
  }
}

/// An open log.
private final class LogDescriptor: Sendable {
  /// The state of the log's writer.
  enum Writer {
    case atWork
    case gone
    /// The file system does not support locks.
    case unknown
  }

  /// The maximum number of bytes to read at once.
  static let most = 1 << 20

  private let descriptor: Int32

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  var writer: Writer {
    while flock(descriptor, LOCK_SH | LOCK_NB) != 0 {
      switch errno {
      case EINTR: continue
      case EWOULDBLOCK: return .atWork
      default: return .unknown
      }
    }
    flock(descriptor, LOCK_UN)
    return .gone
  }

  var isIncomplete: Bool { LogFile.isIncomplete(descriptor) }

  /// Returns the bytes written since the last call.
  func next() throws(SystemError) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: LogDescriptor.most)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count >= 0 { return Array(buffer[..<count]) }
      if errno != EINTR { throw SystemError() }
    }
  }
}
