/// A number of seconds on the command line.
enum TimeLimit {
  /// The duration; nil for 0, which means no limit, and if the option is not given.
  static func duration(_ seconds: Double?, _ option: String) throws(UsageError) -> Duration? {
    guard let seconds else { return nil }
    guard seconds >= 0, seconds < 1e9 else {
      throw UsageError(message: "\(option): expected a number of seconds, 0 for no limit")
    }
    return seconds == 0 ? nil : .seconds(seconds)
  }
}
