/// Dates in JSON texts: ISO 8601 in UTC.
package enum JSONDate {
  /// The text of a point in time, such as `2026-11-23T14:42:49.445020Z`.
  ///
  /// - Parameters:
  ///   - nanoseconds: nanoseconds since 1970-01-01 00:00 UTC.
  ///   - digits: 6 for microseconds, rounded down; 9 for nanoseconds.
  package static func text(nanoseconds: Int64, digits: Int) -> String {
    let (unit, perSecond): (Int64, Int64) = digits == 9 ? (1, 1_000_000_000) : (1000, 1_000_000)
    var (seconds, fraction) = (nanoseconds / unit).quotientAndRemainder(dividingBy: perSecond)
    if fraction < 0 { (seconds, fraction) = (seconds - 1, fraction + perSecond) }
    var (days, second) = seconds.quotientAndRemainder(dividingBy: 86400)
    if second < 0 { (days, second) = (days - 1, second + 86400) }
    let (year, month, day) = date(daysSince1970: days)
    return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T\(pad(second / 3600, 2)):"
      + "\(pad(second / 60 % 60, 2)):\(pad(second % 60, 2)).\(pad(fraction, digits))Z"
  }

  /// Parses the various date formats that programs write.
  ///
  /// With or without fraction, seconds or zone (`Z`, `+00:00`, `+0000`, `+00:00[Etc/UTC]`); without
  /// a zone it is UTC.
  ///
  /// - Returns: nanoseconds since 1970-01-01 00:00 UTC; nil if the text is not a date, or not
  ///   between the years 1677 and 2262.
  package static func nanoseconds(_ text: String) -> Int64? {
    var scanner = Scanner(text: Array(text.utf8))
    guard let year = scanner.number(4), scanner.skip("-"), let month = scanner.number(2),
      scanner.skip("-"), let day = scanner.number(2), (1...12).contains(month),
      (1...31).contains(day), scanner.skip("T") || scanner.skip(" "),
      let hour = scanner.number(2), scanner.skip(":"), let minute = scanner.number(2),
      hour < 24, minute < 60
    else { return nil }
    var second: Int64 = 0
    var fraction: Int64 = 0
    if scanner.skip(":") {
      guard let number = scanner.number(2), number <= 60 else { return nil }
      second = number
      if scanner.skip(".") || scanner.skip(",") { fraction = scanner.fraction() }
    }
    var offset: Int64 = 0
    if !scanner.skip("Z"), let sign: Int64 = scanner.skip("+") ? 1 : scanner.skip("-") ? -1 : nil {
      guard let hours = scanner.number(2) else { return nil }
      _ = scanner.skip(":")
      offset = sign * (hours * 3600 + (scanner.number(2) ?? 0) * 60)
    }
    let seconds =
      daysSince1970(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset
    let (nanoseconds, isTooFar) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, isJustTooFar) = nanoseconds.addingReportingOverflow(fraction)
    return isTooFar || isJustTooFar ? nil : sum
  }

  private struct Scanner {
    var text: [UInt8]
    var index = 0

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
      guard index < text.count, UInt32(text[index]) == character.value else { return false }
      index += 1
      return true
    }

    mutating func number(_ digits: Int) -> Int64? {
      guard index + digits <= text.count else { return nil }
      var value: Int64 = 0
      for byte in text[index..<index + digits] {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - 0x30)
      }
      index += digits
      return value
    }

    /// The decimals, in nanoseconds.
    mutating func fraction() -> Int64 {
      var value: Int64 = 0
      var scale: Int64 = 100_000_000
      while index < text.count, (0x30...0x39).contains(text[index]) {
        value += Int64(text[index] - 0x30) * scale
        scale /= 10
        index += 1
      }
      return value
    }
  }

  private static func pad(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(width - digits.utf8.count, 0)) + digits
  }

  // Days and dates: the algorithms of Howard Hinnant's "chrono-Compatible Low-Level Date
  // Algorithms", in eras of 400 years.

  private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func date(daysSince1970 days: Int64) -> (Int64, Int64, Int64) {
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthIndex = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
    let month = monthIndex + (monthIndex < 10 ? 3 : -9)
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}
