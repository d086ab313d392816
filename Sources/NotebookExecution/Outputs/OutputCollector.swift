import JSONCore
import JupyterProtocol
import NotebookDocument
import RunEvents

/// Converts a kernel's broadcasts to the outputs of cells.
///
/// A message belongs to the cell whose request is its parent, even if that cell is finished; a
/// message without a parent belongs to the running cell. A pure value: messages in, effects out.
struct OutputCollector: Sendable {
  /// The effect of a message: what to display, and what to send to the kernel.
  enum Effect: Sendable, Hashable {
    /// Stream text arrived for the cell at this place.
    case text(place: Int, stream: String, text: String)
    /// An output arrived for the cell at this place.
    case output(place: Int, JSONValue)
    /// The outputs of the cell at this place changed in another way.
    case changed(place: Int)
    /// Send the state of an Output widget to the kernel.
    case sendComm(id: String, data: JSONObject)
    /// A message was dropped or changed.
    case warning(WarningKind, String)
    /// Store outputs of the cell at this place in a file, because some were truncated; the first
    /// time, or after a clear, all outputs so far.
    case spool(place: Int, [JSONValue], isNew: Bool)
    /// A display arrived while no cell was running.
    case outsideCells(JSONValue)
  }

  /// The place of a display that can be updated later.
  private struct Display: Sendable {
    var place: Int
    var output: Int
    var generation: Int
    var kind: DisplayKind
  }

  private var cells: [Int: CellOutputs] = [:]
  private var places: [String: Int] = [:]
  private var current: Int?
  private var displays: [String: [Display]] = [:]
  private(set) var widgets = WidgetStates()
  /// The errors of a cell that were captured by an Output widget.
  private var captured: [Int: [(widget: String, error: ErrorContent)]] = [:]
  private let limit: Int?
  /// An empty list of outputs.
  private let empty: CellOutputs

  /// Creates a collector without cells.
  ///
  /// - Parameters:
  ///   - limit: the maximum number of bytes of outputs to keep for each cell.
  ///   - empty: an empty list in the style to pack the outputs in.
  init(limit: Int? = nil, packedLike empty: PackedOutputs = PackedOutputs()) {
    self.limit = limit
    self.empty = CellOutputs(limit: limit, packedLike: empty)
  }

  /// Starts a cell and discards its earlier outputs.
  mutating func begin(place: Int, messageID: String) {
    if cells[place] != nil { forgetDisplays(of: place) }
    cells[place] = empty
    captured[place] = nil
    places[messageID] = place
    current = place
  }

  /// Ends the running cell.
  mutating func end() -> [Effect] {
    if let current { cells[current]?.finish() }
    current = nil
    return widgets.takeChangedOutputs().map { .sendComm(id: $0.id, data: $0.data) }
  }

  /// The outputs of a cell; empty for one that has not run.
  func outputs(at place: Int) -> PackedOutputs { (cells[place] ?? empty).outputs }

  /// The same, cached until they change.
  mutating func currentOutputs(at place: Int) -> PackedOutputs {
    cells[place]?.current() ?? empty.outputs
  }

  /// The last error among a cell's outputs.
  func error(at place: Int) -> ErrorContent? { cells[place]?.error }

  /// The last error that a cell displays: among its outputs or in an Output widget.
  func shownError(at place: Int) -> ErrorContent? {
    error(at: place)
      ?? captured[place]?.last { widgets.shows($0.error, in: $0.widget) }?.error
  }

  /// The errors among a cell's outputs.
  func errors(at place: Int) -> [ErrorContent] { cells[place]?.errors ?? [] }

  /// Whether a cell's outputs include an error.
  func hasError(at place: Int) -> Bool { cells[place]?.hasError ?? false }

  /// The cell that a message belongs to; nil if unknown.
  private func place(of message: Message) -> Int? {
    guard let parent = message.parentHeader?.messageID, !parent.isEmpty else { return current }
    return places[parent]
  }

  /// Processes an iopub message.
  mutating func receive(_ message: Message) -> [Effect] {
    let content = IOPubContent(message)
    switch content {
    case .status, .executeInput, .welcome, .other: return []
    case .comm(let comm): return receive(comm)
    case .updateDisplayData(let display): return update(display)
    case .stream, .displayData, .executeResult, .error, .clearOutput: break
    }
    if let parent = message.parentHeader?.messageID, let widget = widgets.capturing(parent) {
      if case .error(let error) = content, let place = place(of: message) {
        captured[place, default: []].append((widget, error))
      }
      return widgets.capture(content, by: widget).map { .warning(.changedData, $0) }
    }
    guard let place = place(of: message) else {
      return content.output.map { [.outsideCells(.object($0))] } ?? []
    }
    return add(content, at: place)
  }

  /// Adds an error that the kernel reported only in its reply.
  mutating func add(error: ErrorContent, at place: Int) -> [Effect] {
    add(.error(error), at: place)
  }

  private mutating func add(_ content: IOPubContent, at place: Int) -> [Effect] {
    switch content {
    case .stream(let stream):
      let cut = change(place, by: stream.text.utf8.count, content.output) {
        $0.append(stream: stream.name, stream.text)
      }
      return [.text(place: place, stream: stream.name, text: stream.text)] + cut
    case .displayData(let display): return add(display, .display, at: place)
    case .executeResult(let display, let count): return add(display, .result(count), at: place)
    case .error:
      guard let output = content.output else { return [] }
      let cut = change(place, by: 0, output) { _ = $0.append(output) }
      return cut + [.output(place: place, .object(output))]
    case .clearOutput(let wait):
      // The new generation invalidates the displays among them.
      cells[place, default: empty].clear(wait: wait)
      return [.changed(place: place)]
    case .status, .executeInput, .updateDisplayData, .comm, .welcome, .other: return []
    }
  }

  private mutating func add(_ display: DisplayContent, _ kind: DisplayKind, at place: Int)
    -> [Effect]
  {
    var effects: [Effect] = []
    var repaired = display
    repaired.data = MimeBundle.repaired(display.data) {
      effects.append(.warning(.changedData, $0))
    }
    // A display with the id of an earlier one also updates that one.
    if display.displayID != nil { effects += update(repaired) }
    let output = repaired.output(kind)
    var index: Int?
    let size = limit == nil ? 0 : CellOutputs.size(of: output)
    effects += change(place, by: size, output) { index = $0.append(output) }
    if let id = display.displayID, let index {
      displays[id, default: []].append(
        Display(
          place: place, output: index, generation: cells[place]?.generation ?? 0, kind: kind))
    }
    effects.append(.output(place: place, .object(output)))
    return effects
  }

  /// Changes a cell's outputs.
  ///
  /// - Parameters:
  ///   - bytes: the maximum growth in bytes.
  ///   - output: the new output, for the file of complete outputs if some are truncated.
  /// - Returns: the outputs to store in the file.
  private mutating func change(
    _ place: Int, by bytes: Int, _ output: @autoclosure () -> JSONObject?,
    _ body: (inout CellOutputs) -> Void
  ) -> [Effect] {
    guard limit != nil else {
      body(&cells[place, default: empty])
      return []
    }
    // No other reference to the outputs may exist while they change: each change would copy them.
    let earlier = cells[place]?.outputs(beforeAdding: bytes) ?? []
    let (wasCut, generation) = (cells[place]?.cut, cells[place]?.generation)
    body(&cells[place, default: empty])
    guard let cut = cells[place]?.cut, let output = output() else { return [] }
    let isNew = wasCut == nil || cells[place]?.generation != generation
    // An error is kept even after the truncation, and must be in the file too.
    guard isNew || cut != wasCut || output["output_type"] == "error" else { return [] }
    return [.spool(place: place, earlier + [.object(output)], isNew: isNew)]
  }

  /// Sets where a cell's complete outputs are stored.
  mutating func setWhereabouts(_ text: String?, at place: Int) {
    cells[place]?.setWhereabouts(text)
  }

  private mutating func update(_ display: DisplayContent) -> [Effect] {
    guard let id = display.displayID, let known = displays[id] else { return [] }
    var repaired = display
    var effects: [Effect] = []
    repaired.data = MimeBundle.repaired(display.data) { effects.append(.warning(.changedData, $0)) }
    let output: JSONObject = [
      "data": .object(repaired.data), "metadata": .object(repaired.metadata),
      "output_type": "update_display_data", "transient": ["display_id": .init(id)],
    ]
    let size = limit == nil ? 0 : CellOutputs.size(of: output)
    var remaining: [Display] = []
    for place in known {
      var isThere = false
      effects += change(place.place, by: size, output) {
        isThere = $0.update(
          place.output, generation: place.generation, repaired.output(place.kind))
      }
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

  private mutating func receive(_ comm: CommContent) -> [Effect] {
    if comm.action == .open, comm.targetName != "jupyter.widget" {
      // It stays open: libraries discard what belongs to a closed comm, as matplotlib its figure.
      return [
        .warning(
          .unknownComm,
          "the kernel's comm '\(comm.targetName)' has no receiver; what it sends is not in the notebook"
        )
      ]
    }
    widgets.receive(comm)
    return []
  }
}
