/// A parameter declared in a notebook's parameters cell.
public struct DeclaredParameter: Sendable, Hashable {
  /// Its name.
  public var name: String
  /// Its type: from an annotation or a type comment, else the type of a literal default; nil if
  /// unknown.
  public var type: String?
  /// Its default as in the source, on one line; empty if there is none.
  public var defaultValue: String
  /// The text of the comment beside it; empty if there is none.
  public var help: String

  /// Creates a parameter.
  public init(name: String, type: String? = nil, defaultValue: String = "", help: String = "") {
    self.name = name
    self.type = type
    self.defaultValue = defaultValue
    self.help = help
  }
}

/// Detects declarations in any language.
enum Declarations {
  /// Whether a text appears to assign a value to a name: the name as a whole word, followed by `=`.
  static func assigns(_ name: String, in source: String) -> Bool {
    places(of: name, in: source).contains { end in
      let rest = source[end...].drop { $0 == " " || $0 == "\t" }
      return rest.first == "=" && !rest.hasPrefix("==")
    }
  }

  /// Whether a text declares a name with `const`.
  static func isConstant(_ name: String, in source: String) -> Bool {
    let words = source.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "$") }
    return zip(words, words.dropFirst()).contains { $0 == "const" && $1 == name }
  }

  /// Whether a text contains a name as a whole word.
  static func mentions(_ name: String, in source: String) -> Bool {
    !places(of: name, in: source).isEmpty
  }

  /// The ends of a name's occurrences as a whole word.
  private static func places(of name: String, in source: String) -> [String.Index] {
    guard !name.isEmpty else { return [] }
    var places: [String.Index] = []
    var index = source.startIndex
    while index < source.endIndex {
      let start = index
      let word = source[start...].prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
      index = word.isEmpty ? source.index(after: start) : word.endIndex
      // A dot is part of a name in R, and comes before or after one elsewhere.
      if word == name || word.split(separator: ".").contains(where: { $0 == name }) {
        places.append(word.endIndex)
      }
    }
    return places
  }
}
