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

  /// No outputs.
  init() {}

  /// Outputs that a notebook, or a widget, has already; what is no output is left out.
  init(_ outputs: [JSONValue]) {
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
  /// - Returns: its place.
  mutating func append(_ output: JSONObject) -> Int {
    clearIfDue()
    outputs.append(.other(output))
    return outputs.count - 1
  }

  /// Replaces the data of an output that is still there.
  mutating func update(_ place: Int, generation: Int, _ display: DisplayContent) -> Bool {
    guard generation == self.generation, outputs.indices.contains(place),
      case .other(var object) = outputs[place]
    else { return false }
    object["data"] = .object(display.data)
    object["metadata"] = .object(display.metadata)
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
    }
  }

  private mutating func clearIfDue() {
    if clearsBeforeNext { clear(wait: false) }
  }

  /// The outputs as a notebook has them, texts whole.
  var json: [JSONValue] {
    outputs.map { output in
      switch output {
      case .stream(let name, let text):
        [
          "name": .init(name), "output_type": "stream",
          "text": .string(JSONString(slice: text.utf8)),
        ]
      case .other(let object): .object(object)
      }
    }
  }

  /// The last error among them.
  var error: ErrorContent? {
    for case .other(let object) in outputs.reversed() where object["output_type"] == "error" {
      return ErrorContent(.object(object))
    }
    return nil
  }
}
