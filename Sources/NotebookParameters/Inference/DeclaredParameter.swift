/// A parameter that a notebook's cell of parameters declares.
public struct DeclaredParameter: Sendable, Hashable {
  /// Its name.
  public var name: String
  /// Its type: what an annotation or a type comment says, else what the default is a literal of;
  /// nil when neither tells.
  public var type: String?
  /// Its default, as it is written, on one line; empty when there is none.
  public var defaultValue: String
  /// What the comment beside it says; empty when there is none.
  public var help: String

  /// A parameter.
  public init(name: String, type: String? = nil, defaultValue: String = "", help: String = "") {
    self.name = name
    self.type = type
    self.defaultValue = defaultValue
    self.help = help
  }
}

/// What can be told of declarations in any language.
enum Declarations {
  /// Whether a text seems to give a value to a name: the name as a whole word, and then `=`.
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

  /// Whether a text has a name as a whole word.
  static func mentions(_ name: String, in source: String) -> Bool {
    !places(of: name, in: source).isEmpty
  }

  /// The ends of a name's places as a whole word.
  private static func places(of name: String, in source: String) -> [String.Index] {
    guard !name.isEmpty else { return [] }
    var places: [String.Index] = []
    var index = source.startIndex
    while index < source.endIndex {
      let start = index
      let word = source[start...].prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
      index = word.isEmpty ? source.index(after: start) : word.endIndex
      // A dot is part of a name in R, and stands before or after one elsewhere.
      if word == name || word.split(separator: ".").contains(where: { $0 == name }) {
        places.append(word.endIndex)
      }
    }
    return places
  }
}
