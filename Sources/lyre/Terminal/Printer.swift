import Glibc
import Synchronization

/// The only way to standard output and standard error.
///
/// A thread of its own writes, so that a slow reader never holds up a run. On a terminal it also
/// keeps a status line below what is printed: taken away before anything is written, and put back
/// when the cursor is at the beginning of a line again, so that a cell's own progress bar is not
/// disturbed.
final class Printer: Sendable {
  static let shared = Printer()

  let terminal: Terminal

  private struct State {
    var queue: [(descriptor: Int32, text: Text, isLine: Bool)] = []
    var isWriting = false
    /// Whether it lets texts gather for a moment; what comes does not wake it then.
    var isResting = false
    var status: (@Sendable () -> [String])?
    var outputIsClosed = false
    /// Why standard output could not be written; not that nobody reads it any more.
    var outputFailure: Int32?
    /// How many bytes wait to be written.
    var waiting = 0
  }

  /// What waits to be written; a string is shared with those who have it.
  private enum Text {
    case bytes([UInt8])
    case string(String)

    var count: Int {
      switch self {
      case .bytes(let bytes): bytes.count
      case .string(let string): string.utf8.count
      }
    }

    func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
      switch self {
      case .bytes(let bytes): bytes.withUnsafeBytes(body)
      case .string(var string): string.withUTF8 { body(UnsafeRawBufferPointer($0)) }
      }
    }
  }

  private let state = Mutex(State())
  nonisolated(unsafe) private let wakeUp: UnsafeMutablePointer<sem_t>
  nonisolated(unsafe) private let idle: UnsafeMutablePointer<sem_t>

  private init() {
    terminal = Terminal { name in getenv(name).map { String(cString: $0) } }
    wakeUp = .allocate(capacity: 1)
    idle = .allocate(capacity: 1)
    sem_init(wakeUp, 0, 0)
    sem_init(idle, 0, 0)
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Printer>.fromOpaque(argument).takeRetainedValue().write()
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
    guard failure == 0 else { fatalError("no thread can be started") }
    pthread_detach(thread)
  }

  /// Writes to standard output, byte for byte.
  func output(_ bytes: [UInt8]) { enqueue(1, .bytes(bytes)) }

  /// Writes a text to standard output or error, without a copy.
  func write(_ text: String, toError: Bool) { enqueue(toError ? 2 : 1, .string(text)) }

  /// Writes to standard error, byte for byte.
  func error(_ bytes: [UInt8]) { enqueue(2, .bytes(bytes)) }

  /// Writes to standard output or error, and waits while too much is waiting to be written: for
  /// what could fill the memory, from threads that may wait.
  func write(_ bytes: [UInt8], toError: Bool) {
    while state.withLock({ $0.waiting > Printer.patience }) {
      sem_post(wakeUp)
      wait(idle, milliseconds: 50)
    }
    enqueue(toError ? 2 : 1, .bytes(bytes))
  }

  /// How many bytes may wait before ``write(_:toError:)`` does.
  private static let patience = 4 << 20

  /// Writes a line of Lyre's own to standard error.
  ///
  /// On a terminal it begins a new line when a cell has left the cursor in the middle of one.
  func log(_ line: String) { enqueue(2, .string(line + "\n"), isLine: true) }

  /// Why standard output could not be written, as on a full disk; nil also when its reader has left.
  var outputFailure: String? {
    state.withLock { $0.outputFailure }.map { String(cString: strerror($0)) }
  }

  /// Whether nobody reads standard output any more.
  var outputIsClosed: Bool { state.withLock { $0.outputIsClosed } }

  /// Keeps a line below everything, made anew several times a second; nil takes it away.
  func setStatus(_ status: (@Sendable () -> String)?) {
    guard let status else { return setBoard(nil) }
    setBoard { [terminal] in
      [terminal.styled(Terminal.fitted(status(), to: Terminal.columns - 1), .dim)]
    }
  }

  /// Keeps lines below everything, made anew several times a second; nil takes them away.
  ///
  /// - Parameter board: makes the lines, none longer than the terminal is wide.
  func setBoard(_ board: (@Sendable () -> [String])?) {
    state.withLock { $0.status = board }
    sem_post(wakeUp)
  }

  /// Waits until everything has been written.
  func flush() {
    setStatus(nil)
    while state.withLock({ !$0.queue.isEmpty || $0.isWriting }) {
      sem_post(wakeUp)
      wait(idle, milliseconds: 50)
    }
  }

  private func enqueue(_ descriptor: Int32, _ text: Text, isLine: Bool = false) {
    guard text.count > 0 else { return }
    let isFirst = state.withLock { state in
      state.queue.append((descriptor, text, isLine))
      state.waiting += text.count
      return state.queue.count == 1 && !state.isResting
    }
    if isFirst { sem_post(wakeUp) }
  }

  /// How long texts gather after some have been written: nobody sees so short a delay, and a cell
  /// that prints in small pieces costs a fraction.
  private static let rest = 5

  // MARK: The writing thread

  private func write() {
    var shownLines = 0
    var atLineStart = true
    while true {
      let (batch, status) = state.withLock { state in
        let batch = state.queue
        state.queue = []
        state.isWriting = !batch.isEmpty || (shownLines > 0) != (state.status != nil)
        return (batch, state.status)
      }
      if shownLines > 0, !batch.isEmpty || status == nil {
        put(2, Array((Printer.toTop(of: shownLines) + "\u{1B}[J").utf8))
        shownLines = 0
      }
      var gathered = Gathered()
      for (descriptor, text, isLine) in batch {
        if isLine, !atLineStart { [0x0A].withUnsafeBytes { gathered.add($0, to: 2, put) } }
        let last = text.withBytes { bytes in
          gathered.add(bytes, to: descriptor, put)
          return bytes.last
        }
        let isSeen = descriptor == 2 ? terminal.errorIsTerminal : terminal.outputIsTerminal
        if isSeen { atLineStart = last == 0x0A }
      }
      gathered.flush(put)
      if let status, atLineStart, terminal.errorIsTerminal {
        let lines = status()
        let text = lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n")
        // In one piece, so that nothing is seen half drawn; fewer lines than before leave no rest.
        put(2, Array((Printer.toTop(of: shownLines) + text + "\u{1B}[J").utf8))
        shownLines = lines.count
      }
      let isDone = state.withLock { state in
        state.isWriting = false
        state.waiting -= batch.reduce(0) { $0 + $1.text.count }
        state.isResting = !batch.isEmpty
        return state.queue.isEmpty
      }
      if isDone { sem_post(idle) }
      if !batch.isEmpty {
        wait(wakeUp, milliseconds: Printer.rest)
        state.withLock { $0.isResting = false }
      } else if isDone {
        if status == nil {
          wait(wakeUp, milliseconds: nil)
        } else {
          wait(wakeUp, milliseconds: 120)
        }
      }
    }
  }

  /// Short texts for the same stream, to be written in one go.
  private struct Gathered {
    private var bytes: [UInt8] = []
    private var descriptor: Int32 = 1
    /// From this size on a text is not worth copying.
    private static let limit = 65_536

    mutating func add(
      _ text: UnsafeRawBufferPointer, to target: Int32,
      _ put: (Int32, UnsafeRawBufferPointer) -> Void
    ) {
      if target != descriptor || bytes.count + text.count > Gathered.limit { flush(put) }
      if text.count > Gathered.limit { return put(target, text) }
      descriptor = target
      bytes.append(contentsOf: text)
    }

    mutating func flush(_ put: (Int32, UnsafeRawBufferPointer) -> Void) {
      guard !bytes.isEmpty else { return }
      bytes.withUnsafeBytes { put(descriptor, $0) }
      bytes.removeAll(keepingCapacity: true)
    }
  }

  /// Moves the cursor from the end of some lines to the beginning of the first.
  private static func toTop(of lines: Int) -> String {
    lines > 1 ? "\r\u{1B}[\(lines - 1)A" : "\r"
  }

  private func put(_ descriptor: Int32, _ bytes: [UInt8]) {
    bytes.withUnsafeBytes { put(descriptor, $0) }
  }

  private func put(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) {
    var rest = bytes
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count >= 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      } else if errno == EAGAIN {
        var item = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&item, 1, -1)
      } else if errno != EINTR {
        // Nobody reads any more, or the disk is full: the run goes on and saves.
        let number = errno
        if descriptor == 1 {
          state.withLock { state in
            state.outputIsClosed = true
            if number != EPIPE { state.outputFailure = number }
          }
        }
        return
      }
    }
  }

  private func wait(_ semaphore: UnsafeMutablePointer<sem_t>, milliseconds: Int?) {
    guard let milliseconds else {
      while sem_wait(semaphore) != 0, errno == EINTR {}
      return
    }
    var deadline = timespec()
    clock_gettime(CLOCK_REALTIME, &deadline)
    deadline.tv_nsec += milliseconds * 1_000_000
    deadline.tv_sec += deadline.tv_nsec / 1_000_000_000
    deadline.tv_nsec %= 1_000_000_000
    while sem_timedwait(semaphore, &deadline) != 0, errno == EINTR {}
  }
}
