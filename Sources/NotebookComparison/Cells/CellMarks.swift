package import NotebookDocument

/// What the comments and tags of a cell ask of a test, as nbval reads them.
///
/// A comment is a line that holds only the mark, such as `# NBVAL_IGNORE_OUTPUT`; the comment signs
/// of other languages work too. Comments take precedence over tags.
package struct CellMarks: Sendable, Hashable {
  /// Whether to compare the outputs of the cell; nil if no mark says so.
  package private(set) var comparesOutputs: Bool?
  /// Whether the cell may fail.
  package private(set) var allowsErrors = false
  /// Whether not to run the cell.
  package private(set) var isSkipped = false
  /// The marks that contradict an earlier one, in words; the later one applies.
  package private(set) var conflicts: [String] = []

  private enum Mark: String, CaseIterable {
    case ignore = "NBVAL_IGNORE_OUTPUT"
    case oldIgnore = "PYTEST_VALIDATE_IGNORE_OUTPUT"
    case check = "NBVAL_CHECK_OUTPUT"
    case raises = "NBVAL_RAISES_EXCEPTION"
    case skip = "NBVAL_SKIP"

    var tag: String {
      String(rawValue.lowercased().map { $0 == "_" ? "-" : $0 })
    }
  }

  private static let tags = Dictionary(uniqueKeysWithValues: Mark.allCases.map { ($0.tag, $0) })

  /// Reads the marks of a cell.
  package init(_ cell: NotebookCell) {
    for tag in cell.tags {
      if let mark = CellMarks.tags[tag] { take(mark, tag) }
      if tag == "raises-exception" { allowsErrors = true }
    }
    // A comment replaces what a tag says, which is no conflict.
    let checkOfTags = comparesOutputs
    comparesOutputs = nil
    if cell.source.utf8.contains(UInt8(ascii: "_")) {
      for line in cell.source.split(whereSeparator: \.isNewline) {
        if let mark = CellMarks.mark(line) { take(mark, mark.rawValue) }
      }
    }
    comparesOutputs = comparesOutputs ?? checkOfTags
  }

  private static func mark(_ line: Substring) -> Mark? {
    let text = line.drop(while: \.isWhitespace)
    let comment = text.drop { "#/%;-!".contains($0) }
    guard comment.startIndex > text.startIndex else { return nil }
    let words = comment.split(whereSeparator: \.isWhitespace)
    return words.count == 1 ? Mark(rawValue: String(words[0])) : nil
  }

  private mutating func take(_ mark: Mark, _ name: String) {
    switch mark {
    case .ignore, .oldIgnore: check(false, name)
    case .check: check(true, name)
    case .raises: allowsErrors = true
    case .skip: isSkipped = true
    }
  }

  private mutating func check(_ compares: Bool, _ name: String) {
    if let comparesOutputs, comparesOutputs != compares {
      conflicts.append("'\(name)' contradicts an earlier mark of the cell; the later one applies")
    }
    comparesOutputs = compares
  }
}
