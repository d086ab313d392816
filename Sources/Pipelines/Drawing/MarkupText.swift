/// Texts as XML and HTML have them.
package enum MarkupText {
  /// Where a text is put.
  package enum Place: Sendable {
    /// In a page of HTML.
    case html
    /// In a document of XML that is read by programs, where line breaks in attributes count.
    case xml
    /// In a picture.
    case svg
  }

  /// The text with what the language takes for its own written differently; characters that no
  /// document may hold are left out.
  package static func escaped(_ text: String, in place: Place) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'" where place == .html: result += "&#39;"
      case "\n" where place == .xml: result += "&#10;"
      case "\t" where place == .xml: result += "&#9;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      case _ where !isAllowed(scalar.value, in: place): break
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func isAllowed(_ value: UInt32, in place: Place) -> Bool {
    switch value {
    case 0..<0x20, 0xFFFE, 0xFFFF: false
    case 0x7F: place != .html
    default: true
    }
  }
}
