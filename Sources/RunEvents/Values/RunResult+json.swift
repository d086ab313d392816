import JSONCore

extension RunResult {
  func put(into object: inout JSONObject) {
    object.put("outcome", outcome.name)
    outcome.put(into: &object)
    var counts = JSONObject()
    for status in CellStatus.allCases {
      let count = cells.count { $0.status == status }
      if count > 0 { counts.put(JSONString(status.rawValue), count) }
    }
    object.put("cells", .object(counts))
    object.put("seconds", duration)
    if let resources { object.put("resources", .object(resources.json)) }
    if !standardErrorTail.isEmpty { object.put("stderr_tail", standardErrorTail) }
    if !cells.isEmpty { object.put("cell_list", CellResult.json(of: cells)) }
  }

  init(_ members: inout EventMembers) throws(UnknownForm) {
    let outcome = try RunOutcome(&members)
    _ = members.value("cells")
    let duration = try members.duration("seconds").required()
    var resources: ResourceUse?
    if var members = try members.members("resources") { resources = try ResourceUse(&members) }
    self.init(
      outcome: outcome, cells: try CellResult.list(&members), duration: duration,
      resources: resources, standardErrorTail: try members.string("stderr_tail") ?? "")
  }
}

extension RunOutcome {
  fileprivate func put(into object: inout JSONObject) {
    switch self {
    case .completed: break
    case .failed(let cell), .timedOut(let cell), .totalTimeExceeded(let cell):
      object.put("cell", cell)
    case .kernelDied(let end, let cell):
      object.put("cell", cell)
      end.put(into: &object)
    case .stopped(let signal): object.put("signal_number", Int(signal))
    case .cached(let run): object.put("cached_run", run)
    }
  }

  fileprivate init(_ members: inout EventMembers) throws(UnknownForm) {
    switch try members.string("outcome").required() {
    case "completed": self = .completed
    case "failed": self = .failed(cell: try members.int("cell").required())
    case "timed_out": self = .timedOut(cell: try members.int("cell").required())
    case "total_time_exceeded": self = .totalTimeExceeded(cell: try members.int("cell").required())
    case "kernel_died":
      let cell = try members.int("cell").required()
      self = .kernelDied(try KernelEnd(&members), cell: cell)
    case "stopped": self = .stopped(signal: try members.int32("signal_number").required())
    case "cached": self = .cached(run: try members.string("cached_run").required())
    default: throw UnknownForm()
    }
  }
}

extension KernelEnd {
  func put(into object: inout JSONObject) {
    object.put("reason", description)
    if let exitCode { object.put("exit_code", Int(exitCode)) }
    if let signal { object.put("signal_number", Int(signal)) }
  }

  init(_ members: inout EventMembers) throws(UnknownForm) {
    self.init(
      description: try members.string("reason").required(),
      exitCode: try members.int32("exit_code"), signal: try members.int32("signal_number"))
  }
}

extension RunFailure {
  func put(into object: inout JSONObject) {
    object.put("message", message)
    object.put("code", code)
    if !cells.isEmpty { object.put("cell_list", CellResult.json(of: cells)) }
  }

  init(_ members: inout EventMembers) throws(UnknownForm) {
    self.init(
      message: try members.string("message").required(), code: try members.int("code").required(),
      cells: try CellResult.list(&members))
  }
}

extension KernelDescription {
  func put(into object: inout JSONObject) {
    object.put("kernel", name)
    object.put("pid", processID.map { Int($0) })
    object.put("implementation", implementation)
    object.put("implementation_version", implementationVersion)
    object.put("protocol_version", protocolVersion)
    object.put("seconds", startDuration)
  }

  init(_ members: inout EventMembers) throws(UnknownForm) {
    self.init(
      name: try members.string("kernel").required(), processID: try members.int32("pid"),
      implementation: try members.string("implementation") ?? "",
      implementationVersion: try members.string("implementation_version") ?? "",
      protocolVersion: try members.string("protocol_version") ?? "",
      startDuration: try members.duration("seconds").required())
  }
}

extension RunWarning {
  func put(into object: inout JSONObject) {
    object.put("cell", cell)
    object.put("message", message)
    if let kind { object.put("kind", kind.rawValue) }
  }

  init(_ members: inout EventMembers) throws(UnknownForm) {
    self.init(
      try members.string("message").required(), kind: try members.named("kind"),
      cell: try members.int("cell"))
  }
}
