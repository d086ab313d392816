public import JSONCore

extension PipelineDocument {
  /// Adds a node that runs a notebook or a script.
  ///
  /// - Parameters:
  ///   - file: the notebook or script, relative to the folder of the pipeline's file.
  ///   - id: the node's id; by default a new one.
  ///   - operation: its operation; by default the one for the file name, see ``PipelineOperation``.
  ///   - label: its label; by default the file's name.
  ///   - flow: the id of the flow that gets the node; by default the primary one.
  ///   - position: its position on the canvas; by default beside the last node.
  ///   - properties: more properties, such as `outputs` or `runtime_image`.
  /// - Returns: the node's id.
  /// - Throws: ``PipelineError`` when the id is in use, the file's name is empty, or there is no
  ///   such flow.
  @discardableResult
  public mutating func addNode(
    file: String, id: String? = nil, operation: String? = nil, label: String? = nil,
    in flow: String? = nil, at position: PipelinePoint? = nil, properties: JSONObject = [:]
  ) throws(PipelineError) -> String {
    guard !file.isEmpty else { throw PipelineError(.invalidValue, "a node needs a file") }
    let operation = operation ?? PipelineOperation.forFile(file)
    var parameters: JSONObject = [
      "filename": .init(file), "dependencies": [], "include_subdirectories": false,
      "outputs": [], "env_vars": [],
    ]
    for member in properties { parameters[member.key.string] = member.value }
    return try addNode(
      NodeTemplate(
        id: id ?? PipelineID.new(), operation: operation, parameters: parameters, label: label,
        name: PipelinePath.name(file), image: NodeTemplate.image(of: operation),
        description: NodeTemplate.description(of: operation)),
      in: flow, at: position)
  }

  /// Adds a node to a flow.
  mutating func addNode(_ node: NodeTemplate, in flow: String?, at position: PipelinePoint?)
    throws(PipelineError) -> String
  {
    guard find(node.id) == nil, !node.id.isEmpty else {
      throw PipelineError(.duplicateID, "node '\(node.id)' already exists; choose another id")
    }
    let flow = try flowPlace(flow)
    let count = root["pipelines"]?[flow]?["nodes"]?.array?.count ?? 0
    let point =
      position
      ?? PipelinePoint(x: Double(40 + 220 * (count % 8)), y: Double(40 + 120 * (count / 8)))
    isEdited = true
    updateFlow(flow) { flow in
      flow.update("nodes") { $0.updateArray { $0.append(node.json(at: point)) } }
    }
    places?[node.id] = NodePlace(flow: flow, node: count)
    return node.id
  }

  /// Removes a node, its links, and its attachments to comments.
  ///
  /// The pipeline of a super node is removed with it. If the node was the only one inside a super
  /// node that used one of its ports, the port is removed too.
  ///
  /// - Throws: ``PipelineError`` when there is no such node.
  public mutating func removeNode(_ id: String) throws(PipelineError) {
    try removeNodes([id])
  }

  /// Removes several nodes, as ``removeNode(_:)`` does.
  ///
  /// - Throws: ``PipelineError`` when one of them does not exist; then nothing is removed.
  public mutating func removeNodes(_ ids: [String]) throws(PipelineError) {
    var removal = NodeRemoval()
    for id in ids { removal.add(id, at: try place(of: id), in: self) }
    isEdited = true
    places = nil
    removal.run(on: &self)
  }

  /// Removes flows without a super node, and those inside them.
  mutating func removeFlows(_ ids: [String]) {
    let primary = root["pipelines"]?[primaryPlace]?["id"]?.string
    var inner: [String: [String]] = [:]
    for flow in flows {
      guard let id = flow["id"]?.string, inner[id] == nil else { continue }
      inner[id] = (flow["nodes"]?.array ?? []).compactMap {
        $0["subflow_ref"]?["pipeline_id_ref"]?.string
      }
    }
    var removed: Set<String> = []
    var waiting = ids
    while let id = waiting.popLast() {
      guard id != primary, let inner = inner[id], removed.insert(id).inserted else { continue }
      waiting += inner
    }
    guard !removed.isEmpty else { return }
    places = nil
    root.update("pipelines") { pipelines in
      pipelines.updateArray { pipelines in
        pipelines.removeAll { $0["id"]?.string.map(removed.contains) ?? false }
      }
    }
    primaryPlace = flows.firstIndex { $0["id"]?.string == primary } ?? primaryPlace
  }
}
