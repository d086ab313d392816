import JSONCore
import SystemSupport

/// Formats times, sizes and numbers for users.
package enum Format {
  /// A duration as `0.2 s`, `12 s`, `3 min 20 s` or `2 h 5 min`.
  package static func duration(_ duration: Duration) -> String {
    let seconds = duration.totalSeconds
    if seconds < 9.95 {
      let tenths = Int((seconds * 10).rounded())
      return "\(tenths / 10).\(tenths % 10) s"
    }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole / 60 % 60) min"
  }

  /// A duration in whole seconds, for one that still grows: `3 s`, `3 min 20 s` or `2 h 5 min`.
  package static func elapsed(_ duration: Duration) -> String {
    let whole = Int(max(duration.totalSeconds, 0))
    return whole < 10 ? "\(whole) s" : self.duration(.seconds(whole))
  }

  /// An estimated duration: `a few seconds`, `about 40 s`, `about 3 min` or `about 2 h 5 min`.
  package static func estimate(_ duration: Duration) -> String {
    let seconds = max(duration.totalSeconds, 0)
    if seconds <= 7.5 { return "a few seconds" }
    if seconds < 57.5 { return "about \(Int((seconds / 5).rounded()) * 5) s" }
    let minutes = Int((seconds / 60).rounded())
    if minutes < 60 { return "about \(minutes) min" }
    let rounded = minutes < 600 ? (minutes + 2) / 5 * 5 : (minutes + 30) / 60 * 60
    return "about \(rounded / 60) h" + (rounded % 60 > 0 ? " \(rounded % 60) min" : "")
  }

  /// A time in nanoseconds since 1970-01-01 00:00 UTC, as `2026-11-29 14:02:31 UTC`.
  package static func date(_ nanoseconds: Int64) -> String {
    JSONDate.text(nanoseconds: nanoseconds, digits: 6).prefix(19).replacing("T", with: " ") + " UTC"
  }

  /// A size as `870 B`, `1.4 MB` or `12 GB`.
  package static func bytes(_ count: Int64) -> String {
    var (value, unit) = (Double(count), "B")
    for next in ["kB", "MB", "GB", "TB"] where value >= 999.5 {
      (value, unit) = (value / 1000, next)
    }
    let tenths = Int((value * 10).rounded())
    return unit == "B" || tenths >= 100
      ? "\(Int(value.rounded())) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
  }

  /// `1 cell`, `2 cells`.
  package static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}
