/// Masks of dates that can only be the time of the run: with fractions of a second, or with a
/// weekday and a time.
///
/// Other dates stay, because they are data more often.
enum DateMasks {
  private static let days: [StaticString] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  private static let months: [StaticString] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  static func date(_ cursor: ByteCursor) -> (end: Int, name: String)? {
    let end =
      switch cursor.byte {
      case UInt8(ascii: "d"): constructor(cursor)
      case let byte where byte.isDigit: iso(cursor)
      default: weekday(cursor)
      }
    return end.map { ($0, "<time>") }
  }

  /// `2026-11-29 14:02:31.123456`, as of `datetime.now()`, and `14:02:31,123` of logs.
  private static func iso(_ cursor: ByteCursor) -> Int? {
    var rest = cursor
    guard rest.digits(4), rest.take("-"), rest.digits(2), rest.take("-"), rest.digits(2),
      rest.take(oneOf: ["T", " "]), time(&rest), rest.take(oneOf: [".", ","]),
      rest.take(9, while: \.isDigit) >= 3
    else { return nil }
    if rest.take(oneOf: ["+", "-"]) {
      rest.take(5, while: { $0.isDigit || $0 == UInt8(ascii: ":") })
    } else {
      _ = rest.take("Z")
    }
    return rest.place
  }

  private static func time(_ rest: inout ByteCursor) -> Bool {
    rest.digits(2) && rest.take(":") && rest.digits(2) && rest.take(":") && rest.digits(2)
  }

  /// `datetime.datetime(2026, 11, 29, 14, 2, 31, 123456)`.
  private static func constructor(_ cursor: ByteCursor) -> Int? {
    var rest = cursor
    guard rest.take("datetime.datetime(") else { return nil }
    for number in 0..<7 {
      if number > 0, !rest.take(", ") { return nil }
      guard rest.take(while: \.isDigit) > 0 else { return nil }
    }
    rest.take(80, while: { $0 != UInt8(ascii: ")") && $0 != 0x0A })
    return rest.take(")") ? rest.place : nil
  }

  /// `Sun Nov 29 14:02:31 2026` and `Sun, 29 Nov 2026 14:02:31 GMT`.
  private static func weekday(_ cursor: ByteCursor) -> Int? {
    var rest = cursor
    guard rest.take(oneOf: days) else { return nil }
    if rest.take(", ") {
      guard rest.digits(2), rest.take(" "), rest.take(oneOf: months), rest.take(" "),
        rest.digits(4), rest.take(" "), time(&rest)
      else { return nil }
      if rest.byte == 0x20 { _ = rest.take(oneOf: [" GMT", " UTC"]) }
      return rest.place
    }
    guard rest.take(" "), rest.take(oneOf: months), rest.take(" ") else { return nil }
    rest.spaces()
    guard rest.take(2, while: \.isDigit) > 0, rest.take(" "), time(&rest), rest.take(" ") else {
      return nil
    }
    if !rest.byte.isDigit {
      guard rest.take(5, while: \.isWord) > 0, rest.take(" ") else { return nil }
    }
    return rest.digits(4) ? rest.place : nil
  }
}
