import JSONCore

extension NotebookDocument {
  /// Sets the text of a cell, written as lines or as one text like the others in the file.
  ///
  /// - Parameters:
  ///   - source: the complete text.
  ///   - place: the cell's place, from 0 and below ``cellCount``.
  public mutating func setSource(_ source: String, at place: Int) {
    let value = JSONValue(source)
    if case .original = slots[place], style.splitsLines {
      setCellMember("source", to: MultilineText.split(value), at: place)
    } else {
      setCellMember("source", to: value, at: place)
    }
  }
}
