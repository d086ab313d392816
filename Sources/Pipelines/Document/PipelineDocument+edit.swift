public import JSONCore

extension PipelineDocument {
  /// Adds a node that runs a notebook or a script.
  ///
  /// - Parameters:
  ///   - file: the notebook or script, relative to the folder of the pipeline's file.
  ///   - id: the node's id; by default a new one.
  ///   - operation: its operation; by default the one for the file name, see ``PipelineOperation``.
  ///   - label: its label; by default the file's name.
  ///   - position: its position on the canvas; by default beside the last node.
  ///   - properties: more properties, such as `outputs` or `runtime_image`.
  /// - Returns: the node's id.
  /// - Throws: ``PipelineError`` when the id is in use or the file's name is empty.
  @discardableResult
  public mutating func addNode(
    file: String, id: String? = nil, operation: String? = nil, label: String? = nil,
    at position: PipelinePoint? = nil, properties: JSONObject = [:]
  ) throws(PipelineError) -> String {
    guard !file.isEmpty else { throw PipelineError(.invalidValue, "a node needs a file") }
    let id = id ?? PipelineID.new()
    guard find(id) == nil, !id.isEmpty else {
      throw PipelineError(.duplicateID, "node '\(id)' already exists; choose another id")
    }
    let flow = primaryPlace
    let count = root["pipelines"]?[flow]?["nodes"]?.array?.count ?? 0
    let point =
      position
      ?? PipelinePoint(x: Double(40 + 220 * (count % 8)), y: Double(40 + 120 * (count / 8)))
    var parameters: JSONObject = [
      "filename": .init(file), "dependencies": [], "include_subdirectories": false,
      "outputs": [], "env_vars": [],
    ]
    for member in properties { parameters[member.key.string] = member.value }
    let operation = operation ?? PipelineOperation.forFile(file)
    let node: JSONValue = [
      "id": .init(id), "type": "execution_node", "op": .init(operation),
      "app_data": [
        "component_parameters": .object(parameters), "label": .init(label ?? ""),
        "ui_data": [
          "label": .init(PipelinePath.name(file)), "x_pos": .pixels(point.x),
          "y_pos": .pixels(point.y), "description": .init(PipelineID.description(of: operation)),
        ],
      ],
      "inputs": [PipelineID.port("inPort", "Input Port")],
      "outputs": [PipelineID.port("outPort", "Output Port")],
    ]
    isEdited = true
    updateFlow(flow) { flow in
      flow.update("nodes") { $0.updateArray { $0.append(node) } }
    }
    places?[id] = NodePlace(flow: flow, node: count)
    return id
  }

  /// Removes a node, its links, and its attachments to comments.
  ///
  /// The pipeline of a super node is removed with it.
  ///
  /// - Throws: ``PipelineError`` when there is no such node.
  public mutating func removeNode(_ id: String) throws(PipelineError) {
    let place = try place(of: id)
    isEdited = true
    let node = root["pipelines"]?[place.flow]?["nodes"]?[place.node]
    updateFlow(place.flow) { flow in
      flow.update("nodes") { nodes in
        nodes.updateArray { nodes in
          nodes.remove(at: place.node)
          for other in nodes.indices {
            PipelineLinks.remove(from: &nodes[other]) { $0["node_id_ref"]?.string == id }
          }
        }
      }
      PipelineComments.update(in: &flow) { comments in
        for comment in comments.indices {
          guard let references = comments[comment]["associated_id_refs"]?.array,
            references.contains(where: { $0["node_ref"]?.string == id })
          else { continue }
          comments[comment].updateObject { comment in
            comment["associated_id_refs"] = .array(
              references.filter { $0["node_ref"]?.string != id })
          }
        }
      }
    }
    places = nil
    if let inner = node?["subflow_ref"]?["pipeline_id_ref"]?.string { removeFlow(inner) }
  }

  /// Removes a pipeline without a super node, and those inside it.
  private mutating func removeFlow(_ id: String) {
    let primary = root["pipelines"]?[primaryPlace]?["id"]?.string
    var removed: Set<String> = []
    var waiting = [id]
    while let id = waiting.popLast() {
      guard id != primary, removed.insert(id).inserted,
        let flow = root["pipelines"]?.array?.first(where: { $0["id"]?.string == id })
      else { continue }
      waiting += (flow["nodes"]?.array ?? []).compactMap {
        $0["subflow_ref"]?["pipeline_id_ref"]?.string
      }
    }
    root.update("pipelines") { pipelines in
      pipelines.updateArray { pipelines in
        pipelines.removeAll { $0["id"]?.string.map(removed.contains) ?? false }
      }
    }
    primaryPlace =
      root["pipelines"]?.array?.firstIndex { $0["id"]?.string == primary } ?? primaryPlace
  }

  /// Moves a node on the canvas.
  ///
  /// - Throws: ``PipelineError`` when there is no such node.
  public mutating func moveNode(_ id: String, to position: PipelinePoint) throws(PipelineError) {
    try updateNode(id) { node in
      node.update("app_data") { data in
        data.updateObject { data in
          data.update("ui_data") { data in
            data.updateObject { data in
              data["x_pos"] = .pixels(position.x)
              data["y_pos"] = .pixels(position.y)
            }
          }
        }
      }
    }
  }

  /// Sets the label of a node; nil removes it, so that the file's name is shown.
  ///
  /// - Throws: ``PipelineError`` when there is no such node.
  public mutating func setLabel(_ label: String?, of id: String) throws(PipelineError) {
    try updateNode(id) { node in
      node.update("app_data") { $0.updateObject { $0["label"] = .init(label ?? "") } }
    }
  }

  /// Sets or removes a property of a node, such as `outputs` or `runtime_image`.
  ///
  /// - Parameters:
  ///   - name: the name of the property in the file.
  ///   - value: its value; nil removes it.
  ///   - id: the node.
  /// - Throws: ``PipelineError`` when there is no such node.
  public mutating func setProperty(_ name: String, to value: JSONValue?, of id: String)
    throws(PipelineError)
  {
    try updateNode(id) { node in
      node.update("app_data") { data in
        data.updateObject { data in
          data.update("component_parameters") { $0.updateObject { $0[name] = value } }
        }
      }
    }
  }

  /// Sets or removes one of Lyre's own properties of a node: `timeout`, `retries`, `retry_delay`.
  ///
  /// - Throws: ``PipelineError`` when there is no such node.
  public mutating func setLyreProperty(_ name: String, to value: JSONValue?, of id: String)
    throws(PipelineError)
  {
    try updateNode(id) { node in
      node.update("app_data") { data in
        data.updateObject { data in
          var own = data["lyre"]?.object ?? [:]
          own[name] = value
          data["lyre"] = own.isEmpty ? Optional.none : .object(own)
        }
      }
    }
  }

  // MARK: The pipeline

  /// Sets or removes a property of the pipeline, such as `description`.
  ///
  /// - Parameters:
  ///   - name: the name of the property in the file.
  ///   - value: its value; nil removes it.
  public mutating func setPipelineProperty(_ name: String, to value: JSONValue?) {
    isEdited = true
    updateApplicationData { data in
      data.update("properties") { $0.updateObject { $0[name] = value } }
    }
  }

  /// Sets or removes a default property of nodes.
  ///
  /// - Parameters:
  ///   - name: the name of the property in the file.
  ///   - value: its value; nil removes it.
  public mutating func setDefault(_ name: String, to value: JSONValue?) {
    var defaults =
      root["pipelines"]?[primaryPlace]?["app_data"]?["properties"]?["pipeline_defaults"]?.object
      ?? [:]
    defaults[name] = value
    setPipelineProperty("pipeline_defaults", to: .object(defaults))
  }

  // MARK: Finding nodes

  /// Changes a node of any flow.
  mutating func updateNode(_ id: String, _ body: (inout JSONObject) -> Void)
    throws(PipelineError)
  {
    let place = try place(of: id)
    isEdited = true
    updateFlow(place.flow) { flow in
      flow.update("nodes") { $0.updateArray { $0[place.node].updateObject(body) } }
    }
  }

  /// The place of a node.
  mutating func place(of id: String) throws(PipelineError) -> NodePlace {
    guard let place = find(id) else {
      throw PipelineError(.noSuchNode, "there is no node '\(id)'")
    }
    return place
  }

  /// The place of a node if it exists; the first of several with the same id.
  mutating func find(_ id: String) -> NodePlace? {
    if let places { return places[id] }
    var places: [String: NodePlace] = [:]
    for (flow, content) in (root["pipelines"]?.array ?? []).enumerated() {
      for (node, content) in (content["nodes"]?.array ?? []).enumerated() {
        guard let name = content["id"]?.string, places[name] == nil else { continue }
        places[name] = NodePlace(flow: flow, node: node)
      }
    }
    self.places = places
    return places[id]
  }
}
