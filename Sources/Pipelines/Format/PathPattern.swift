/// Patterns of file names, like Python's `fnmatch`: `*`, `?`, `[a-z]` and `[!a-z]`.
///
/// `*` and `?` do not match a `/` here, because patterns are matched against whole paths.
public enum PathPattern {
  /// The characters with a special meaning.
  static let special: Set<Character> = ["*", "?", "["]

  /// Whether a pattern matches a complete path.
  ///
  /// The time is at most proportional to the product of both lengths.
  public static func matches(_ pattern: String, _ path: String) -> Bool {
    let (pattern, path) = (Array(pattern.unicodeScalars), Array(path.unicodeScalars))
    var (inPattern, inPath) = (0, 0)
    var retry: (pattern: Int, path: Int)?
    while inPath < path.count {
      if inPattern < pattern.count, pattern[inPattern] == "*" {
        retry = (inPattern + 1, inPath)
        inPattern += 1
        continue
      }
      if let next = step(pattern, inPattern, path[inPath]) {
        inPattern = next
        inPath += 1
        continue
      }
      guard let (star, start) = retry, path[start] != "/" else { return false }
      retry = (star, start + 1)
      (inPattern, inPath) = (star, start + 1)
    }
    while inPattern < pattern.count, pattern[inPattern] == "*" { inPattern += 1 }
    return inPattern == pattern.count
  }

  /// The index in the pattern after an element that matches one character; nil if it does not
  /// match.
  private static func step(_ pattern: [Unicode.Scalar], _ place: Int, _ scalar: Unicode.Scalar)
    -> Int?
  {
    guard place < pattern.count else { return nil }
    switch pattern[place] {
    case "?": return scalar == "/" ? nil : place + 1
    case "[":
      var end = place + 1
      if end < pattern.count, pattern[end] == "!" { end += 1 }
      if end < pattern.count, pattern[end] == "]" { end += 1 }
      while end < pattern.count, pattern[end] != "]" { end += 1 }
      guard end < pattern.count else { return scalar == "[" ? place + 1 : nil }
      let isNegated = pattern[place + 1] == "!"
      let set = pattern[(place + (isNegated ? 2 : 1))..<end]
      return contains(set, scalar) != isNegated && scalar != "/" ? end + 1 : nil
    case let other: return other == scalar ? place + 1 : nil
    }
  }

  private static func contains(_ set: ArraySlice<Unicode.Scalar>, _ scalar: Unicode.Scalar) -> Bool
  {
    var place = set.startIndex
    while place < set.endIndex {
      if place + 2 < set.endIndex, set[place + 1] == "-" {
        if set[place] <= scalar, scalar <= set[place + 2] { return true }
        place += 3
      } else {
        if set[place] == scalar { return true }
        place += 1
      }
    }
    return false
  }
}
