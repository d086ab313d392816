public import JSONCore

extension CellIdentity {
  /// Adds the members that identify a cell.
  func put(into object: inout JSONObject) {
    object.put("cell", index)
    object.put("id", id)
    object.put("first_line", firstLine)
  }

  init(_ members: inout EventMembers) throws(UnknownForm) {
    self.init(
      index: try members.int("cell").required(), id: try members.string("id"),
      firstLine: try members.string("first_line") ?? "")
  }
}

extension CellResult {
  /// Adds the members of a cell's result; lists of cells omit default values.
  func put(into object: inout JSONObject, inList: Bool = false) {
    identity.put(into: &object)
    if !isCode { object.put("code", false) }
    object.put("status", status.rawValue)
    if !inList || executionCount != nil { object.put("execution_count", executionCount) }
    if !inList || duration != .zero { object.put("seconds", duration) }
    if let error { object.put("error", .object(error.json(isAllowed: errorIsAllowed))) }
    if let limit {
      object.put("limit_seconds", limit)
      object.put("limit_allowed", errorIsAllowed)
    }
    if errorIsAllowed, error == nil, limit == nil { object.put("error_allowed", true) }
    if hadOldResults { object.put("cleared", true) }
    if let resources { object.put("resources", .object(resources.json)) }
  }

  init(_ members: inout EventMembers) throws(UnknownForm) {
    let identity = try CellIdentity(&members)
    self.init(
      index: identity.index, id: identity.id, isCode: try members.bool("code") ?? true,
      firstLine: identity.firstLine, status: try members.named("status").required())
    executionCount = try members.int("execution_count")
    duration = try members.duration("seconds") ?? .zero
    errorIsAllowed = try members.bool("error_allowed") ?? false
    if var error = try members.members("error") {
      self.error = CellError(
        name: try error.string("ename") ?? "", value: try error.string("evalue") ?? "",
        traceback: try error.list("traceback") { (line) throws(UnknownForm) in
          try line.string.required()
        })
      errorIsAllowed = try error.bool("allowed") ?? false
    }
    if let limit = try members.duration("limit_seconds") {
      self.limit = limit
      errorIsAllowed = try members.bool("limit_allowed") ?? false
    }
    hadOldResults = try members.bool("cleared") ?? false
    if var resources = try members.members("resources") {
      self.resources = try ResourceUse(&resources)
    }
  }

  /// Writes cells as an array, which ``list(_:)`` reads.
  static func json(of cells: [CellResult]) -> JSONValue {
    .array(
      cells.map { cell in
        var object = JSONObject()
        cell.put(into: &object, inList: true)
        return .object(object)
      })
  }

  static func list(_ members: inout EventMembers) throws(UnknownForm) -> [CellResult] {
    try members.list("cell_list") { (value) throws(UnknownForm) in
      var members = try EventMembers(value)
      return try CellResult(&members)
    }
  }
}

extension CellResult {
  /// The results of cells as a JSON array with one object per cell; ``list(json:)`` reads it.
  public static func json(_ cells: [CellResult]) -> JSONValue { json(of: cells) }

  /// Reads the results of cells from a JSON array.
  ///
  /// - Returns: the results; nil if their format is unknown to this version.
  public static func list(json: JSONValue) -> [CellResult]? {
    var members = EventMembers(JSONObject([.init(key: "cell_list", value: json)]))
    return try? list(&members)
  }
}

extension CellError {
  fileprivate func json(isAllowed: Bool) -> JSONObject {
    var object = JSONObject()
    object.put("ename", name)
    object.put("evalue", value)
    object.put("allowed", isAllowed)
    if !traceback.isEmpty { object.put("traceback", .array(traceback.map { .init($0) })) }
    return object
  }
}

extension ResourceUse {
  var json: JSONObject {
    var object = JSONObject()
    object.put("cpu_seconds", processorTime)
    object.put("memory_bytes", memory)
    if let peakMemory { object.put("peak_memory_bytes", peakMemory) }
    return object
  }

  init(_ members: inout EventMembers) throws(UnknownForm) {
    self.init(
      processorTime: try members.duration("cpu_seconds").required(),
      memory: try members.int("memory_bytes").required(),
      peakMemory: try members.int("peak_memory_bytes"))
  }
}
