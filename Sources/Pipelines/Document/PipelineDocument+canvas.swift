public import JSONCore

extension PipelineDocument {
  /// Moves a node or a comment on the canvas.
  ///
  /// - Throws: ``PipelineError`` when there is neither a node nor a comment with that id.
  public mutating func move(_ id: String, to position: PipelinePoint) throws(PipelineError) {
    if find(id) != nil { return try moveNode(id, to: position) }
    try updateCanvasComment(id) { $0.setPosition(position) }
  }

  /// Moves a node on the canvas.
  ///
  /// - Throws: ``PipelineError`` when there is no such node.
  public mutating func moveNode(_ id: String, to position: PipelinePoint) throws(PipelineError) {
    try updateCanvas(of: id) { $0.setPosition(position) }
  }

  /// Sets the size of a comment, or of a super node that shows its content.
  ///
  /// - Throws: ``PipelineError`` when there is neither a super node nor a comment with that id.
  public mutating func resize(_ id: String, to size: PipelineSize) throws(PipelineError) {
    guard size.width >= 1, size.height >= 1, max(size.width, size.height) < 1e6 else {
      throw PipelineError(.invalidValue, "a size is between 1 and 1000000 points")
    }
    guard let place = find(id) else {
      return try updateCanvasComment(id) { comment in
        comment["width"] = .pixels(size.width)
        comment["height"] = .pixels(size.height)
      }
    }
    guard node(at: place)["type"]?.string == "super_node" else {
      throw PipelineError(
        .invalidValue, "the node '\(id)' has a fixed size; comments and super nodes can be resized")
    }
    try updateCanvas(of: id) { canvas in
      canvas["expanded_width"] = .pixels(size.width)
      canvas["expanded_height"] = .pixels(size.height)
    }
  }

  /// Shows the content of a super node on the canvas around it, or only its name.
  ///
  /// - Throws: ``PipelineError`` when there is no such super node.
  public mutating func setExpanded(_ isExpanded: Bool, of id: String) throws(PipelineError) {
    guard node(at: try place(of: id))["type"]?.string == "super_node" else {
      throw PipelineError(.invalidValue, "the node '\(id)' is not a super node")
    }
    try updateCanvas(of: id) { canvas in
      canvas["is_expanded"] = .init(isExpanded)
      guard isExpanded else { return }
      let size = PipelineSize.expandedSuperNode
      if canvas["expanded_width"] == nil { canvas["expanded_width"] = .pixels(size.width) }
      if canvas["expanded_height"] == nil { canvas["expanded_height"] = .pixels(size.height) }
    }
  }

  /// Changes what the canvas shows of a node.
  mutating func updateCanvas(of id: String, _ body: (inout JSONObject) -> Void)
    throws(PipelineError)
  {
    try updateNode(id) { $0.updateCanvas(body) }
  }

  private mutating func updateCanvasComment(_ id: String, _ body: (inout JSONObject) -> Void)
    throws(PipelineError)
  {
    guard findComment(id) != nil else {
      throw PipelineError(.noSuchNode, "there is no node or comment '\(id)'")
    }
    try updateComment(id, body)
  }

  /// Removes all nodes, comments and super nodes' flows.
  ///
  /// - Parameter keepingProperties: whether the pipeline keeps its description, defaults and
  ///   parameters; otherwise only its name and runtime stay.
  public mutating func removeAll(keepingProperties: Bool) {
    isEdited = true
    places = nil
    let primary = root["pipelines"]?[primaryPlace] ?? .null
    root["pipelines"] = [primary]
    primaryPlace = 0
    updateFlow(0) { flow in
      flow["nodes"] = []
      PipelineComments.update(in: &flow) { $0 = [] }
    }
    guard !keepingProperties else { return }
    updateApplicationData { data in
      data.update("properties") { properties in
        properties.updateObject { properties in
          properties = JSONObject(
            properties.members.filter { ["name", "runtime"].contains($0.key.string) })
        }
      }
    }
  }

  /// Sets the parameters of the pipeline.
  ///
  /// - Parameter parameters: each with its `name`, `description`, `type` (`String`, `Bool`,
  ///   `Integer` or `Float`), `default` and `required`; a parameter that exists keeps its other
  ///   members.
  public mutating func setParameters(_ parameters: [JSONObject]) {
    let properties = root["pipelines"]?[primaryPlace]?["app_data"]?["properties"]
    var old: [String: JSONObject] = [:]
    for parameter in properties?["pipeline_parameters"]?.array ?? [] {
      guard let name = parameter["name"]?.string, old[name] == nil else { continue }
      old[name] = parameter.object
    }
    let values = parameters.map { new -> JSONValue in
      var value = new["name"]?.string.flatMap { old[$0] } ?? [:]
      for name in ["name", "description"] where new[name] != nil { value[name] = new[name] }
      var standard = value["default_value"]?.object ?? [:]
      if let type = new["type"] { standard["type"] = type }
      let given = new["default"].flatMap { $0.isNull || $0 == "" ? Optional.none : $0 }
      if given != PipelineParameter(.object(value)).defaultValue {
        value["value"] = nil
        standard["value"] = given
      }
      value["default_value"] = .object(standard)
      if let isRequired = new["required"] { value["required"] = isRequired }
      return .object(value)
    }
    if values.isEmpty, properties?["pipeline_parameters"] == nil { return }
    setPipelineProperty("pipeline_parameters", to: .array(values))
  }
}
