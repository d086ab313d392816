import JSONCore
import JupyterProtocol

/// The states of widgets, for `metadata.widgets`, and the Output widgets that capture outputs.
struct WidgetStates: Sendable {
  private struct Model: Sendable {
    var state: JSONObject
    var buffers: [(path: [JSONValue], data: String)] = []
    /// Its number in the order in which the widgets were created.
    var number: Int
  }

  private var models: [String: Model] = [:]
  private var nextNumber = 0
  /// The Output widgets that capture the outputs of a request, the innermost last.
  private var hooks: [String: [String]] = [:]
  private var captured: [String: CellOutputs] = [:]
  private var changed: [String] = []

  // MARK: State

  mutating func receive(_ comm: CommContent) {
    if comm.action == .close {
      models[comm.commID] = nil
      captured[comm.commID] = nil
      for key in hooks.keys { hooks[key]?.removeAll { $0 == comm.commID } }
      return
    }
    guard let state = comm.data["state"]?.object else { return }
    if models[comm.commID] == nil {
      models[comm.commID] = Model(state: [:], number: nextNumber)
      nextNumber += 1
    }
    for member in state { models[comm.commID]?.state[member.key.string] = member.value }
    store(comm)
    guard isOutputWidget(comm.commID) else { return }
    if captured[comm.commID] == nil { captured[comm.commID] = CellOutputs() }
    if let outputs = state["outputs"]?.array {
      // The kernel cleared the outputs or added some itself (`append_stdout` and similar).
      captured[comm.commID] = CellOutputs(outputs)
    }
    if let request = state["msg_id"]?.string {
      for key in hooks.keys { hooks[key]?.removeAll { $0 == comm.commID } }
      if !request.isEmpty { hooks[request, default: []].append(comm.commID) }
    }
  }

  private mutating func store(_ comm: CommContent) {
    guard let paths = comm.data["buffer_paths"]?.array else { return }
    for (path, buffer) in zip(paths, comm.buffers) {
      guard let path = path.array else { continue }
      models[comm.commID]?.buffers.removeAll { $0.path == path }
      models[comm.commID]?.buffers.append((path, Base64.encoded(buffer)))
    }
  }

  private func isOutputWidget(_ id: String) -> Bool {
    let state = models[id]?.state
    return state?["_model_module"] == "@jupyter-widgets/output"
      && state?["_model_name"] == "OutputModel"
  }

  // MARK: Capture

  /// The Output widget that captures the outputs of a request; nil if none does.
  func capturing(_ request: String) -> String? { hooks[request]?.last }

  /// Adds an output to an Output widget.
  ///
  /// - Returns: warnings.
  mutating func capture(_ content: IOPubContent, by widget: String) -> [String] {
    var warnings: [String] = []
    var outputs = captured.removeValue(forKey: widget) ?? CellOutputs()
    switch content {
    case .stream(let stream): outputs.append(stream: stream.name, stream.text)
    case .displayData(let display):
      _ = outputs.append(WidgetStates.repaired(display, &warnings).output(.display))
    case .executeResult(let display, let count):
      _ = outputs.append(WidgetStates.repaired(display, &warnings).output(.result(count)))
    case .error:
      if let output = content.output { _ = outputs.append(output) }
    case .clearOutput(let wait): outputs.clear(wait: wait)
    case .status, .executeInput, .updateDisplayData, .comm, .welcome, .other: break
    }
    captured[widget] = outputs
    if !changed.contains(widget) { changed.append(widget) }
    return warnings
  }

  private static func repaired(_ display: DisplayContent, _ warnings: inout [String])
    -> DisplayContent
  {
    var repaired = display
    repaired.data = MimeBundle.repaired(display.data) { warnings.append($0) }
    return repaired
  }

  /// Whether an Output widget still has this error among its outputs.
  func shows(_ error: ErrorContent, in widget: String) -> Bool {
    captured[widget]?.errors.contains(error) ?? false
  }

  /// Returns the updates for the kernel about Output widgets whose outputs changed.
  ///
  /// They are sent once per cell: sending the list for each output would have quadratic cost, and a
  /// kernel reads them only after the cell anyway.
  mutating func takeChangedOutputs() -> [(id: String, data: JSONObject)] {
    let widgets = changed
    changed = []
    return widgets.compactMap { widget in
      guard let outputs = captured[widget]?.json else { return nil }
      models[widget]?.state["outputs"] = .array(outputs)
      return (
        widget,
        [
          "method": "update", "state": ["outputs": .array(outputs.map(WidgetStates.inOrder))],
          "buffer_paths": [],
        ]
      )
    }
  }

  /// An output with its members in the order in which nbformat makes them, which code sees that prints them.
  private static func inOrder(_ output: JSONValue) -> JSONValue {
    guard let members = output.object else { return output }
    var result: JSONObject = [:]
    let first = ["output_type", "name", "text", "metadata", "data"]
    for name in first { if let value = members[name] { result[name] = value } }
    for member in members where !first.contains(member.key.string) {
      result[member.key.string] = member.value
    }
    return .object(result)
  }

  // MARK: Metadata

  /// The value of `metadata.widgets`, in nbclient's format; nil if there are no widgets.
  ///
  /// Closed widgets and comms without a widget model are left out.
  var metadata: JSONValue? {
    var state: JSONObject = [:]
    for (id, model) in models.sorted(by: { $0.value.number < $1.value.number }) {
      guard let name = model.state["_model_name"],
        let module = model.state["_model_module"]
      else { continue }
      var object: JSONObject = [
        "model_module": module, "model_module_version": model.state["_model_module_version"] ?? "",
        "model_name": name, "state": .object(model.state),
      ]
      if !model.buffers.isEmpty {
        object["buffers"] = .array(
          model.buffers.map { buffer in
            ["data": .init(buffer.data), "encoding": "base64", "path": .array(buffer.path)]
          })
      }
      state.append(key: JSONString(id), value: .object(object))
    }
    guard !state.isEmpty else { return nil }
    return [
      "application/vnd.jupyter.widget-state+json": [
        "state": .object(state), "version_major": 2, "version_minor": 0,
      ]
    ]
  }
}
