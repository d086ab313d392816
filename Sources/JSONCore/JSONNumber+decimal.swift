extension JSONNumber {
  /// Creates a number from a decimal spelling: as in JSON, and also `+5`, `.5` and `5.`.
  ///
  /// Nil for other texts, and for numbers that cannot be represented faithfully: leading zeros
  /// (`007`), and numbers outside the range of doubles (`1e400`, `1e-400`). Integers may have any
  /// number of digits.
  public init?(decimal text: String) {
    var rest = Array(text.utf8)[...]
    var result = ""
    if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      if sign == UInt8(ascii: "-") { result = "-" }
      rest = rest.dropFirst()
    }
    func digits() -> String {
      let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      rest = rest.dropFirst(digits.count)
      return String(decoding: digits, as: UTF8.self)
    }
    let whole = digits()
    var fraction = ""
    var isReal = false
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      fraction = digits()
      isReal = true
    }
    guard !whole.isEmpty || !fraction.isEmpty, whole.utf8.count == 1 || !whole.hasPrefix("0") else {
      return nil
    }
    result += whole.isEmpty ? "0" : whole
    if isReal { result += "." + (fraction.isEmpty ? "0" : fraction) }
    if let mark = rest.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
      rest = rest.dropFirst()
      result += mark == UInt8(ascii: "e") ? "e" : "E"
      if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
        result += sign == UInt8(ascii: "-") ? "-" : "+"
        rest = rest.dropFirst()
      }
      let power = digits()
      guard !power.isEmpty else { return nil }
      result += power
      isReal = true
    }
    guard rest.isEmpty else { return nil }
    if isReal {
      guard let double = Double(result), double.isFinite else { return nil }
      let isZero = (whole + fraction).utf8.allSatisfy { $0 == UInt8(ascii: "0") }
      guard isZero || double != 0 else { return nil }
    }
    self.init(validated: result)
  }
}
