import Glibc

/// The current time, in nanoseconds since 1970-01-01 00:00 UTC.
package func wallClockNanoseconds() -> Int64 {
  var now = timespec()
  clock_gettime(CLOCK_REALTIME, &now)
  return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
}

/// A local date and time.
package struct LocalTime: Sendable {
  /// The year.
  package let year: Int
  /// The month, from 1.
  package let month: Int
  /// The day of the month, from 1.
  package let day: Int
  /// The hour, from 0.
  package let hour: Int
  /// The minute.
  package let minute: Int
  /// The second.
  package let second: Int

  /// The current local time.
  package init() {
    var now = time(nil)
    var parts = tm()
    localtime_r(&now, &parts)
    (year, month, day) = (Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday))
    (hour, minute, second) = (Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec))
  }
}
