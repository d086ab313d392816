import JSONCore

/// A line of the journal: what has changed in a cell since the line before that tells of it.
struct JournalEntry {
  var cell: RecordedCell
  /// How many of the outputs told so far are kept.
  var keptOutputs: Int
  /// What is added to the text of the last kept output, a stream.
  var addedText: JSONString?

  /// What leads from an earlier state of a cell to a later one.
  init(from earlier: [JSONValue], to cell: RecordedCell) {
    self.cell = cell
    let pairs = zip(earlier, cell.outputs)
    var same = 0
    for (old, new) in pairs {
      guard old == new else { break }
      same += 1
    }
    keptOutputs = same
    if same < min(earlier.count, cell.outputs.count),
      let added = RecordedCell.added(to: earlier[same], in: cell.outputs[same])
    {
      keptOutputs = same + 1
      addedText = added
    }
    self.cell.outputs = Array(cell.outputs[keptOutputs...])
  }

  /// The line, without its end.
  var json: JSONValue {
    var object: JSONObject = ["cell": .init(cell.place), "keep": .init(keptOutputs)]
    if let id = cell.id { object["id"] = .init(id) }
    object["source"] = .init(cell.source)
    object["execution_count"] = cell.executionCount.map { .init($0) } ?? .null
    if let execution = cell.execution { object["execution"] = execution }
    if let addedText { object["text"] = .string(addedText) }
    object["outputs"] = .array(cell.outputs)
    return .object(object)
  }

  /// Reads a line; nil for one that is none.
  init?(_ json: JSONValue) {
    guard let place = json["cell"]?.int, place >= 0, let keep = json["keep"]?.int, keep >= 0,
      let source = json["source"]?.string, let outputs = json["outputs"]?.array
    else { return nil }
    cell = RecordedCell(
      place: place, id: json["id"]?.string, source: source, outputs: outputs,
      executionCount: json["execution_count"]?.int, execution: json["execution"])
    keptOutputs = keep
    if case .string(let text)? = json["text"] { addedText = text }
  }

  /// The state of a cell after this line; nil when the lines do not fit together.
  func applied(to earlier: [JSONValue]) -> RecordedCell? {
    guard keptOutputs <= earlier.count else { return nil }
    var result = cell
    var outputs = Array(earlier[..<keptOutputs])
    if let addedText {
      guard var last = outputs.popLast()?.object, case .string(let text)? = last["text"] else {
        return nil
      }
      last["text"] = .string(text.appending(addedText))
      outputs.append(.object(last))
    }
    result.outputs = outputs + cell.outputs
    return result
  }
}
