import JSONCore
import JupyterProtocol
import NotebookDocument

/// The outputs of one run of a cell, as they come.
///
/// What can still grow is a text; all else is packed, as the notebook's file will have it.
struct CellOutputs: Sendable {
  /// All but the last output, where that is a stream that can grow.
  private var packed: PackedOutputs

  /// The last output, where it is a stream: more of its text may come.
  private(set) var growing: (name: String, text: TerminalText)?

  /// The name of the stream that the last packed output is, where more of its text may still come.
  private var settledStream: String?

  /// The outputs as they are now, once somebody has asked for them.
  private var state: PackedOutputs?

  /// Where errors are among the packed outputs.
  private var errorPlaces: [Int] = []

  /// Counts how often the outputs were cleared, so that a place among them can be told to be gone.
  private(set) var generation = 0

  private var clearsBeforeNext = false

  /// How many bytes are kept; nil for all.
  private let limit: Int?
  /// How many bytes there are, as far as there is a limit.
  private var size = 0
  /// What was cut, once something was.
  private(set) var cut: OutputCut?

  /// No outputs.
  ///
  /// - Parameters:
  ///   - limit: so many bytes of them are kept.
  ///   - empty: none, in the style in which they are packed.
  init(limit: Int? = nil, packedLike empty: PackedOutputs = PackedOutputs()) {
    self.limit = limit
    packed = empty
  }

  /// Outputs that a notebook, or a widget, has already; what is no output is left out.
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

  /// How many there are.
  var count: Int { packed.count + (growing == nil ? 0 : 1) }

  // MARK: Streams

  /// Appends text of a stream; to the last output where that is of the same stream.
  mutating func append(stream name: String, _ text: String) {
    clearIfDue()
    state = nil
    guard let limit else {
      grow(name, text)
      // Taken out while it changes, so that its bytes are not copied.
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

  /// The text of the last packed output, taken out of there, where more of it comes; nil where that
  /// is no stream of the name.
  private mutating func reopened(_ name: String) -> TerminalText? {
    guard settledStream == name, let last = packed[packed.count - 1]["text"]?.string else {
      return nil
    }
    packed.removeAll(from: packed.count - 1)
    var text = TerminalText()
    text.append(last)
    return text
  }

  /// The cell is done: what it has printed is most often all, and its text is not needed twice.
  ///
  /// Not where more of it would go elsewhere than to the end of the text: only the screen knows where.
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

  /// Another output follows: the stream before it does not grow any more.
  private mutating func settle() {
    if case (let name, var text)? = growing.take() {
      packed.appendLast(ofStream: name, text.takeText())
    }
  }

  // MARK: Other outputs

  /// Appends another output.
  ///
  /// - Returns: its place; nil when it was cut.
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

  /// What an output counts for a limit.
  static func size(of output: JSONObject) -> Int {
    [output["data"], output["metadata"]].reduce(0) { $0 + ($1?.serialized().count ?? 0) }
  }

  /// Replaces an output by another state of it, where it is still there.
  mutating func update(_ place: Int, generation: Int, _ output: JSONObject) -> Bool {
    guard generation == self.generation, place < packed.count else { return false }
    if let limit {
      let before = packed[place].object.map(CellOutputs.size) ?? 0
      let change = CellOutputs.size(of: output) - before
      // One that would grow too far stays as it is; it is told with what was cut.
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

  /// Clears the outputs, at once or before the next one.
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

  /// What has to be kept elsewhere if that many bytes more are too much: all that there is now.
  func outputs(beforeAdding bytes: Int) -> [JSONValue] {
    guard let limit, cut == nil, !clearsBeforeNext, size + bytes > limit else { return [] }
    return json
  }

  /// Says where the whole is.
  mutating func setWhereabouts(_ text: String?) {
    state = nil
    cut?.whereabouts = text
  }

  // MARK: Reading

  /// The outputs as they go into the notebook.
  ///
  /// Kept until something changes: a long text is not to be written again for each who asks.
  mutating func current() -> PackedOutputs {
    let outputs = state ?? outputs
    state = outputs
    return outputs
  }

  /// The outputs as they go into the notebook; a mark says what was cut.
  var outputs: PackedOutputs {
    var all = self
    all.settle()
    guard let cut, let limit else {
      all.packed.endStream()
      return all.packed
    }
    // Only errors come after it.
    let rest = (cut.place..<all.packed.count).map { all.packed[$0] }
    all.packed.removeAll(from: cut.place)
    all.packed.append(cut.mark(limit: limit))
    for output in rest { all.packed.append(output) }
    return all.packed
  }

  /// The outputs as values, texts whole; a mark says what was cut.
  var json: [JSONValue] { outputs.values }

  /// The last error among them.
  var hasError: Bool { !errorPlaces.isEmpty }

  /// The last error.
  var error: ErrorContent? { errorPlaces.last.map { ErrorContent(packed[$0]) } }

  /// All errors among them.
  var errors: [ErrorContent] { errorPlaces.map { ErrorContent(packed[$0]) } }
}
