import RunEvents

/// What the exit code of `lyre node` says about a node whose results are not there, or cannot be read.
struct NodeExit {
  /// The exit code.
  let code: Int

  /// Whether the node may have done its work: it ended well, or could only not store what it made.
  var mayBeSuccess: Bool { code == 0 || code == 6 }

  /// How the node ended, with the reason; nil if the code gives none.
  var reason: (status: NodeStatus, message: String)? {
    switch code {
    case 3: (.timedOut, NodeExit.overdue)
    case 4: (.kernelDied, "its kernel died")
    case 5: (.kernelNotStarted, "its kernel is not installed there, or did not start")
    default: nil
    }
  }

  /// The reason of a node that had a time limit of its own.
  static let overdue = "took longer than its limit"
}
