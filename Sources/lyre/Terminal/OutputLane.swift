import Glibc
import Synchronization
import SystemSupport

/// What waits to be written to standard output or standard error, in order, and the thread that
/// writes it.
///
/// Nobody who prints waits for a slow reader. On a terminal it also keeps lines below what is
/// printed: taken away before anything is written, and put back when the cursor is at the beginning
/// of a line again, so that a cell's own progress bar is not disturbed.
final class OutputLane: Sendable {
  private struct State {
    var queue: [Entry] = []
    var isStarted = false
    var isWriting = false
    /// Whether it lets texts gather for a moment; what comes does not wake it then.
    var isResting = false
    var board: (@Sendable () -> [VisibleText])?
    /// Whether the program is stopped, or about to be: nothing is drawn.
    var isSuspended = false
    /// Whether nobody waits for what is written any more.
    var isAbandoned = false
    /// Standard output and error: why one cannot be written any more.
    var failures: [Int32: Int32] = [:]
    /// How many bytes wait to be written.
    var waiting = 0
  }

  private struct Entry {
    var descriptor: Int32
    var text: Text
    var isLine: Bool
  }

  /// What waits to be written; a string is shared with those who have it.
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
  /// How many bytes have been written: what tells a slow reader from one that has stopped.
  private let written = Atomic<Int>(0)
  private let wakeUp = Semaphore()
  private let idle = Semaphore()

  init(_ terminal: Terminal) {
    self.terminal = terminal
  }

  // MARK: For those who print

  /// Adds a text to what waits.
  ///
  /// - Parameter isLine: whether it begins a new line where the cursor is in the middle of one.
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

  /// Waits while more than a few megabytes wait to be written, for as long as the reader reads or
  /// `isPatient` allows.
  func waitForRoom(_ isPatient: (Stall) -> Bool) {
    wait(isPatient) { $0.waiting > OutputLane.patience }
  }

  /// Waits until everything has been written.
  ///
  /// - Returns: whether it has; else nothing is written any more.
  func flush(_ isPatient: (Stall) -> Bool) -> Bool {
    wait(isPatient) { !$0.queue.isEmpty || $0.isWriting }
    return state.withLock { !$0.isAbandoned }
  }

  /// How long a wait has lasted, and for how long nothing was written.
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

  /// Keeps lines below everything, made anew several times a second; nil takes them away.
  func setBoard(_ board: (@Sendable () -> [VisibleText])?) {
    let isStart = state.withLock { state in
      state.board = board
      defer { state.isStarted = state.isStarted || board != nil }
      return !state.isStarted && board != nil
    }
    if isStart { start() }
    wakeUp.signal()
  }

  /// Takes the board away while the program is stopped, or puts it back.
  func setSuspended(_ isSuspended: Bool) {
    let begin = ContinuousClock.now
    state.withLock { $0.isSuspended = isSuspended }
    wakeUp.signal()
    guard isSuspended else { return }
    // A terminal that takes nothing is not waited for.
    while state.withLock({ $0.isStarted && $0.isWriting }), .now - begin < .milliseconds(200) {
      idle.wait(milliseconds: 20)
    }
  }

  /// Why a descriptor cannot be written; nil when it can.
  func failure(of descriptor: Int32) -> Int32? { state.withLock { $0.failures[descriptor] } }

  /// How many bytes may wait before ``waitForRoom`` does.
  private static let patience = 4 << 20

  private func start() {
    do throws(SystemError) {
      // The terminal stops a program in the background by a signal to the thread that writes.
      try startThread(takesSignals: true) { self.write() }
    } catch {
      fatalError("no thread can be started: \(error)")
    }
  }

  // MARK: The writing thread

  /// How long texts gather after some have been written: nobody sees so short a delay, and a cell
  /// that prints in small pieces costs a fraction.
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
        // In one piece, so that nothing is seen half drawn; fewer lines than before leave no rest.
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
      if entry.isLine, !atLineStart { [0x0A].withUnsafeBytes { gathered.add($0, to: 2, put) } }
      let last = entry.text.withBytes { bytes in
        gathered.add(bytes, to: entry.descriptor, put)
        return bytes.last
      }
      let isSeen = entry.descriptor == 2 ? terminal.errorIsTerminal : terminal.outputIsTerminal
      if isSeen { atLineStart = last == 0x0A }
    }
    gathered.flush(put)
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

  /// As much as a pipe takes in one go: a slow reader is seen to read.
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
        // Nobody reads any more, or the disk is full: the run goes on and saves.
        let number = errno
        state.withLock { $0.failures[descriptor] = number }
      }
    }
  }
}
