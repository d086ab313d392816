import JSONCore

/// The dates of messages: ISO 8601 in UTC with microseconds.
public enum MessageDate {
  /// A point in time as jupyter_client writes it: `2026-11-23T14:42:49.445020Z`.
  ///
  /// - Parameter nanoseconds: nanoseconds since 1970-01-01 00:00 UTC.
  /// - Returns: the date, always with six digits of a second.
  public static func text(nanoseconds: Int64) -> String {
    JSONDate.text(nanoseconds: nanoseconds, digits: 6)
  }

  /// Reads the many forms of dates that kernels send.
  ///
  /// With or without fraction, seconds or zone (`Z`, `+00:00`, `+0000`, `+00:00[Etc/UTC]`); no
  /// zone is UTC.
  ///
  /// - Returns: nanoseconds since 1970-01-01 00:00 UTC; nil when it is no date, or none between
  ///   the years 1677 and 2262.
  public static func nanoseconds(_ text: String) -> Int64? { JSONDate.nanoseconds(text) }

  /// The form that `metadata.execution` has, of whatever form a kernel sent; nil when it is no
  /// date.
  public static func normalized(_ text: String) -> String? {
    nanoseconds(text).map { MessageDate.text(nanoseconds: $0) }
  }
}
