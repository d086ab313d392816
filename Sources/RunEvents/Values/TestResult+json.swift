import JSONCore

extension TestResult {
  func put(into object: inout JSONObject) {
    object.put("status", status.rawValue)
    if let reason { object.put("reason", reason) }
    if let passed { object.put("passed_at", date: passed) }
    object.put("seconds", duration)
    if !failures.isEmpty { object.put("failures", .array(failures.map { .object($0.json) })) }
    if !updated.isEmpty { object.put("updated", .array(updated.map { .init($0) })) }
    if !cells.isEmpty { object.put("cell_list", CellResult.json(of: cells)) }
  }

  init(_ members: inout EventMembers) throws(UnknownForm) {
    self.init(
      try members.named("status").required(), reason: try members.string("reason"))
    passed = try members.date("passed_at")
    duration = try members.duration("seconds").required()
    failures = try members.list("failures") { (value) throws(UnknownForm) in
      var members = try EventMembers(value)
      return try Failure(&members)
    }
    updated = try members.list("updated") { (value) throws(UnknownForm) in
      try value.int.required()
    }
    cells = try CellResult.list(&members)
  }
}

extension TestResult.Failure {
  fileprivate var json: JSONObject {
    var object = JSONObject()
    object.put("cell", cell)
    object.put("message", message)
    if !traceback.isEmpty { object.put("traceback", traceback) }
    if !differences.isEmpty {
      object.put("differences", .array(differences.map { .init($0) }))
    }
    return object
  }

  fileprivate init(_ members: inout EventMembers) throws(UnknownForm) {
    self.init(
      cell: try members.int("cell"), message: try members.string("message").required(),
      traceback: try members.string("traceback") ?? "",
      differences: try members.list("differences") { (value) throws(UnknownForm) in
        try value.string.required()
      })
  }
}
