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
    var states: [Int: State] = [:]
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
      guard let json, let entry = JournalEntry(json),
        states[entry.cell.place, default: State(entry.cell)].take(entry)
      else {
        isDamaged = true
        break
      }
    }
    if isFirst {
      // It was cut off in its first line, or is not one.
      let beginning = Array("{\"lyre_journal\":".utf8)
      guard text.starts(with: beginning) || beginning.starts(with: text) else { throw .damaged }
    }
    cells = states.values.filter(\.isKnown).map(\.settled).sorted { $0.place < $1.place }
  }

  /// A cell while lines of it are read.
  ///
  /// A stream grows by a line for each save: its text is put together once, not with each line.
  private struct State {
    private var cell: RecordedCell
    /// What is added to the text of the last output.
    private var added: [JSONString] = []
    /// Whether a line of it was read.
    private(set) var isKnown = false

    /// A cell without outputs.
    init(_ cell: RecordedCell) {
      self.cell = cell
      self.cell.outputs = []
    }

    /// Takes the next line.
    ///
    /// - Returns: false when it does not fit what is there.
    mutating func take(_ entry: JournalEntry) -> Bool {
      if let text = entry.addedText, entry.cell.outputs.isEmpty,
        entry.keptOutputs == cell.outputs.count, case .string? = cell.outputs.last?["text"]
      {
        let outputs = cell.outputs
        cell = entry.cell
        cell.outputs = outputs
        added.append(text)
      } else {
        guard let next = entry.applied(to: settled.outputs) else { return false }
        (cell, added) = (next, [])
      }
      isKnown = true
      return true
    }

    /// The cell with all that was added.
    var settled: RecordedCell {
      guard !added.isEmpty, var last = cell.outputs.last?.object,
        case .string(let text)? = last["text"]
      else { return cell }
      var bytes: [UInt8] = []
      for part in [text] + added { part.withUTF8 { bytes.append(contentsOf: $0) } }
      last["text"] = .string(JSONString(slice: bytes[...]))
      var result = cell
      result.outputs[result.outputs.count - 1] = .object(last)
      return result
    }
  }
}
