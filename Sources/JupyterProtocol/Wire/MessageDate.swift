import JSONCore

/// The dates of messages: ISO 8601 in UTC with microseconds.
public enum MessageDate {
  /// The date of a point in time, as jupyter_client writes it: `2026-11-23T14:42:49.445020Z`.
  ///
  /// - Parameter nanoseconds: nanoseconds since 1970-01-01 00:00 UTC.
  /// - Returns: the date, always with six decimals.
  public static func text(nanoseconds: Int64) -> String {
    JSONDate.text(nanoseconds: nanoseconds, digits: 6)
  }

  /// Parses the various date formats that kernels send.
  ///
  /// With or without fraction, seconds or zone (`Z`, `+00:00`, `+0000`, `+00:00[Etc/UTC]`); without
  /// a zone it is UTC.
  ///
  /// - Returns: nanoseconds since 1970-01-01 00:00 UTC; nil if the text is not a date, or not
  ///   between the years 1677 and 2262.
  public static func nanoseconds(_ text: String) -> Int64? { JSONDate.nanoseconds(text) }

  /// Converts any date format of a kernel to that of `metadata.execution`; nil if the text is not a
  /// date.
  public static func normalized(_ text: String) -> String? {
    nanoseconds(text).map { MessageDate.text(nanoseconds: $0) }
  }
}
