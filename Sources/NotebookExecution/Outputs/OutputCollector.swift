import JSONCore
import JupyterProtocol

/// Turns what a kernel broadcasts into the outputs of cells.
///
/// A message belongs to the cell whose request is its parent, also when it comes after that cell
/// is done; one without a parent belongs to the cell that runs. A pure value: messages in, effects
/// out.
struct OutputCollector: Sendable {
  /// What a message did, for those who show outputs, and what is to be answered.
  enum Effect: Sendable, Hashable {
    /// Text of a stream came for the cell at that place.
    case text(place: Int, stream: String, text: String)
    /// An output came for the cell at that place.
    case output(place: Int, JSONValue)
    /// The outputs of the cell at that place changed in another way.
    case changed(place: Int)
    /// A comm is to be closed, because nobody here takes part.
    case closeComm(id: String)
    /// The state of an Output widget is to be sent to the kernel.
    case sendComm(id: String, data: JSONObject)
    /// Something came that is not kept, or not as it came.
    case warning(String)
    /// Something to show came while no cell ran.
    case outsideCells(JSONValue)
  }

  /// Where an output that can be changed later is.
  private struct Display: Sendable {
    var place: Int
    var output: Int
    var generation: Int
  }

  private var cells: [Int: CellOutputs] = [:]
  private var places: [String: Int] = [:]
  private var current: Int?
  private var displays: [String: [Display]] = [:]
  private(set) var widgets = WidgetStates()

  /// A cell begins to run; its outputs so far are gone.
  mutating func begin(place: Int, messageID: String) {
    if cells[place] != nil { forgetDisplays(of: place) }
    cells[place] = CellOutputs()
    places[messageID] = place
    current = place
  }

  /// The cell that runs is done.
  mutating func end() -> [Effect] {
    current = nil
    return widgets.takeChangedOutputs().map { .sendComm(id: $0.id, data: $0.data) }
  }

  /// The outputs of a cell that has run; empty for one that has not.
  func outputs(at place: Int) -> [JSONValue] { cells[place]?.json ?? [] }

  /// The last error among the outputs of a cell.
  func error(at place: Int) -> ErrorContent? { cells[place]?.error }

  /// Whether the outputs of a cell hold an error.
  func hasError(at place: Int) -> Bool { error(at: place) != nil }

  /// Which cell a message belongs to; nil when that cannot be told.
  private func place(of message: Message) -> Int? {
    guard let parent = message.parentHeader?.messageID, !parent.isEmpty else { return current }
    return places[parent]
  }

  /// Takes a message of iopub.
  mutating func receive(_ message: Message) -> [Effect] {
    let content = IOPubContent(message)
    switch content {
    case .status, .executeInput, .welcome, .other: return []
    case .comm(let comm): return receive(comm, message)
    case .updateDisplayData(let display): return update(display)
    case .stream, .displayData, .executeResult, .error, .clearOutput: break
    }
    if let parent = message.parentHeader?.messageID, let widget = widgets.capturing(parent) {
      return widgets.capture(content, by: widget).map { .warning($0) }
    }
    guard let place = place(of: message) else {
      return OutputCollector.output(content).map { [.outsideCells($0)] } ?? []
    }
    return add(content, at: place)
  }

  /// Adds an error that the kernel told only in its reply.
  mutating func add(error: ErrorContent, at place: Int) -> [Effect] {
    add(.error(error), at: place)
  }

  private mutating func add(_ content: IOPubContent, at place: Int) -> [Effect] {
    switch content {
    case .stream(let stream):
      cells[place, default: CellOutputs()].append(stream: stream.name, stream.text)
      return [.text(place: place, stream: stream.name, text: stream.text)]
    case .displayData(let display), .executeResult(let display, _):
      var effects: [Effect] = []
      var repaired = display
      repaired.data = MimeBundle.repaired(display.data) { effects.append(.warning($0)) }
      // A display with the id of an earlier one also changes that one.
      if display.displayID != nil { effects += update(repaired) }
      guard let output = OutputCollector.output(content, repaired) else { return effects }
      let index = cells[place, default: CellOutputs()].append(output)
      if let id = display.displayID {
        displays[id, default: []].append(
          Display(place: place, output: index, generation: cells[place]?.generation ?? 0))
      }
      return effects + [.output(place: place, .object(output))]
    case .error:
      guard let output = OutputCollector.output(content)?.object else { return [] }
      _ = cells[place, default: CellOutputs()].append(output)
      return [.output(place: place, .object(output))]
    case .clearOutput(let wait):
      // The displays among them are known to be gone by the generation.
      cells[place, default: CellOutputs()].clear(wait: wait)
      return [.changed(place: place)]
    case .status, .executeInput, .updateDisplayData, .comm, .welcome, .other: return []
    }
  }

  private mutating func update(_ display: DisplayContent) -> [Effect] {
    guard let id = display.displayID, let known = displays[id] else { return [] }
    var repaired = display
    var effects: [Effect] = []
    repaired.data = MimeBundle.repaired(display.data) { effects.append(.warning($0)) }
    var remaining: [Display] = []
    for place in known {
      let isThere =
        cells[place.place]?.update(place.output, generation: place.generation, repaired) ?? false
      guard isThere else { continue }
      remaining.append(place)
      let change = Effect.changed(place: place.place)
      if effects.last != change { effects.append(change) }
    }
    displays[id] = remaining
    return effects
  }

  private mutating func forgetDisplays(of place: Int) {
    guard displays.values.contains(where: { $0.contains { $0.place == place } }) else { return }
    displays = displays.mapValues { $0.filter { $0.place != place } }.filter { !$0.value.isEmpty }
  }

  private mutating func receive(_ comm: CommContent, _ message: Message) -> [Effect] {
    if comm.action == .open, comm.targetName != "jupyter.widget" {
      return [
        .warning("nobody takes part in the kernel's comm '\(comm.targetName)'; it was closed"),
        .closeComm(id: comm.commID),
      ]
    }
    widgets.receive(comm, parent: message.parentHeader?.messageID)
    return []
  }

  // MARK: Outputs as notebooks have them

  /// The output that a message makes; nil for one that makes none.
  private static func output(_ content: IOPubContent) -> JSONValue? {
    switch content {
    case .stream(let stream):
      ["name": .init(stream.name), "output_type": "stream", "text": .init(stream.text)]
    case .displayData(let display), .executeResult(let display, _):
      output(content, display).map { .object($0) }
    case .error(let error):
      [
        "ename": .init(error.name), "evalue": .init(error.value), "output_type": "error",
        "traceback": .array(error.traceback.map { .init($0) }),
      ]
    case .status, .executeInput, .updateDisplayData, .clearOutput, .comm, .welcome, .other: nil
    }
  }

  private static func output(_ content: IOPubContent, _ display: DisplayContent) -> JSONObject? {
    switch content {
    case .displayData:
      [
        "data": .object(display.data), "metadata": .object(display.metadata),
        "output_type": "display_data",
      ]
    case .executeResult(_, let count):
      [
        "data": .object(display.data), "execution_count": count.map { .init($0) } ?? .null,
        "metadata": .object(display.metadata), "output_type": "execute_result",
      ]
    default: nil
    }
  }
}

/// The representations of something to show, by mime type.
enum MimeBundle {
  /// A bundle as a notebook may have it: values are texts, but for those of JSON types.
  ///
  /// - Parameters:
  ///   - data: the bundle as it came.
  ///   - warn: gets a sentence for each value that is not kept as it came.
  static func repaired(_ data: JSONObject, warn: (String) -> Void) -> JSONObject {
    JSONObject(
      data.compactMap { member in
        let type = member.key.string
        let isJSON =
          type == "application/json"
          || (type.hasPrefix("application/") && type.hasSuffix("+json"))
        if isJSON { return member }
        switch member.value {
        case .string: return member
        case .array(let parts) where parts.allSatisfy({ $0.string != nil }):
          return .init(key: member.key, value: .init(parts.compactMap(\.string).joined()))
        case .null:
          warn("the kernel sent null for \(type); it was dropped")
          return nil
        default:
          warn("the kernel sent \(member.value.kindName) for \(type); it was kept as text")
          return .init(key: member.key, value: .init(member.value.description))
        }
      })
  }
}
