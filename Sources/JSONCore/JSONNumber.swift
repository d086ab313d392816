/// A JSON number in its original spelling.
///
/// `1e-07`, `1.0` and integers of any size are preserved as written. It can also be Python's `NaN`,
/// `Infinity` or `-Infinity`, which are not JSON but occur in real notebooks.
public struct JSONNumber: Sendable, Hashable {
  /// The number as written.
  public let text: String

  /// Creates a number from a spelling that the parser has checked.
  init(validated text: String) { self.text = text }

  /// Creates a number from its spelling; nil if that is not a JSON number.
  public init?(text: String) {
    guard case .number(let number)? = try? JSONValue(parsing: Array(text.utf8)) else { return nil }
    self = number
  }

  /// Creates an integer.
  public init(_ integer: Int) { text = String(integer) }

  /// Creates a double, in the spelling of Python's `repr`: the shortest digits that read back the
  /// same, with an exponent only below 1e-4 and from 1e16 on.
  public init(_ double: Double) {
    if double.isNaN {
      text = "NaN"
    } else if double.isInfinite {
      text = double < 0 ? "-Infinity" : "Infinity"
    } else {
      text = JSONNumber.pythonRepr(double)
    }
  }

  /// The value if it is spelled as an integer, or as a whole float, and fits; nil otherwise.
  public var int: Int? {
    if let value = Int(text) { return value }
    guard let value = Double(text), value == value.rounded() else { return nil }
    return Int(exactly: value)
  }

  /// The nearest double; infinite if the number is too large.
  public var double: Double {
    // Swift also reads Python's names for non-finite values.
    Double(text) ?? .nan
  }

  /// Python's spelling of a float, from the digits and the exponent of Swift's, which are the same
  /// shortest ones.
  static func pythonRepr(_ double: Double) -> String {
    let description = double.description
    // Without an exponent both spellings are equal, up to the size at which Python uses one.
    if double == 0 || (abs(double) < 1e15 && abs(double) >= 1e-4) { return description }
    let sign = description.hasPrefix("-") ? "-" : ""
    let magnitude = description.dropFirst(sign.count)
    let parts = magnitude.split(separator: "e", maxSplits: 1)
    var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let mantissa = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    var digits = String(mantissa[0])
    var pointAt = digits.utf8.count
    if mantissa.count > 1, mantissa[1] != "0" || digits.allSatisfy({ $0 == "0" }) {
      digits += mantissa[1]
    }
    // Normalise to d.ddd × 10^exponent.
    let leadingZeros = digits.prefix { $0 == "0" }.count
    if leadingZeros == digits.count { return sign + "0.0" }
    digits = String(digits.dropFirst(leadingZeros))
    pointAt -= leadingZeros
    while digits.count > 1, digits.hasSuffix("0") { digits.removeLast() }
    exponent += pointAt - 1
    if exponent < -4 || exponent >= 16 {
      let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
      let power = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
      return "\(sign)\(digits.prefix(1))\(fraction)e\(exponent < 0 ? "-" : "+")\(power)"
    }
    if exponent < 0 {
      return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits
    }
    let whole = exponent + 1
    if digits.count <= whole {
      return sign + digits + String(repeating: "0", count: whole - digits.count) + ".0"
    }
    return sign + digits.prefix(whole) + "." + digits.dropFirst(whole)
  }
}

extension JSONNumber {
  /// Whether the number is written without a point or an exponent, which makes it an integer for
  /// Python and for JSON schemas of draft 4.
  public var isIntegerSpelling: Bool {
    text.utf8.allSatisfy {
      $0 == UInt8(ascii: "-") || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9"))
    }
  }

  /// Whether a number of a JSON text certainly has Python's spelling.
  ///
  /// True for integers, and for decimal fractions of up to 15 digits without unnecessary zeros: no
  /// two of those are the same double, so each is the shortest spelling of its value. Others may
  /// have it too; only the double can tell.
  public static func isPythonSpelling(_ text: UnsafeRawBufferPointer) -> Bool {
    var digits = 0
    var zerosAfterPoint = 0
    var point: Int?
    for place in 0..<text.count {
      let byte = text[place]
      switch byte {
      case UInt8(ascii: "-") where place == 0: break
      case UInt8(ascii: "."): point = place
      case UInt8(ascii: "0"):
        if digits > 0 { digits += 1 } else if point != nil { zerosAfterPoint += 1 }
      case UInt8(ascii: "1")...UInt8(ascii: "9"): digits += 1
      default: return false
      }
    }
    guard let point else {
      return !(text.count == 2 && text[0] == UInt8(ascii: "-") && text[1] == UInt8(ascii: "0"))
    }
    let endsInZero = text[text.count - 1] == UInt8(ascii: "0")
    if endsInZero { return point == text.count - 2 && digits <= 15 }
    return digits <= 15 && zerosAfterPoint < 4
  }

  /// The number as Python writes it after reading it: integers unchanged, others as the shortest
  /// digits that read back the same.
  public var pythonSpelling: JSONNumber {
    guard isIntegerSpelling else { return JSONNumber(double) }
    return text == "-0" ? JSONNumber(0) : self
  }
}
