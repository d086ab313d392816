public import JSONCore

extension RunEvent {
  /// The version of the JSON format.
  ///
  /// Within a version, members and events may be added, but existing ones do not change.
  public static let formatVersion = 1

  /// The event as a line of a log, with its line ending.
  public var line: [UInt8] {
    var line = JSONValue.object(json).serialized()
    // Appended in place, because a line may contain everything that a cell printed.
    line.append(0x0A)
    return line
  }

  /// The event as a JSON object, see `docs/events.md`; the first of a log contains the format
  /// version.
  public var json: JSONObject {
    var object = JSONObject()
    object.put("event", kind.name)
    object.put("seq", sequence)
    object.put("time", date: time)
    if sequence == 1 { object.put("version", RunEvent.formatVersion) }
    var isKnown = true
    if case .unknown = kind { isKnown = false }
    subject.put(into: &object, isKnown: isKnown)
    kind.put(into: &object)
    for member in otherMembers { object.append(key: member.key, value: member.value) }
    return object
  }
}

extension RunEvent.Kind {
  /// The event's name in logs.
  public var name: String {
    switch self {
    case .kernelStarting: "kernel_starting"
    case .kernelReady: "kernel_ready"
    case .runStarted: "run_started"
    case .cellStarted: "cell_started"
    case .text: "stream"
    case .output: "output"
    case .outputsChanged: "outputs_changed"
    case .inputRequested: "input_requested"
    case .cellFinished: "cell_finished"
    case .cellNotRun: "cell_not_run"
    case .outputOutsideCells: "output_outside_cells"
    case .kernelSignaled: "kernel_signaled"
    case .kernelDied: "kernel_died"
    case .saved: "saved"
    case .runFinished: "run_finished"
    case .runFailed: "error"
    case .testFinished: "test_finished"
    case .pipelineStarted: "pipeline_started"
    case .nodeComparing: "node_comparing"
    case .nodeStarted: "node_started"
    case .lines: "line"
    case .nodeRetried: "node_retried"
    case .nodeFinished: "node_finished"
    case .pipelineFinished: "pipeline_finished"
    case .warning: "warning"
    case .unknown(let name, _): name
    }
  }

  /// Adds the members of this kind of event.
  fileprivate func put(into object: inout JSONObject) {
    switch self {
    case .kernelStarting(let name): object.put("kernel", name)
    case .kernelReady(let kernel): kernel.put(into: &object)
    case .runStarted(let cells, let toRun, let reason):
      object.put("cells", cells.count)
      object.put("to_run", toRun)
      if let reason { object.put("reason", reason) }
      object.put("cell_list", CellResult.json(of: cells))
    case .cellStarted(let cell, let number, let toRun):
      cell.put(into: &object)
      object.put("number", number)
      object.put("to_run", toRun)
    case .text(let cell, let stream, let text):
      object.put("cell", cell)
      object.put("name", stream)
      object.put("text", text)
    case .output(let cell, let output):
      object.put("cell", cell)
      object.put("output", output)
    case .outputsChanged(let cell): object.put("cell", cell)
    case .inputRequested(let cell, let prompt, let isPassword):
      object.put("cell", cell)
      object.put("prompt", prompt)
      object.put("password", isPassword)
    case .cellFinished(let cell): cell.put(into: &object)
    case .cellNotRun(let cell, let wasCleared):
      cell.put(into: &object)
      object.put("cleared", wasCleared)
    case .outputOutsideCells(let output): object.put("output", output)
    case .kernelSignaled(let name, let reason):
      object.put("signal", name)
      object.put("reason", reason)
    case .kernelDied(let end): end.put(into: &object)
    case .saved(let duration): object.put("seconds", duration)
    case .runFinished(let result): result.put(into: &object)
    case .runFailed(let failure): failure.put(into: &object)
    case .testFinished(let result): result.put(into: &object)
    case .pipelineStarted(let start): start.put(into: &object)
    case .nodeComparing(let comparison): comparison.put(into: &object)
    case .nodeStarted(let reason): object.put("reason", reason)
    case .lines(let isStandardError, let text):
      object.put("name", isStandardError ? "stderr" : "stdout")
      // By bytes, because a carriage return and the line feed are one character.
      let end = text.utf8.last == 0x0A ? 1 : 0
      object.put("text", String(Substring(text.utf8.dropLast(end))))
    case .nodeRetried(let node, let delay):
      node.put(into: &object)
      object.put("delay", delay)
    case .nodeFinished(let node): node.put(into: &object)
    case .pipelineFinished(let end): end.put(into: &object)
    case .warning(let warning): warning.put(into: &object)
    case .unknown(_, let members):
      for member in members { object.append(key: member.key, value: member.value) }
    }
  }
}
