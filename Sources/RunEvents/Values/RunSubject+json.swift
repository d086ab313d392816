import JSONCore

extension RunSubject {
  /// Adds the members that identify the subject of an event.
  ///
  /// - Parameter isKnown: whether to write a run that is not recorded as null.
  func put(into object: inout JSONObject, isKnown: Bool) {
    if let pipeline { object.put("pipeline", pipeline) }
    if let node {
      object.put("node", node.id)
      object.put("label", node.label)
      object.put("place", node.place)
      if let attempt = node.attempt { object.put("attempt", attempt) }
    }
    if let notebook { object.put("notebook", notebook) }
    switch run {
    case .name(let name): object.put("run", name)
    case .number(let number): object.put("run", Int(number))
    case nil: if isKnown { object.put("run", .null) }
    }
  }

  init(_ members: inout EventMembers) throws(UnknownForm) {
    self.init(
      pipeline: try members.string("pipeline"), notebook: try members.string("notebook"))
    if let id = try members.string("node") {
      node = NodeIdentity(
        place: try members.int("place").required(), id: id,
        label: try members.string("label").required(), attempt: try members.int("attempt"))
    }
    switch members.value("run") {
    case .none: break
    case .string(let name): run = .name(name.string)
    case let value?: run = .number(Int64(try value.int.required()))
    }
  }
}
