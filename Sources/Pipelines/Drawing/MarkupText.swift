/// Escapes texts for XML and HTML.
package enum MarkupText {
  /// The kind of document.
  package enum Place: Sendable {
    /// In a page of HTML.
    case html
    /// In an XML document for programs, where line breaks in attributes matter.
    case xml
    /// In an SVG image.
    case svg
  }

  /// Escapes a text; characters that are not allowed in any document are removed.
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
