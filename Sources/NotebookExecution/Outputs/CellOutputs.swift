import JSONCore
import JupyterProtocol

/// The outputs of one run of a cell, as they come.
struct CellOutputs: Sendable {
  /// One output; texts grow in place.
  enum Output: Sendable {
    case stream(name: String, TerminalText)
    case other(JSONObject)
  }

  private(set) var outputs: [Output] = []

  /// Counts how often the outputs were cleared, so that a place among them can be told to be gone.
  private(set) var generation = 0

  private var clearsBeforeNext = false

  /// How many bytes are kept; nil for all.
  private let limit: Int?
  /// How many bytes there are, as far as there is a limit.
  private var size = 0
  /// What was cut, once something was.
  private(set) var cut: Cut?

  /// What is not among the outputs because there were too many bytes.
  struct Cut: Sendable, Hashable {
    /// How many bytes.
    var bytes = 0
    /// Behind how many outputs.
    var place: Int
    /// Where the whole is, as the end of a sentence; nil where it was not kept.
    var whereabouts: String?
  }

  /// No outputs; so many bytes of them are kept.
  init(limit: Int? = nil) {
    self.limit = limit
  }

  /// Outputs that a notebook, or a widget, has already; what is no output is left out.
  init(_ outputs: [JSONValue]) {
    limit = nil
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

  /// Appends text of a stream; to the last output where that is of the same stream.
  mutating func append(stream name: String, _ text: String) {
    clearIfDue()
    guard let limit else { return grow(name, text) }
    if cut != nil {
      cut?.bytes += text.utf8.count
      return
    }
    let before = count(ofLast: name)
    grow(name, text)
    size += count(ofLast: name) - before
    if size > limit {
      let excess = size - limit
      guard let last = outputs.indices.last, case .stream(name, var present) = outputs[last] else {
        return
      }
      present.removeLast(bytes: excess)
      if present.count == 0 {
        outputs.removeLast()
      } else {
        outputs[last] = .stream(name: name, present)
      }
      size = limit
      cut = Cut(bytes: excess, place: outputs.count)
    }
  }

  /// What has to be kept elsewhere if that many bytes more are too much: all that there is now.
  func outputs(beforeAdding bytes: Int) -> [JSONValue] {
    guard let limit, cut == nil, !clearsBeforeNext, size + bytes > limit else { return [] }
    return json
  }

  /// Says where the whole is.
  mutating func setWhereabouts(_ text: String?) {
    cut?.whereabouts = text
  }

  private func count(ofLast name: String) -> Int {
    guard case .stream(name, let text) = outputs.last else { return 0 }
    return text.count
  }

  private mutating func grow(_ name: String, _ text: String) {
    if let last = outputs.indices.last, case .stream(name, var present) = outputs[last] {
      // Taken out while it grows, so that its bytes are not copied.
      outputs[last] = .other([:])
      present.append(text)
      outputs[last] = .stream(name: name, present)
    } else {
      var new = TerminalText()
      new.append(text)
      outputs.append(.stream(name: name, new))
    }
  }

  /// Appends another output.
  ///
  /// - Returns: its place; nil when it was cut.
  mutating func append(_ output: JSONObject) -> Int? {
    clearIfDue()
    if let limit, output["output_type"] != "error" {
      let bytes = CellOutputs.size(of: output)
      if cut != nil || size + bytes > limit {
        var cut = cut ?? Cut(place: outputs.count)
        cut.bytes += bytes
        self.cut = cut
        return nil
      }
      size += bytes
    }
    outputs.append(.other(output))
    return outputs.count - 1
  }

  /// What an output counts for a limit.
  static func size(of output: JSONObject) -> Int {
    [output["data"], output["metadata"]].reduce(0) { $0 + ($1?.serialized().count ?? 0) }
  }

  /// Replaces the data of an output that is still there.
  mutating func update(_ place: Int, generation: Int, _ display: DisplayContent) -> Bool {
    guard generation == self.generation, outputs.indices.contains(place),
      case .other(var object) = outputs[place]
    else { return false }
    let before = limit == nil ? 0 : CellOutputs.size(of: object)
    object["data"] = .object(display.data)
    object["metadata"] = .object(display.metadata)
    if let limit {
      let change = CellOutputs.size(of: object) - before
      // One that would grow too far stays as it is; it is told with what was cut.
      guard size + change <= limit || change <= 0 else {
        var cut = cut ?? Cut(place: outputs.count)
        cut.bytes += change
        self.cut = cut
        return true
      }
      size += change
    }
    outputs[place] = .other(object)
    return true
  }

  /// Clears the outputs, at once or before the next one.
  mutating func clear(wait: Bool) {
    if wait {
      clearsBeforeNext = true
    } else {
      outputs = []
      generation += 1
      clearsBeforeNext = false
      size = 0
      cut = nil
    }
  }

  private mutating func clearIfDue() {
    if clearsBeforeNext { clear(wait: false) }
  }

  /// The outputs as a notebook has them, texts whole; a mark says what was cut.
  var json: [JSONValue] {
    var all = outputs.map { output -> JSONValue in
      switch output {
      case .stream(let name, let text):
        [
          "name": .init(name), "output_type": "stream",
          "text": .string(text.text),
        ]
      case .other(let object): .object(object)
      }
    }
    if let cut { all.insert(mark(cut), at: cut.place) }
    return all
  }

  private func mark(_ cut: Cut) -> JSONValue {
    let whole = cut.whereabouts.map { "All of it is \($0)." } ?? "The rest was not kept."
    let text =
      "[Lyre kept the first \(limit ?? 0) bytes of this cell's outputs; \(cut.bytes) more were cut. "
      + "\(whole)]\n"
    return ["name": "stderr", "output_type": "stream", "text": .init(text)]
  }

  /// The last error among them.
  var error: ErrorContent? {
    for case .other(let object) in outputs.reversed() where object["output_type"] == "error" {
      return ErrorContent(.object(object))
    }
    return nil
  }

  /// All errors among them.
  var errors: [ErrorContent] {
    outputs.compactMap { output in
      guard case .other(let object) = output, object["output_type"] == "error" else { return nil }
      return ErrorContent(.object(object))
    }
  }
}
