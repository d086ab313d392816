/// An element of an XML document: its name without prefix, its text and the elements in it.
struct XMLElement: Sendable, Hashable {
  var name: String
  var text = ""
  var children: [XMLElement] = []

  /// The first child with this name.
  subscript(name: String) -> XMLElement? { children.first { $0.name == name } }

  /// The text of the first child with this name.
  func text(_ name: String) -> String? { self[name]?.text }

  /// All children with this name, in order.
  func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

  /// A text as it stands in a document; nil if XML cannot have it: most control characters have no
  /// form in it.
  static func escaped(_ text: String) -> String? {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\"": result += "&quot;"
      // Readers turn these into line feeds or spaces.
      case "\r": result += "&#13;"
      case "\n": result += "&#10;"
      case "\t": result += "&#9;"
      case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": return nil
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
