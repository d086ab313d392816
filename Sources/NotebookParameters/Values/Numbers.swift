import JSONCore

/// The size of an integer, in the classes that languages distinguish.
enum IntegerSize: Int, Comparable {
  /// Signed, 32 bits.
  case int32
  /// Signed, 53 bits: every integer up to this size is exact as a double.
  case safe
  /// Signed, 64 bits.
  case int64
  /// Unsigned, 64 bits.
  case uint64
  /// Signed, 128 bits.
  case int128
  /// Larger than all of these.
  case huge

  static func < (left: IntegerSize, right: IntegerSize) -> Bool { left.rawValue < right.rawValue }

  init(_ digits: String) {
    guard let value = Int128(digits) else {
      self = .huge
      return
    }
    if Int32(exactly: value) != nil {
      self = .int32
    } else if value.magnitude < 1 << 53 {
      self = .safe
    } else if Int64(exactly: value) != nil {
      self = .int64
    } else {
      self = UInt64(exactly: value) != nil ? .uint64 : .int128
    }
  }
}

/// The kind of a number, as languages distinguish them.
enum NumberKind {
  /// An integer, as its decimal digits, with a sign if it is negative.
  case integer(String)
  /// A finite number with a decimal point or an exponent, in its original spelling.
  case real(String)
  case notANumber
  case infinity(isNegative: Bool)

  init(_ number: JSONNumber) {
    if number.isIntegerSpelling {
      self = .integer(number.text == "-0" ? "0" : number.text)
      return
    }
    let double = number.double
    if double.isNaN {
      self = .notANumber
    } else if double.isInfinite {
      self = .infinity(isNegative: double < 0)
    } else {
      self = .real(number.text)
    }
  }

  /// Whether an integer is exact as a double.
  static func isExactDouble(_ digits: String) -> Bool {
    guard let double = Double(digits), let value = Int128(digits) else { return false }
    return Int128(exactly: double) == value
  }
}
