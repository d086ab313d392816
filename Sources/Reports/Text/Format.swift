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
