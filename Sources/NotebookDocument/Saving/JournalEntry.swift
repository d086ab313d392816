import JSONCore

/// A line of the journal: what has changed in a cell since the line before that tells of it.
struct JournalEntry {
  var cell: RecordedCell
  /// How many of the outputs told so far are kept.
  var keptOutputs: Int
  /// What is added to the text of the last kept output, a stream.
  var addedText: JSONString?

  /// Gives the line that leads from an earlier state of a cell to a later one, without its end.
  ///
  /// - Parameters:
  ///   - cell: the later state without its outputs.
  ///   - outputs: those.
  ///   - earlier: the outputs of the earlier state.
  ///   - take: gets the line piece by piece, as it may be long.
  static func write<Failure>(
    _ cell: RecordedCell, _ outputs: PackedOutputs, since earlier: PackedOutputs?,
    _ take: (ArraySlice<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    var kept = earlier?.commonCount(with: outputs) ?? 0
    var added: ArraySlice<UInt8>?
    if let earlier, kept < min(earlier.count, outputs.count) {
      added = outputs.added(at: kept, since: earlier)
      if added != nil { kept += 1 }
    }
    var object: JSONObject = ["cell": .init(cell.place), "keep": .init(kept)]
    if let id = cell.id { object["id"] = .init(id) }
    object["source"] = .init(cell.source)
    object["execution_count"] = cell.executionCount.map { .init($0) } ?? .null
    if let execution = cell.execution { object["execution"] = execution }
    var text: [UInt8] = []
    JSONValue.object(object).append(to: &text, style: .compact)
    try take(text.dropLast())
    if let added {
      try take(Array(",\"text\":\"".utf8)[...])
      try take(added)
      try take([UInt8(ascii: "\"")])
    }
    try take(Array(",\"outputs\":[".utf8)[...])
    var compactor = JSONCompactor()
    for piece in outputs.pieces(from: kept) {
      text.removeAll(keepingCapacity: true)
      piece.withUnsafeBytes { compactor.append($0, to: &text) }
      try take(text[...])
    }
    try take(Array("]}".utf8)[...])
  }

  /// Reads a line; nil for one that is none.
  init?(_ json: JSONValue) {
    guard let place = json["cell"]?.int, place >= 0, let keep = json["keep"]?.int, keep >= 0,
      let source = json["source"]?.string, let outputs = json["outputs"]?.array
    else { return nil }
    cell = RecordedCell(
      place: place, id: json["id"]?.string, source: source,
      outputs: outputs.map(NotebookOutput.rejoined),
      executionCount: json["execution_count"]?.int, execution: json["execution"])
    keptOutputs = keep
    if case .string(let text)? = json["text"] { addedText = text }
  }

  /// Changes the state of a cell to that after this line.
  ///
  /// - Parameter state: the state before, which nobody else should hold: it is changed in place.
  /// - Returns: false when the lines do not fit together; then nothing is changed.
  func apply(to state: inout RecordedCell?) -> Bool {
    let count = state?.outputs.count ?? 0
    guard keptOutputs <= count else { return false }
    if addedText != nil {
      guard keptOutputs > 0, case .string? = state?.outputs[keptOutputs - 1]["text"] else {
        return false
      }
    }
    var outputs = state.take()?.outputs ?? []
    outputs.removeSubrange(keptOutputs...)
    if let addedText {
      outputs[keptOutputs - 1].updateObject { output in
        output.update("text") { text in
          guard case .string(var whole) = text else { return }
          text = .null  // So that there is one owner only.
          whole.append(addedText)
          text = .string(whole)
        }
      }
    }
    outputs += cell.outputs
    state = cell
    state?.outputs = outputs
    return true
  }
}
