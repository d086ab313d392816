import JSONCore

extension NodeResult {
  /// Adds the members of a node's result; the subject identifies the node.
  func put(into object: inout JSONObject) {
    object.put("status", status.rawValue)
    object.put("message", message)
    object.put("reason", reason)
    object.put("attempts", attempts)
    object.put("seconds", duration)
    object.put("cached_run", cachedRun.map { Int($0) })
    object.put("log", log)
    if let file { object.put("file", file) }
    if let started { object.put("started", date: started) }
    if let executed { object.put("executed", executed) }
    if !standardErrorTail.isEmpty { object.put("stderr_tail", standardErrorTail) }
    if !cells.isEmpty { object.put("cell_list", CellResult.json(of: cells)) }
  }

  init(_ members: inout EventMembers, of node: NodeIdentity?) throws(UnknownForm) {
    let node = try node.required()
    self.init(place: node.place, id: node.id, label: node.label, file: try members.string("file"))
    status = try members.named("status").required()
    message = try members.string("message")
    reason = try members.string("reason")
    attempts = try members.int("attempts").required()
    duration = try members.duration("seconds").required()
    cachedRun = try members.int("cached_run").map { Int64($0) }
    log = try members.string("log")
    started = try members.date("started")
    executed = try members.string("executed")
    standardErrorTail = try members.string("stderr_tail") ?? ""
    cells = try CellResult.list(&members)
  }
}

extension PipelineStart {
  func put(into object: inout JSONObject) {
    object.put("name", name)
    object.put("nodes", nodes.count)
    object.put("to_run", nodes.count { !$0.isSkipped })
    if let jobs { object.put("jobs", jobs) }
    if let keepsGoing { object.put("keep_going", keepsGoing) }
    object.put(
      "node_list",
      .array(
        nodes.map { node in
          var object = JSONObject()
          object.put("node", node.id)
          object.put("label", node.label)
          if let file = node.file { object.put("file", file) }
          if node.isSkipped { object.put("skipped", true) }
          if !node.parents.isEmpty {
            object.put("parents", .array(node.parents.map { .init($0) }))
          }
          if let duration = node.usualDuration { object.put("usual_seconds", duration) }
          return .object(object)
        }))
  }

  init(_ members: inout EventMembers) throws(UnknownForm) {
    let name = try members.string("name").required()
    _ = members.value("nodes")
    _ = members.value("to_run")
    let jobs = try members.int("jobs")
    let keepsGoing = try members.bool("keep_going")
    self.init(
      name: name,
      nodes: try members.list("node_list") { (value) throws(UnknownForm) in
        var members = try EventMembers(value)
        return Node(
          id: try members.string("node").required(), label: try members.string("label").required(),
          file: try members.string("file"), isSkipped: try members.bool("skipped") ?? false,
          parents: try members.list("parents") { (place) throws(UnknownForm) in
            try place.int.required()
          }, usualDuration: try members.duration("usual_seconds"))
      }, jobs: jobs, keepsGoing: keepsGoing)
  }
}

extension PipelineEnd {
  func put(into object: inout JSONObject) {
    object.put("status", status)
    var counts = JSONObject()
    for status in NodeStatus.allCases {
      if let count = self.counts[status] { counts.put(JSONString(status.rawValue), count) }
    }
    object.put("nodes", .object(counts))
    object.put("seconds", duration)
    if let stopSignal { object.put("signal_number", Int(stopSignal)) }
    if !criticalPath.isEmpty {
      object.put("critical_path", .array(criticalPath.map { .init($0) }))
    }
  }

  init(_ members: inout EventMembers) throws(UnknownForm) {
    let status = try members.string("status").required()
    var counts: [NodeStatus: Int] = [:]
    for member in try members.members("nodes")?.rest ?? [:] {
      let status = try NodeStatus(rawValue: member.key.string).required()
      counts[status] = try member.value.int.required()
    }
    self.init(
      status: status, counts: counts, duration: try members.duration("seconds").required(),
      stopSignal: try members.int32("signal_number"),
      criticalPath: try members.list("critical_path") { (place) throws(UnknownForm) in
        try place.int.required()
      })
  }
}

extension FileComparison {
  func put(into object: inout JSONObject) {
    object.put("files", files)
    object.put("bytes", Int(bytes))
    object.put("path", path)
  }

  init(_ members: inout EventMembers) throws(UnknownForm) {
    self.init(
      files: try members.int("files").required(),
      bytes: Int64(try members.int("bytes").required()),
      path: try members.string("path").required())
  }
}
