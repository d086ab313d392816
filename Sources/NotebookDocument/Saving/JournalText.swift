import JSONCore

/// The content of a journal.
struct JournalText {
  /// The last recorded state of each cell in it, in the order of the notebook.
  var cells: [RecordedCell] = []
  /// The signature of the notebook's file when the journal was started.
  var signature: JSONValue?
  /// Whether a part of it cannot be read.
  var isDamaged = false

  /// Why none of it can be read.
  enum Failure: Error {
    /// It does not begin like a journal.
    case damaged
    /// Its format version is not supported.
    case unknownVersion
    /// It is not the expected journal.
    case foreign
  }

  /// Reads a text whose last line may be truncated.
  ///
  /// - Parameter token: the token that its first line must contain; nil if unknown.
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
      // Removed and put back, so that its outputs are changed in place.
      var state = states.removeValue(forKey: entry.cell.place)
      isDamaged = !entry.apply(to: &state)
      states[entry.cell.place] = state
      if isDamaged { break }
    }
    if isFirst {
      // It was truncated in its first line, or is not a journal.
      let beginning = Array("{\"lyre_journal\":".utf8)
      guard text.starts(with: beginning) || beginning.starts(with: text) else { throw .damaged }
    }
    cells = states.values.sorted { $0.place < $1.place }
  }
}
