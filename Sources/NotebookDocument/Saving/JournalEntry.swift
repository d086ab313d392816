import JSONCore

/// A line of the journal: the changes to a cell since the previous line about it.
struct JournalEntry {
  var cell: RecordedCell
  /// How many of the outputs recorded so far are kept.
  var keptOutputs: Int
  /// The text added to the last kept output, a stream.
  var addedText: JSONString?

  /// Writes the line with the difference between two states of a cell, without a line ending.
  ///
  /// - Parameters:
  ///   - cell: the later state without its outputs.
  ///   - outputs: the outputs of the later state.
  ///   - earlier: the outputs of the earlier state.
  ///   - take: receives the line in pieces, because it may be long.
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

  /// Reads a line; nil if it is not a valid entry.
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

  /// Applies this line to the state of a cell.
  ///
  /// - Parameter state: the state before; it is changed in place, so no other reference should
  ///   exist.
  /// - Returns: false if the line does not match the state; then nothing is changed.
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
          text = .null  // Leaves a single owner.
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
