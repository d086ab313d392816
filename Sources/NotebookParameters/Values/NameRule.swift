/// The rule for a language's variable names.
struct NameRule: Sendable {
  /// ASCII characters other than letters that are allowed at the start.
  var first = "_"
  /// ASCII characters that are allowed after the start, besides letters, digits and those of
  /// ``first``.
  var following = ""
  /// Whether non-ASCII letters are allowed.
  var allowsUnicode = true
  /// Whether a name may start with a digit.
  var mayStartWithDigit = false
  /// Words that cannot be used as names.
  var reserved: Set<String>
  /// Whether reserved words are case-sensitive.
  var isCaseSensitive = true
  /// Whether a name may start with a dot, as in R; a dot before a digit, or only dots and digits,
  /// has another meaning there.
  var hasDots: Bool { first.contains(".") }

  init(
    reserved: String, first: String = "_", following: String = "", allowsUnicode: Bool = true,
    mayStartWithDigit: Bool = false, isCaseSensitive: Bool = true
  ) {
    self.first = first
    self.following = following
    self.allowsUnicode = allowsUnicode
    self.mayStartWithDigit = mayStartWithDigit
    self.isCaseSensitive = isCaseSensitive
    self.reserved = Set(reserved.split(separator: " ").map(String.init))
  }

  /// Whether it is an identifier, reserved or not.
  func isIdentifier(_ name: String) -> Bool {
    guard let start = name.unicodeScalars.first else { return false }
    // Numbers (.5) and R's own ..., ..1
    if hasDots, name.hasPrefix("."), name.dropFirst().first.map({ "0"..."9" ~= $0 }) ?? false {
      return false
    }
    return isFirst(start) && name.unicodeScalars.dropFirst().allSatisfy(isFollowing)
  }

  /// Whether it is a reserved word.
  func isReserved(_ name: String) -> Bool {
    if hasDots, name == "..." || (name.hasPrefix("..") && Int(name.dropFirst(2)) != nil) {
      return true
    }
    return reserved.contains(isCaseSensitive ? name : name.lowercased())
  }

  private func isFirst(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
      return scalar.properties.isAlphabetic || first.unicodeScalars.contains(scalar)
        || (mayStartWithDigit && isDigit(scalar))
    }
    return allowsUnicode && scalar.properties.isXIDStart
  }

  private func isFollowing(_ scalar: Unicode.Scalar) -> Bool {
    isFirst(scalar) || isDigit(scalar) || following.unicodeScalars.contains(scalar)
      || (!scalar.isASCII && allowsUnicode && scalar.properties.isXIDContinue)
  }

  private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
