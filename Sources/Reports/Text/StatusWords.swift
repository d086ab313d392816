package import RunEvents

extension CellStatus {
  /// The status of a cell in a word or two.
  package var word: String {
    switch self {
    case .succeeded: "ok"
    case .timedOut: "timed out"
    case .killedWithKernel: "killed with the kernel"
    case .notRun: "not run"
    case .pending, .running, .failed, .interrupted, .skipped: rawValue
    }
  }
}

extension NodeStatus {
  /// The status of a node in a word or two.
  package var word: String {
    switch self {
    case .succeeded: "ok"
    case .cached: "unchanged"
    case .timedOut: "timed out"
    case .kernelDied: "kernel died"
    case .kernelNotStarted: "no kernel"
    case .notWritten: "not written"
    case .notRun: "not run"
    case .waiting, .running, .failed, .interrupted, .blocked, .skipped: rawValue
    }
  }
}
