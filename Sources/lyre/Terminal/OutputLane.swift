import Glibc
import Synchronization
import SystemSupport

/// The queue for standard output or standard error, and the thread that writes it.
///
/// Printing never waits for a slow reader. On a terminal it also shows a board below the printed
/// text: the board is removed before anything is written, and shown again when the cursor is at the
/// beginning of a line, so that a cell's own progress bar is not disturbed. All of this is one
/// write, and a board that has not changed is not written.
final class OutputLane: Sendable {
  /// Returns the lines of a board for a size, none wider than the terminal.
  typealias Board = @Sendable (TerminalSize) -> [VisibleText]

  private struct State {
    var queue: [OutputText] = []
    var isStarted = false
    var isWriting = false
    /// Whether it is collecting texts for a moment; new ones do not wake it then.
    var isResting = false
    var board: Board?
    /// Whether the board is on the terminal.
    var isShown = false
    /// Why nothing is drawn: the program is stopped, or a user types an answer.
    var suspensions = 0
    /// Whether the rest of the output is abandoned.
    var isAbandoned = false
    /// The error for each descriptor that can no longer be written.
    var failures: [Int32: Int32] = [:]
    /// The number of bytes in the queue.
    var waiting = 0
  }

  private let terminal: Terminal
  /// Whether standard output and standard error are the same terminal.
  private let isOneTerminal: Bool
  private let state = Mutex(State())
  /// The number of bytes written, which distinguishes a slow reader from one that has stopped.
  private let written = Atomic<Int>(0)
  private let wakeUp = Semaphore()
  private let idle = Semaphore()

  init(_ terminal: Terminal, isOneTerminal: Bool = false) {
    self.terminal = terminal
    self.isOneTerminal = isOneTerminal
  }

  // MARK: Printing

  /// Adds a text to the queue.
  ///
  /// - Parameter isLine: whether it begins a new line if the cursor is in the middle of one.
  func enqueue(_ descriptor: Int32, _ text: OutputText.Content, isLine: Bool = false) {
    guard text.count > 0 else { return }
    let (isFirst, isStart) = state.withLock { state in
      guard !state.isAbandoned, state.failures[descriptor] == nil else { return (false, false) }
      state.queue.append(OutputText(descriptor: descriptor, content: text, isLine: isLine))
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
    wait(isPatient) { !$0.queue.isEmpty || $0.isWriting || $0.isShown && $0.board == nil }
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
  func setBoard(_ board: Board?) {
    let isStart = state.withLock { state in
      state.board = board
      defer { state.isStarted = state.isStarted || board != nil }
      return !state.isStarted && board != nil
    }
    if isStart { start() }
    wakeUp.signal()
  }

  /// Removes the board until ``resume()``.
  func suspend() {
    let begin = ContinuousClock.now
    state.withLock { $0.suspensions += 1 }
    wakeUp.signal()
    // Do not wait long for a terminal that accepts nothing.
    while state.withLock({ $0.isShown || $0.board != nil && $0.isWriting }),
      .now - begin < .milliseconds(200)
    {
      idle.wait(milliseconds: 20)
    }
  }

  /// Shows the board again.
  func resume() {
    state.withLock { $0.suspensions -= 1 }
    wakeUp.signal()
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

  /// How long to collect texts after a write.
  ///
  /// It is too short to notice, and a cell that prints in small pieces costs a fraction; a write
  /// with a board costs more.
  private static func rest(withBoard: Bool) -> Int { withBoard ? 40 : 5 }

  /// The time between two frames of a board.
  private static let frameInterval = 120
  /// One of so many frames is written completely, because another program may have written there.
  private static let completeFrames = 16

  private func write() {
    var screen = BoardScreen()
    var atLineStart = true
    var frames = 0
    while true {
      let (batch, board) = state.withLock { state in
        let batch = state.queue
        let board = state.suspensions > 0 ? nil : state.board
        state.queue = []
        state.isWriting = !batch.isEmpty || board != nil || state.isShown
        return (batch, board)
      }
      frames += 1
      let wasShown = screen.isShown
      let size = Terminal.size
      var output = GatheredOutput(joinsStreams: isOneTerminal) { self.put($0, $1) }
      let isRemoved = wasShown && (!batch.isEmpty || board == nil)
      if isRemoved { output.add(BoardScreen.begin + screen.erase(on: size)) }
      output.add(batch, terminal, &atLineStart)
      var frame = ""
      if let board, atLineStart, terminal.errorIsTerminal, Terminal.isInForeground {
        frame = screen.draw(
          board(size), on: size, usesColor: terminal.usesColor,
          isComplete: frames % OutputLane.completeFrames == 0)
        if !wasShown, screen.isShown { TerminalGuard.begin() }
      }
      if wasShown, !screen.isShown { frame += BoardScreen.showCursor }
      if isRemoved {
        output.add(frame + BoardScreen.end)
      } else if !frame.isEmpty {
        output.add(BoardScreen.begin + frame + BoardScreen.end)
      }
      output.flush()
      // What was abandoned is not on the terminal.
      if wasShown, !screen.isShown, failure(of: 2) == nil, !state.withLock(\.isAbandoned) {
        TerminalGuard.end()
      }
      let isDone = settle(batch, isShown: screen.isShown)
      if !batch.isEmpty {
        wakeUp.wait(milliseconds: OutputLane.rest(withBoard: screen.isShown))
        state.withLock { $0.isResting = false }
      } else if isDone {
        if board == nil {
          wakeUp.wait()
        } else {
          wakeUp.wait(milliseconds: OutputLane.frameInterval)
        }
      }
    }
  }

  /// Notes what has been written; returns whether the queue is empty.
  private func settle(_ batch: [OutputText], isShown: Bool) -> Bool {
    let isDone = state.withLock { state in
      state.isWriting = false
      state.isShown = isShown
      if !state.isAbandoned { state.waiting -= batch.reduce(0) { $0 + $1.content.count } }
      state.isResting = !batch.isEmpty
      return state.queue.isEmpty
    }
    if isDone { idle.signal() }
    return isDone
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
        state.withLock { state in
          state.failures[descriptor] = number
          if isOneTerminal { state.failures[1] = number }
        }
      }
    }
  }
}
