/// The names of files in Elyra's folders.
package enum MetadataName {
  /// The name that Elyra gives to a file, from the name that people see; nil if nothing is left of it.
  package static func derived(from displayName: String) -> String? {
    var name = ""
    var isBlank = false
    for scalar in displayName.lowercased().unicodeScalars {
      if scalar.properties.isWhitespace {
        if !isBlank { name += "_" }
        isBlank = true
        continue
      }
      isBlank = false
      if isAllowed(scalar) { name.unicodeScalars.append(scalar) }
    }
    guard let first = name.unicodeScalars.first, let last = name.unicodeScalars.last else {
      return nil
    }
    if !("a"..."z").contains(first) { name = "a_" + name }
    if last == "-" || last == "_" { name += "_0" }
    return name
  }

  /// Whether Elyra accepts a name.
  package static func isValid(_ name: String) -> Bool {
    guard let first = name.unicodeScalars.first, let last = name.unicodeScalars.last else {
      return false
    }
    return ("a"..."z").contains(first) && last != "-" && last != "_"
      && name.unicodeScalars.allSatisfy(isAllowed)
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "-" || scalar == "_"
  }
}
