import CSystemShims
import Glibc
import Synchronization
import SystemSupport

/// The thread that waits for all processes: for their ends, and for their first output.
enum ProcessWatcher {
  private struct State {
    /// The epoll descriptor; -1 before the first process.
    var watch: Int32 = -1
    var processes: [UInt64: WatchedProcess] = [:]
    var nextKey: UInt64 = 0
  }

  private static let state = Mutex(State())

  /// In an event's key: the number of the keeper's line, and the distance between the keys of
  /// processes.
  private static let (line, sorts): (UInt64, UInt64) = (2, 4)

  /// Starts watching a process.
  ///
  /// - Returns: whether that is possible; if not, nothing is watched.
  static func add(_ process: WatchedProcess) -> Bool {
    // Under the lock, so that no event is processed before all descriptors are added.
    state.withLock { state in
      if state.watch < 0 { state.watch = start() }
      guard state.watch >= 0 else { return false }
      state.nextKey += sorts
      let descriptors = process.pipes + [process.line]
      for (sort, descriptor) in descriptors.enumerated() {
        if lyre_watch_add(state.watch, descriptor, state.nextKey + UInt64(sort)) == 0 { continue }
        for descriptor in descriptors[..<sort] { lyre_watch_remove(state.watch, descriptor) }
        return false
      }
      state.processes[state.nextKey] = process
      return true
    }
  }

  /// Starts the thread, and returns the epoll descriptor, or -1.
  private static func start() -> Int32 {
    let watch = lyre_watch_new()
    guard watch >= 0 else { return -1 }
    do throws(SystemError) {
      try startThread(stackSize: LauncherThread.stackSize) { run(watch) }
      return watch
    } catch {
      close(watch)
      return -1
    }
  }

  private static func run(_ watch: Int32) {
    var events = [lyre_watch_event](repeating: lyre_watch_event(), count: 64)
    /// Processes that have ended, but whose output is still being read.
    var late: [(due: ContinuousClock.Instant, process: WatchedProcess)] = []
    while true {
      let count = lyre_watch_wait(watch, &events, 64, milliseconds(until: late.first?.due))
      for event in events[..<Int(count)] {
        let (key, sort) = (event.key / sorts * sorts, event.key % sorts)
        // The event may be older than the end of its process.
        guard let process = state.withLock({ $0.processes[key] }) else { continue }
        let release = { for pipe in process.pipes { lyre_watch_remove(watch, pipe) } }
        if sort == line {
          lyre_watch_remove(watch, process.line)
          state.withLock { $0.processes[key] = nil }
          process.lineIsReady(release: release)
          if !process.isSettled { late.append((.now + WatchedProcess.patience, process)) }
        } else {
          process.pipeIsReady(Int(sort), hasData: event.has_data != 0, release: release)
        }
      }
      guard !late.isEmpty else { continue }
      let now = ContinuousClock.now
      for entry in late where entry.due <= now { entry.process.settle() }
      late.removeAll { $0.process.isSettled }
    }
  }

  private static func milliseconds(until due: ContinuousClock.Instant?) -> Int32 {
    guard let due else { return -1 }
    let (seconds, attoseconds) = max(due - .now, .zero).components
    return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
  }
}
