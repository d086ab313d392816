import JSONCore

extension NotebookDocument {
  /// Sets the text of a cell, as lines or as one text, as the file has the texts of its cells.
  ///
  /// - Parameters:
  ///   - source: the text, whole.
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
