public import JSONCore

extension RunEvent {
  /// Reads an event from a JSON object.
  ///
  /// An event with an unknown name or unknown members becomes ``Kind/unknown(name:members:)``.
  ///
  /// - Returns: the event; nil if the object lacks an event's name, number or time.
  public init?(json: JSONObject) {
    var members = EventMembers(json)
    // Of the log, not of the event.
    _ = members.value("version")
    try? self.init(&members)
  }

  /// Reads an event; the member `version` is not consumed.
  init(_ members: inout EventMembers) throws(UnknownForm) {
    let name = try members.string("event").required()
    sequence = try members.int("seq") ?? 0
    let time = try members.date("time").required()
    self.time = time - time % 1000
    let all = members.rest
    do throws(UnknownForm) {
      subject = try RunSubject(&members)
    } catch {
      subject = RunSubject()
      kind = .unknown(name: name, members: all)
      otherMembers = [:]
      return
    }
    let own = members.rest
    do throws(UnknownForm) {
      kind = try Kind(name, &members, subject.node)
      otherMembers = members.rest
    } catch {
      kind = .unknown(name: name, members: own)
      otherMembers = [:]
    }
  }
}

extension RunEvent.Kind {
  fileprivate init(_ name: String, _ members: inout EventMembers, _ node: NodeIdentity?)
    throws(UnknownForm)
  {
    switch name {
    case "kernel_starting": self = .kernelStarting(name: try members.string("kernel").required())
    case "kernel_ready": self = .kernelReady(try KernelDescription(&members))
    case "run_started":
      _ = members.value("cells")
      let toRun = try members.int("to_run").required()
      let reason = try members.string("reason")
      self = .runStarted(cells: try CellResult.list(&members), toRun: toRun, reason: reason)
    case "cell_started":
      let cell = try CellIdentity(&members)
      self = .cellStarted(
        cell, number: try members.int("number").required(),
        toRun: try members.int("to_run").required())
    case "stream":
      self = .text(
        cell: try members.int("cell").required(), stream: try members.string("name").required(),
        text: try members.string("text").required())
    case "output":
      let cell = try members.int("cell").required()
      self = .output(cell: cell, members.value("output") ?? .null)
    case "outputs_changed": self = .outputsChanged(cell: try members.int("cell").required())
    case "input_requested":
      self = .inputRequested(
        cell: try members.int("cell").required(), prompt: try members.string("prompt").required(),
        isPassword: try members.bool("password").required())
    case "cell_finished": self = .cellFinished(try CellResult(&members))
    case "cell_not_run":
      let cell = try CellIdentity(&members)
      self = .cellNotRun(cell, wasCleared: try members.bool("cleared") ?? false)
    case "output_outside_cells": self = .outputOutsideCells(members.value("output") ?? .null)
    case "kernel_signaled":
      self = .kernelSignaled(
        name: try members.string("signal").required(),
        reason: try members.string("reason").required())
    case "kernel_died": self = .kernelDied(try KernelEnd(&members))
    case "saved": self = .saved(in: try members.duration("seconds").required())
    case "run_finished": self = .runFinished(try RunResult(&members))
    case "error": self = .runFailed(try RunFailure(&members))
    case "test_finished": self = .testFinished(try TestResult(&members))
    case "pipeline_started": self = .pipelineStarted(try PipelineStart(&members))
    case "node_comparing": self = .nodeComparing(try FileComparison(&members))
    case "node_started": self = .nodeStarted(reason: try members.string("reason"))
    case "line":
      let stream = try members.string("name").required()
      guard stream == "stdout" || stream == "stderr" else { throw UnknownForm() }
      let text = try members.string("text").required()
      self = .lines(isStandardError: stream == "stderr", text: text + "\n")
    case "node_retried":
      let delay = try members.duration("delay").required()
      self = .nodeRetried(try NodeResult(&members, of: node), delay: delay)
    case "node_finished": self = .nodeFinished(try NodeResult(&members, of: node))
    case "pipeline_finished": self = .pipelineFinished(try PipelineEnd(&members))
    case "warning": self = .warning(try RunWarning(&members))
    default: throw UnknownForm()
    }
  }
}
