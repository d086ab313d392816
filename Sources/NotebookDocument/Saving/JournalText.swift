import JSONCore

/// What the text of a journal says.
struct JournalText {
  /// The last state of each cell that it has lines of, in the order of the notebook.
  var cells: [RecordedCell] = []
  /// What the notebook's file looked like when the journal was begun.
  var signature: JSONValue?
  /// Whether there is more in it that cannot be read.
  var isDamaged = false

  /// Why nothing can be read of it.
  enum Failure: Error {
    /// It does not begin as a journal does.
    case damaged
    /// It is of another version of the format.
    case unknownVersion
    /// It is not the journal that was expected.
    case foreign
  }

  /// Reads a text whose last line may be cut off.
  ///
  /// - Parameter token: what its first line must say; nil where that is not known.
  init(_ text: [UInt8], token: String?) throws(Failure) {
    var states: [Int: RecordedCell] = [:]
    var start = text.startIndex
    var isFirst = true
    while let end = text[start...].firstIndex(of: 0x0A) {
      let line = Array(text[start..<end])
      start = end + 1
      let json = try? JSONValue(parsing: line)
      if isFirst {
        isFirst = false
        guard let json, let version = json["lyre_journal"] else { throw .damaged }
        guard version.int == 1 else { throw .unknownVersion }
        if let token, json["token"]?.string != token { throw .foreign }
        signature = json["file"]
        continue
      }
      guard let json, let entry = JournalEntry(json) else {
        isDamaged = true
        break
      }
      // Taken out and put back: its outputs are changed in place.
      var state = states.removeValue(forKey: entry.cell.place)
      isDamaged = !entry.apply(to: &state)
      states[entry.cell.place] = state
      if isDamaged { break }
    }
    if isFirst {
      // It was cut off in its first line, or is not one.
      let beginning = Array("{\"lyre_journal\":".utf8)
      guard text.starts(with: beginning) || beginning.starts(with: text) else { throw .damaged }
    }
    cells = states.values.sorted { $0.place < $1.place }
  }
}
