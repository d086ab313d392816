/// A line of a difference in unified format, without its first character.
package struct DiffLine: Sendable, Hashable {
  /// The kind of a line.
  package enum Kind: String, Sendable, Hashable {
    /// The place of the lines that follow: `@@ -1,4 +1,4 @@`.
    case place = "@@"
    /// The same on both sides.
    case context = " "
    /// Only among the stored outputs.
    case stored = "-"
    /// Only among the new outputs.
    case new = "+"
    /// A remark, such as on lines that are left out.
    case remark = "\\"
  }

  /// The kind.
  package var kind: Kind
  /// The text of the line without its line ending.
  package var text: String

  /// Creates a line.
  package init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }

  /// The line as in a file of differences.
  package var unified: String {
    switch kind {
    case .place: text
    case .remark: "\\ \(text)"
    default: kind.rawValue + text
    }
  }
}
