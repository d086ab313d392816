/// What Slurm says about a job.
struct JobState: Sendable, Hashable {
  /// Its state, such as `RUNNING`.
  var name: String
  /// Why it waits, or why it ended; `None` if there is nothing to say.
  var reason = "None"
  /// The exit code of its script.
  var exitCode = 0
  /// The signal that ended its script; 0 for none.
  var signal = 0
  /// The machine that it runs on.
  var machine: String?

  /// Creates a state.
  init(_ name: String) { self.name = name }

  /// Reads the line that `scontrol --oneliner show job` prints; nil if it is none.
  init?(line: String) {
    // What a user chooses may contain what looks like a field; except the name, it comes after the
    // fields that are read here, of each of which the first one counts.
    guard let start = line.firstRange(of: " JobState=") else { return nil }
    let rest = line[start.lowerBound...]
    func value(_ name: String) -> String? {
      guard let range = rest.firstRange(of: " \(name)=") else { return nil }
      let value = rest[range.upperBound...].prefix { $0 != " " && $0 != "\n" }
      return value.isEmpty || value == "(null)" ? nil : String(value)
    }
    guard let name = value("JobState") else { return nil }
    self.name = name
    reason = value("Reason") ?? "None"
    machine = value("NodeList")
    readExit(value("ExitCode"))
  }

  /// Reads the line that `sacct --parsable2 --format=State,ExitCode` prints; nil if it is none.
  init?(accounting line: String) {
    let fields = line.split(separator: "|", omittingEmptySubsequences: false)
    // `CANCELLED by 1000`.
    guard fields.count >= 2, let word = fields[0].split(separator: " ").first else { return nil }
    name = String(word)
    readExit(String(fields[1]))
  }

  private mutating func readExit(_ text: String?) {
    let parts = (text ?? "").split(separator: ":").map { Int($0) ?? 0 }
    exitCode = parts.first ?? 0
    signal = parts.count > 1 ? parts[1] : 0
  }

  /// Whether it waits to be started.
  var isWaiting: Bool { ["PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD"].contains(name) }

  /// Whether it has ended.
  var hasEnded: Bool {
    switch name {
    case "COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "OUT_OF_MEMORY", "NODE_FAIL", "PREEMPTED",
      "BOOT_FAIL", "DEADLINE", "REVOKED":
      true
    default: false
    }
  }

  /// Why it will wait forever; nil if it may start.
  var obstacle: String? {
    switch reason {
    case "PartitionNodeLimit", "PartitionTimeLimit", "BadConstraints", "AccountNotAllowed",
      "QOSNotAllowed", "DependencyNeverSatisfied", "InvalidAccount", "InvalidQOS":
      isWaiting ? reason : nil
    default: nil
    }
  }
}
