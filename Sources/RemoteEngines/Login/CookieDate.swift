/// The time at which a cookie ends, as RFC 6265 (5.1.1) reads it: leniently.
enum CookieDate {
  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  /// The seconds since 1970 of a date such as `Wed, 21 Oct 2026 07:28:00 GMT`; nil if it is none.
  static func seconds(_ text: String) -> Int? {
    var time: [Int]?
    var (day, month, year): (Int?, Int?, Int?) = (nil, nil, nil)
    let words = text.lowercased().split {
      !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == ":"))
    }
    for word in words {
      let numbers = word.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
      if time == nil, numbers.count == 3, numbers.allSatisfy({ $0 != nil }) {
        time = numbers.compactMap { $0 }
      } else if day == nil, word.count <= 2, let number = Int(word) {
        day = number
      } else if month == nil, let index = months.firstIndex(of: String(word.prefix(3))) {
        month = index + 1
      } else if year == nil, (2...4).contains(word.count), let number = Int(word) {
        year = number < 70 ? number + 2000 : number < 100 ? number + 1900 : number
      }
    }
    guard let time, let day, let month, let year, year >= 1601, (1...31).contains(day),
      (0...23).contains(time[0]), (0...59).contains(time[1]), (0...59).contains(time[2])
    else { return nil }
    return days(year, month, day) * 86_400 + time[0] * 3600 + time[1] * 60 + time[2]
  }

  /// The days from 1970-01-01 to a date.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    // The year begins in March, so that the leap day is its last one.
    let year = month <= 2 ? year - 1 : year
    let era = year / 400
    let ofEra = year - era * 400
    let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
  }
}
