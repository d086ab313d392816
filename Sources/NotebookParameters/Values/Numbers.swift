import JSONCore

/// How large an integer is, as languages tell sizes apart.
enum IntegerSize: Int, Comparable {
  /// 32 bits with a sign.
  case int32
  /// Every integer up to this size is a double, too: 53 bits and a sign.
  case safe
  /// 64 bits with a sign.
  case int64
  /// 64 bits without a sign.
  case uint64
  /// 128 bits with a sign.
  case int128
  /// Beyond all of these.
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

/// A number as languages tell them apart.
enum NumberKind {
  /// Its decimal digits, with a sign when it is negative.
  case integer(String)
  /// A finite number that is written with a point or an exponent, as it is written.
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

  /// Whether the double nearest to an integer is that integer.
  static func isExactDouble(_ digits: String) -> Bool {
    guard let double = Double(digits), let value = Int128(digits) else { return false }
    return Int128(exactly: double) == value
  }
}
