/// Which names a language lets a variable have.
struct NameRule: Sendable {
  /// ASCII characters that may stand first beside letters.
  var first = "_"
  /// ASCII characters that may follow beside letters, digits and those of ``first``.
  var following = ""
  /// Whether letters beyond ASCII are allowed.
  var allowsUnicode = true
  /// Whether a digit may stand first.
  var mayStartWithDigit = false
  /// Words that are no names.
  var reserved: Set<String>
  /// Whether the case of a reserved word matters.
  var isCaseSensitive = true
  /// Whether a dot stands for something when a digit or only dots and digits follow it: in R.
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

  /// Whether that is a name, reserved or not.
  func isIdentifier(_ name: String) -> Bool {
    guard let start = name.unicodeScalars.first else { return false }
    // Numbers (.5) and R's own ..., ..1
    if hasDots, name.hasPrefix("."), name.dropFirst().first.map({ "0"..."9" ~= $0 }) ?? false {
      return false
    }
    return isFirst(start) && name.unicodeScalars.dropFirst().allSatisfy(isFollowing)
  }

  /// Whether the language keeps the word for itself.
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
