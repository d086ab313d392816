import JSONCore
import JupyterProtocol
import NotebookDocument

/// The outputs of one run of a cell, as they arrive.
///
/// The stream that can still grow is a text; all other outputs are packed in the notebook's format.
struct CellOutputs: Sendable {
  /// All outputs except a last one that is a stream and can grow.
  private var packed: PackedOutputs

  /// The last output if it is a stream: more text may follow.
  private(set) var growing: (name: String, text: TerminalText)?

  /// The name of the last packed output's stream if more of its text may follow.
  private var settledStream: String?

  /// The outputs as they are now; nil until requested.
  private var state: PackedOutputs?

  /// The indices of errors among the packed outputs.
  private var errorPlaces: [Int] = []

  /// The number of clears, which invalidates earlier indices.
  private(set) var generation = 0

  private var clearsBeforeNext = false

  /// The maximum number of bytes to keep; nil for all.
  private let limit: Int?
  /// The number of bytes so far, counted only with a limit.
  private var size = 0
  /// What was truncated, if anything.
  private(set) var cut: OutputCut?

  /// Creates an empty list of outputs.
  ///
  /// - Parameters:
  ///   - limit: the maximum number of bytes to keep.
  ///   - empty: an empty list in the style to pack the outputs in.
  init(limit: Int? = nil, packedLike empty: PackedOutputs = PackedOutputs()) {
    self.limit = limit
    packed = empty
  }

  /// Creates the list from the outputs of a notebook or a widget; skips invalid ones.
  init(_ outputs: [JSONValue]) {
    self.init()
    for object in outputs.compactMap(\.object) {
      if object["output_type"] == "stream", let name = object["name"]?.string,
        let text = object["text"]?.string
      {
        append(stream: name, text)
      } else {
        _ = append(object)
      }
    }
  }

  /// The number of outputs.
  var count: Int { packed.count + (growing == nil ? 0 : 1) }

  // MARK: Streams

  /// Appends text of a stream, to the last output if that has the same stream.
  mutating func append(stream name: String, _ text: String) {
    clearIfDue()
    state = nil
    guard let limit else {
      grow(name, text)
      // Moved out while it changes, so that its bytes are not copied.
      guard var present = growing.take() else { return }
      present.text.handOver { packed.appendPart(ofStream: name, $0) }
      growing = present
      return
    }
    if cut != nil {
      cut?.bytes += text.utf8.count
      return
    }
    let before = growing?.name == name ? growing?.text.count ?? 0 : 0
    grow(name, text)
    size += (growing?.text.count ?? 0) - before
    if size > limit {
      let excess = size - limit
      growing?.text.removeLast(bytes: excess)
      if growing?.text.count == 0 { growing = nil }
      size = limit
      cut = OutputCut(bytes: excess, place: count)
    }
  }

  private mutating func grow(_ name: String, _ text: String) {
    if growing?.name != name { settle() }
    var present = growing.take()?.text ?? reopened(name) ?? TerminalText()
    settledStream = nil
    present.append(text)
    growing = (name, present)
  }

  /// Removes the last packed output, to append more text to it, and returns its text; nil if it is
  /// not a stream with this name.
  private mutating func reopened(_ name: String) -> TerminalText? {
    guard settledStream == name, let last = packed[packed.count - 1]["text"]?.string else {
      return nil
    }
    packed.removeAll(from: packed.count - 1)
    var text = TerminalText()
    text.append(last)
    return text
  }

  /// Packs the last stream when the cell is finished: more text seldom follows, and storing it
  /// twice is wasteful.
  ///
  /// Skipped if the cursor is not at the end of the text: only the screen knows where more text
  /// belongs.
  mutating func finish() {
    guard limit == nil, growing?.text.isAtEnd == true, let name = growing?.name else { return }
    if let state {
      packed = state
      growing = nil
    } else {
      settle()
      packed.endStream()
    }
    settledStream = name
  }

  /// Packs the growing stream before another output.
  private mutating func settle() {
    if case (let name, var text)? = growing.take() {
      packed.appendLast(ofStream: name, text.takeText())
    }
  }

  // MARK: Other outputs

  /// Appends an output that is not a stream.
  ///
  /// - Returns: its index; nil when it was left out because of the limit.
  mutating func append(_ output: JSONObject) -> Int? {
    clearIfDue()
    state = nil
    let isError = output["output_type"] == "error"
    if let limit, !isError {
      let bytes = CellOutputs.size(of: output)
      if cut != nil || size + bytes > limit {
        cut = cut ?? OutputCut(place: count)
        cut?.bytes += bytes
        return nil
      }
      size += bytes
    }
    settle()
    settledStream = nil
    if isError { errorPlaces.append(packed.count) }
    packed.append(.object(output))
    return packed.count - 1
  }

  /// The size of an output for the limit.
  static func size(of output: JSONObject) -> Int {
    [output["data"], output["metadata"]].reduce(0) { $0 + ($1?.serialized().count ?? 0) }
  }

  /// Replaces an output by an update of it, if it has not been cleared.
  mutating func update(_ place: Int, generation: Int, _ output: JSONObject) -> Bool {
    guard generation == self.generation, place < packed.count else { return false }
    if let limit {
      let before = packed[place].object.map(CellOutputs.size) ?? 0
      let change = CellOutputs.size(of: output) - before
      // An update that would exceed the limit is not applied, and counts as truncated.
      guard size + change <= limit || change <= 0 else {
        state = nil
        cut = cut ?? OutputCut(place: count)
        cut?.bytes += change
        return true
      }
      size += change
    }
    state = nil
    packed.replace(at: place, with: .object(output))
    return true
  }

  // MARK: Clearing

  /// Clears the outputs, immediately or before the next one.
  mutating func clear(wait: Bool) {
    clearsBeforeNext = wait
    if wait { return }
    packed.removeAll()
    (growing, settledStream, state) = (nil, nil, nil)
    errorPlaces = []
    generation += 1
    size = 0
    cut = nil
  }

  private mutating func clearIfDue() {
    if clearsBeforeNext { clear(wait: false) }
  }

  // MARK: The limit

  /// Returns all outputs, to be stored in a file, if adding that many bytes exceeds the limit.
  func outputs(beforeAdding bytes: Int) -> [JSONValue] {
    guard let limit, cut == nil, !clearsBeforeNext, size + bytes > limit else { return [] }
    return json
  }

  /// Sets where the complete outputs are stored.
  mutating func setWhereabouts(_ text: String?) {
    state = nil
    cut?.whereabouts = text
  }

  // MARK: Reading

  /// The outputs in the notebook's format.
  ///
  /// Cached until they change, so that a long text is not serialized again for each caller.
  mutating func current() -> PackedOutputs {
    let outputs = state ?? outputs
    state = outputs
    return outputs
  }

  /// The outputs in the notebook's format, with a mark for truncated ones.
  var outputs: PackedOutputs {
    var all = self
    all.settle()
    guard let cut, let limit else {
      all.packed.endStream()
      return all.packed
    }
    // Only errors are kept after the truncation.
    let rest = (cut.place..<all.packed.count).map { all.packed[$0] }
    all.packed.removeAll(from: cut.place)
    all.packed.append(cut.mark(limit: limit))
    for output in rest { all.packed.append(output) }
    return all.packed
  }

  /// The outputs as JSON values with unsplit texts, and a mark for truncated ones.
  var json: [JSONValue] { outputs.values }

  /// Whether they include an error.
  var hasError: Bool { !errorPlaces.isEmpty }

  /// The last error.
  var error: ErrorContent? { errorPlaces.last.map { ErrorContent(packed[$0]) } }

  /// All errors among them.
  var errors: [ErrorContent] { errorPlaces.map { ErrorContent(packed[$0]) } }
}
