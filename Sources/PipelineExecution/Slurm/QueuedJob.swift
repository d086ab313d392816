/// A job as `squeue` lists it.
struct QueuedJob: Sendable, Hashable {
  /// The format in which `squeue` is to write its lines: the comment, which may contain anything,
  /// is the last field.
  static let format = "%i|%T|%M|%N|%r|%k"

  /// Its number.
  var job: String
  /// Its state, without the exit code.
  var state: JobState
  /// How long it has been running, in seconds; nil if it is not known.
  var seconds: Int64?
  /// The mark of the program that submitted it.
  var comment: String

  /// Creates a job.
  init(job: String, state: JobState, comment: String = "") {
    self.job = job
    self.state = state
    self.comment = comment
  }

  /// Reads a line in ``format``; nil if it is none.
  init?(line: String) {
    let fields = line.split(separator: "|", maxSplits: 5, omittingEmptySubsequences: false)
      .map(String.init)
    guard fields.count == 6, !fields[0].isEmpty, fields[0].allSatisfy(\.isASCII) else { return nil }
    var state = JobState(fields[1])
    state.machine = fields[3].isEmpty ? nil : fields[3]
    state.reason = fields[4].isEmpty ? "None" : fields[4]
    self.init(job: fields[0], state: state, comment: fields[5])
    seconds = QueuedJob.seconds(fields[2])
  }

  /// Reads a time such as `1-02:03:04` or `2:05`; nil if it is none.
  static func seconds(_ text: String) -> Int64? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count <= 2, let time = parts.last else { return nil }
    var seconds: Int64 = 0
    for part in time.split(separator: ":", omittingEmptySubsequences: false) {
      guard let value = Int64(part), (0..<100_000).contains(value) else { return nil }
      seconds = seconds * 60 + value
    }
    guard parts.count == 2 else { return seconds }
    guard let days = Int64(parts[0]), (0..<100_000).contains(days) else { return nil }
    return seconds + days * 86_400
  }
}
