import Glibc
import JSONCore

/// A time in the forms of HTTP and of signatures.
struct ServerTime: Sendable, Hashable {
  /// Seconds since 1970-01-01 00:00 UTC.
  var seconds: Int

  init(seconds: Int) { self.seconds = seconds }

  /// The time of this machine, corrected.
  ///
  /// - Parameter correction: how many seconds the server's clock is ahead.
  static func now(correction: Int = 0) -> ServerTime {
    ServerTime(seconds: time(nil) + correction)
  }

  /// Such as `20130524T000000Z`.
  var stamp: String {
    var (seconds, parts) = (time_t(seconds), tm())
    gmtime_r(&seconds, &parts)
    func digits(_ number: Int32, _ count: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
    return digits(parts.tm_year + 1900, 4) + digits(parts.tm_mon + 1, 2) + digits(parts.tm_mday, 2)
      + "T" + digits(parts.tm_hour, 2) + digits(parts.tm_min, 2) + digits(parts.tm_sec, 2) + "Z"
  }

  /// Such as `2013-05-24T00:00:00.000Z`.
  var iso: String {
    JSONDate.text(nanoseconds: Int64(seconds) * 1_000_000_000, digits: 6).prefix(23) + "Z"
  }

  /// Such as `20130524`.
  var day: String { String(stamp.prefix(8)) }

  /// Reads the header `Date`, such as `Fri, 24 May 2013 00:00:00 GMT`; nil if it has another form.
  init?(header: String) {
    let words = header.split(separator: " ")
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    guard words.count == 6, words[5] == "GMT", let day = Int(words[1]),
      let month = months.firstIndex(of: String(words[2])), let year = Int(words[3])
    else { return nil }
    self.init(year, month + 1, day, time: words[4])
  }

  /// Reads the form of XML and JSON, such as `2013-05-24T00:00:00.000Z`; nil if it has another one.
  init?(iso text: String) {
    guard text.utf8.count >= 20, text.hasSuffix("Z") || text.hasSuffix("+00:00") else { return nil }
    let halves = text.split(separator: "T")
    guard halves.count == 2 else { return nil }
    let date = halves[0].split(separator: "-").compactMap { Int($0) }
    guard date.count == 3 else { return nil }
    self.init(date[0], date[1], date[2], time: halves[1].prefix(8))
  }

  private init?(_ year: Int, _ month: Int, _ day: Int, time: Substring) {
    let clock = time.split(separator: ":").compactMap { Int32($0) }
    guard clock.count == 3, (1970...9999).contains(year), (1...12).contains(month),
      (1...31).contains(day), (0..<24).contains(clock[0]), (0..<60).contains(clock[1]),
      (0...60).contains(clock[2])
    else { return nil }
    var parts = tm()
    parts.tm_year = Int32(year - 1900)
    parts.tm_mon = Int32(month - 1)
    parts.tm_mday = Int32(day)
    (parts.tm_hour, parts.tm_min, parts.tm_sec) = (clock[0], clock[1], clock[2])
    seconds = timegm(&parts)
  }
}
