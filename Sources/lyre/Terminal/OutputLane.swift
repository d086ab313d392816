import Glibc
import Synchronization
import SystemSupport

/// The queue for standard output or standard error, and the thread that writes it.
///
/// Printing never waits for a slow reader. On a terminal it also shows a board below the printed
/// text: the board is removed before anything is written, and shown again when the cursor is at the
/// beginning of a line, so that a cell's own progress bar is not disturbed.
final class OutputLane: Sendable {
  private struct State {
    var queue: [Entry] = []
    var isStarted = false
    var isWriting = false
    /// Whether it is collecting texts for a moment; new ones do not wake it then.
    var isResting = false
    var board: (@Sendable () -> [VisibleText])?
    /// Whether the program is stopped, or about to be, so that nothing is drawn.
    var isSuspended = false
    /// Whether the rest of the output is abandoned.
    var isAbandoned = false
    /// The error for each descriptor that can no longer be written.
    var failures: [Int32: Int32] = [:]
    /// The number of bytes in the queue.
    var waiting = 0
  }

  private struct Entry {
    var descriptor: Int32
    var text: Text
    var isLine: Bool
  }

  /// A text in the queue; a string's storage is shared with its other owners.
  enum Text {
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

  private let terminal: Terminal
  private let state = Mutex(State())
  /// The number of bytes written, which distinguishes a slow reader from one that has stopped.
  private let written = Atomic<Int>(0)
  private let wakeUp = Semaphore()
  private let idle = Semaphore()

  init(_ terminal: Terminal) {
    self.terminal = terminal
  }

  // MARK: Printing

  /// Adds a text to the queue.
  ///
  /// - Parameter isLine: whether it begins a new line if the cursor is in the middle of one.
  func enqueue(_ descriptor: Int32, _ text: Text, isLine: Bool = false) {
    guard text.count > 0 else { return }
    let (isFirst, isStart) = state.withLock { state in
      guard !state.isAbandoned, state.failures[descriptor] == nil else { return (false, false) }
      state.queue.append(Entry(descriptor: descriptor, text: text, isLine: isLine))
      state.waiting += text.count
      defer { state.isStarted = true }
      return (state.queue.count == 1 && !state.isResting, !state.isStarted)
    }
    if isStart { start() }
    if isFirst { wakeUp.signal() }
  }

  /// Waits while more than a few megabytes are queued, as long as the reader reads or `isPatient`
  /// allows it.
  func waitForRoom(_ isPatient: (Stall) -> Bool) {
    wait(isPatient) { $0.waiting > OutputLane.patience }
  }

  /// Waits until everything has been written.
  ///
  /// - Returns: whether it has; otherwise the rest is abandoned.
  func flush(_ isPatient: (Stall) -> Bool) -> Bool {
    wait(isPatient) { !$0.queue.isEmpty || $0.isWriting }
    return state.withLock { !$0.isAbandoned }
  }

  /// The length of a wait, and how long nothing has been written.
  struct Stall {
    var begin: ContinuousClock.Instant
    var idleSince: ContinuousClock.Instant
  }

  private func wait(_ isPatient: (Stall) -> Bool, while isBusy: (borrowing State) -> Bool) {
    var stall = Stall(begin: .now, idleSince: .now)
    var count = written.load(ordering: .relaxed)
    while state.withLock({ !$0.isAbandoned && isBusy($0) }) {
      wakeUp.signal()
      idle.wait(milliseconds: 50)
      let now = written.load(ordering: .relaxed)
      if now != count { (count, stall.idleSince) = (now, .now) }
      if !isPatient(stall) { abandon() }
    }
  }

  private func abandon() {
    state.withLock { state in
      state.isAbandoned = true
      state.queue = []
      state.waiting = 0
    }
  }

  /// Shows a board below all text, updated several times a second; nil removes it.
  func setBoard(_ board: (@Sendable () -> [VisibleText])?) {
    let isStart = state.withLock { state in
      state.board = board
      defer { state.isStarted = state.isStarted || board != nil }
      return !state.isStarted && board != nil
    }
    if isStart { start() }
    wakeUp.signal()
  }

  /// Removes the board while the program is stopped, or shows it again.
  func setSuspended(_ isSuspended: Bool) {
    let begin = ContinuousClock.now
    state.withLock { $0.isSuspended = isSuspended }
    wakeUp.signal()
    guard isSuspended else { return }
    // Do not wait long for a terminal that accepts nothing.
    while state.withLock({ $0.isStarted && $0.isWriting }), .now - begin < .milliseconds(200) {
      idle.wait(milliseconds: 20)
    }
  }

  /// Why a descriptor cannot be written; nil if it can.
  func failure(of descriptor: Int32) -> Int32? { state.withLock { $0.failures[descriptor] } }

  /// The number of queued bytes above which ``waitForRoom`` waits.
  private static let patience = 4 << 20

  private func start() {
    do throws(SystemError) {
      // The terminal stops a program in the background by a signal to the writing thread.
      try startThread(takesSignals: true) { self.write() }
    } catch {
      fatalError("cannot start a thread: \(error)")
    }
  }

  // MARK: The writing thread

  /// How long to collect texts after a write: too short to notice, and a cell that prints in small
  /// pieces costs a fraction.
  private static let rest = 5

  private func write() {
    var shownLines = 0
    var atLineStart = true
    while true {
      let (batch, board) = state.withLock { state in
        let batch = state.queue
        let board = state.isSuspended ? nil : state.board
        state.queue = []
        state.isWriting = !batch.isEmpty || (shownLines > 0) != (board != nil)
        return (batch, board)
      }
      if shownLines > 0, !batch.isEmpty || board == nil {
        put(2, Array((OutputLane.toTop(of: shownLines) + "\u{1B}[J").utf8))
        shownLines = 0
      }
      write(batch, &atLineStart)
      if let board, atLineStart, terminal.errorIsTerminal, Terminal.isInForeground {
        let lines = board().map { $0.rendered(withColor: terminal.usesColor) + "\u{1B}[K" }
        let text = OutputLane.toTop(of: shownLines) + lines.joined(separator: "\r\n")
        // In one piece, so that no half-drawn board is visible; erases the remains of a taller one.
        put(2, Array((text + "\u{1B}[J").utf8))
        shownLines = lines.count
      }
      let isDone = state.withLock { state in
        state.isWriting = false
        if !state.isAbandoned { state.waiting -= batch.reduce(0) { $0 + $1.text.count } }
        state.isResting = !batch.isEmpty
        return state.queue.isEmpty
      }
      if isDone { idle.signal() }
      if !batch.isEmpty {
        wakeUp.wait(milliseconds: OutputLane.rest)
        state.withLock { $0.isResting = false }
      } else if isDone {
        if board == nil { wakeUp.wait() } else { wakeUp.wait(milliseconds: 120) }
      }
    }
  }

  private func write(_ batch: [Entry], _ atLineStart: inout Bool) {
    var gathered = Gathered()
    for entry in batch {
      if entry.isLine, !atLineStart {
        [UInt8(0x0A)].withUnsafeBytes { gathered.add($0, to: 2, put) }
      }
      let last = entry.text.withBytes { bytes in
        gathered.add(bytes, to: entry.descriptor, put)
        return bytes.last
      }
      let isSeen = entry.descriptor == 2 ? terminal.errorIsTerminal : terminal.outputIsTerminal
      if isSeen { atLineStart = last == 0x0A }
    }
    gathered.flush(put)
  }

  /// Short texts for the same stream, to be written at once.
  private struct Gathered {
    private var bytes: [UInt8] = []
    private var descriptor: Int32 = 1
    /// Texts of this size or more are not copied.
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

  /// The size of one write to a pipe, so that the progress of a slow reader is visible.
  private static let pieceSize = 65_536

  private func put(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) {
    var rest = bytes
    while !rest.isEmpty {
      if state.withLock({ $0.isAbandoned || $0.failures[descriptor] != nil }) { return }
      let count = Glibc.write(descriptor, rest.baseAddress, min(rest.count, OutputLane.pieceSize))
      if count >= 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        written.add(count, ordering: .relaxed)
      } else if errno == EAGAIN {
        var item = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&item, 1, -1)
      } else if errno != EINTR {
        // The reader has left, or the disk is full: the run continues and saves.
        let number = errno
        state.withLock { $0.failures[descriptor] = number }
      }
    }
  }
}
