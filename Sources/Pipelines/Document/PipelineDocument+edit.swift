public import JSONCore

extension PipelineDocument {
  /// A new pipeline without nodes, as Elyra's editor makes one.
  ///
  /// - Parameters:
  ///   - name: its name, as a rule that of its file.
  ///   - description: what it is for.
  ///   - runtimeImage: the container image of nodes that name none.
  public init(name: String, description: String? = nil, runtimeImage: String? = nil) {
    var properties: JSONObject = ["name": .init(name), "runtime": "Generic"]
    if let description { properties["description"] = .init(description) }
    if let runtimeImage {
      properties["pipeline_defaults"] = ["runtime_image": .init(runtimeImage)]
    }
    let value: JSONValue = [
      "doc_type": "pipeline", "version": "3.0",
      "json_schema":
        "http://api.dataplatform.ibm.com/schemas/common-pipeline/pipeline-flow/pipeline-flow-v3-schema.json",
      "id": "elyra-auto-generated-pipeline", "primary_pipeline": "primary",
      "pipelines": [
        [
          "id": "primary", "nodes": [],
          "app_data": [
            "ui_data": ["comments": []],
            "version": .init(PipelineDocument.currentVersion), "properties": .object(properties),
          ],
          "runtime_ref": "",
        ]
      ],
      "schemas": [],
    ]
    original = value.serialized(.pretty)
    version = PipelineDocument.currentVersion
    statesVersion = true
    primaryPlace = 0
    root = value.object ?? [:]
  }

  // MARK: Nodes

  /// Adds a node that runs a notebook or a script.
  ///
  /// - Parameters:
  ///   - file: the notebook or script, from the folder of the pipeline's file on.
  ///   - id: the node's id; by default a new one.
  ///   - operation: what runs it; by default what fits its name, see ``PipelineOperation``.
  ///   - label: what people call it; by default the file's name.
  ///   - position: where it lies on the canvas; by default beside the last one.
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
      throw PipelineError(.duplicateID, "there is a node '\(id)' already; choose another id")
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

  /// Removes a node, the links that lead from and to it, and what comments have to do with it.
  ///
  /// With a super node goes the pipeline that it stands for.
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

  /// Removes a pipeline that no super node stands for any more, and those inside it.
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

  /// Gives a node a label of its own; nil takes it away, so that the file's name is shown.
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
  ///   - name: the property as the file calls it.
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

  // MARK: Links

  /// Lets one node wait for another one; does nothing where it does so already.
  ///
  /// - Parameters:
  ///   - source: the node that runs first.
  ///   - target: the node that waits for it.
  ///   - id: the link's id; by default a new one.
  /// - Throws: ``PipelineError`` when one of them is not there, is a super node or lies inside of
  ///   another super node, or both are the same.
  public mutating func connect(_ source: String, to target: String, id: String? = nil)
    throws(PipelineError)
  {
    let (from, to) = (try place(of: source), try place(of: target))
    guard source != target else {
      throw PipelineError(.cycle, "the node '\(source)' cannot wait for itself")
    }
    guard from.flow == to.flow else {
      throw PipelineError(
        .invalidValue, "'\(source)' and '\(target)' are not in the same pipeline of the file")
    }
    for (name, place) in [(source, from), (target, to)] {
      let type = root["pipelines"]?[place.flow]?["nodes"]?[place.node]?["type"]?.string
      guard type == "execution_node" else {
        throw PipelineError(.invalidValue, "'\(name)' is not a node that runs something")
      }
    }
    let link: JSONValue = [
      "id": .init(id ?? PipelineID.new()), "node_id_ref": .init(source),
      "port_id_ref": "outPort",
    ]
    try updateNode(target) { node in
      let links = (node["inputs"]?.array ?? []).flatMap { $0["links"]?.array ?? [] }
      if links.contains(where: { $0["node_id_ref"]?.string == source }) { return }
      node.update("inputs") { ports in
        ports.updateArray { ports in
          if ports.isEmpty { ports.append(PipelineID.port("inPort", "Input Port")) }
          ports[0].updateObject { $0.update("links") { $0.updateArray { $0.append(link) } } }
        }
      }
    }
  }

  /// Removes the links from one node to another one, if there are any.
  ///
  /// - Throws: ``PipelineError`` when the node that waits is not there.
  public mutating func disconnect(_ source: String, from target: String) throws(PipelineError) {
    let place = try place(of: target)
    isEdited = true
    updateFlow(place.flow) { flow in
      flow.update("nodes") { nodes in
        nodes.updateArray { nodes in
          PipelineLinks.remove(from: &nodes[place.node]) { $0["node_id_ref"]?.string == source }
        }
      }
    }
  }

  // MARK: The pipeline

  /// Sets or removes a property of the pipeline, such as `description`.
  ///
  /// - Parameters:
  ///   - name: the property as the file calls it.
  ///   - value: its value; nil removes it.
  public mutating func setPipelineProperty(_ name: String, to value: JSONValue?) {
    isEdited = true
    updateApplicationData { data in
      data.update("properties") { $0.updateObject { $0[name] = value } }
    }
  }

  /// Sets or removes a property that nodes have unless they say otherwise.
  ///
  /// - Parameters:
  ///   - name: the property as the file calls it.
  ///   - value: its value; nil removes it.
  public mutating func setDefault(_ name: String, to value: JSONValue?) {
    var defaults =
      root["pipelines"]?[primaryPlace]?["app_data"]?["properties"]?["pipeline_defaults"]?.object
      ?? [:]
    defaults[name] = value
    setPipelineProperty("pipeline_defaults", to: .object(defaults))
  }

  // MARK: Comments

  /// Adds a comment to the canvas.
  ///
  /// - Parameters:
  ///   - text: what it says.
  ///   - position: where it lies.
  ///   - nodes: the nodes that it is attached to.
  ///   - id: its id; by default a new one.
  /// - Returns: its id.
  /// - Throws: ``PipelineError`` when one of the nodes is not there.
  @discardableResult
  public mutating func addComment(
    _ text: String, at position: PipelinePoint = PipelinePoint(x: 40, y: -40),
    attachedTo nodes: [String] = [], id: String? = nil
  ) throws(PipelineError) -> String {
    for node in nodes { _ = try place(of: node) }
    let id = id ?? PipelineID.new()
    let comment: JSONValue = [
      "id": .init(id), "x_pos": .pixels(position.x), "y_pos": .pixels(position.y), "width": 175,
      "height": 42, "class_name": "d3-comment-rect", "content": .init(text),
      "associated_id_refs": .array(
        nodes.map { ["id": .init(PipelineID.new()), "node_ref": .init($0)] }),
    ]
    isEdited = true
    updateFlow(primaryPlace) { flow in
      flow.update("app_data") { data in
        data.updateObject { data in
          data.update("ui_data") { data in
            data.updateObject { $0.update("comments") { $0.updateArray { $0.append(comment) } } }
          }
        }
      }
    }
    return id
  }

  /// Changes the text of a comment, or removes the comment.
  ///
  /// - Parameters:
  ///   - id: the comment.
  ///   - text: what it is to say; nil removes it.
  /// - Throws: ``PipelineError`` when there is no such comment.
  public mutating func setComment(_ id: String, to text: String?) throws(PipelineError) {
    var isFound = false
    updateFlow(primaryPlace) { flow in
      PipelineComments.update(in: &flow) { comments in
        guard let place = comments.firstIndex(where: { $0["id"]?.string == id }) else { return }
        isFound = true
        if let text {
          comments[place].updateObject { $0["content"] = .init(text) }
        } else {
          comments.remove(at: place)
        }
      }
    }
    guard isFound else { throw PipelineError(.noSuchNode, "there is no comment '\(id)'") }
    isEdited = true
  }

  // MARK: Finding nodes

  private mutating func updateNode(_ id: String, _ body: (inout JSONObject) -> Void)
    throws(PipelineError)
  {
    let place = try place(of: id)
    isEdited = true
    updateFlow(place.flow) { flow in
      flow.update("nodes") { $0.updateArray { $0[place.node].updateObject(body) } }
    }
  }

  private mutating func place(of id: String) throws(PipelineError) -> NodePlace {
    guard let place = find(id) else {
      throw PipelineError(.noSuchNode, "there is no node '\(id)'")
    }
    return place
  }

  private mutating func find(_ id: String) -> NodePlace? {
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

/// Work on the links of a node.
enum PipelineLinks {
  static func remove(from node: inout JSONValue, where isMeant: (JSONValue) -> Bool) {
    guard let ports = node["inputs"]?.array,
      ports.contains(where: { $0["links"]?.array?.contains(where: isMeant) ?? false })
    else { return }
    node.updateObject { node in
      node.update("inputs") { ports in
        ports.updateArray { ports in
          for port in ports.indices where ports[port]["links"]?.array != nil {
            ports[port].updateObject { port in
              let links = (port["links"]?.array ?? []).filter { !isMeant($0) }
              port["links"] = links.isEmpty ? Optional.none : .array(links)
            }
          }
        }
      }
    }
  }
}

/// Work on the comments of a pipeline.
enum PipelineComments {
  static func update(in flow: inout JSONObject, _ body: (inout [JSONValue]) -> Void) {
    guard flow["app_data"]?["ui_data"]?["comments"]?.array != nil else { return }
    flow.update("app_data") { data in
      data.updateObject { data in
        data.update("ui_data") { data in
          data.updateObject { $0.update("comments") { $0.updateArray(body) } }
        }
      }
    }
  }
}

/// What new nodes are made of.
enum PipelineID {
  /// A random UUID of version 4.
  static func new() -> String {
    var generator = SystemRandomNumberGenerator()
    let (high, low) = (generator.next(), generator.next())
    let bits = (
      high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000, low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    )
    func hex(_ value: UInt64, _ shift: UInt64, _ digits: Int) -> String {
      let mask: UInt64 = digits == 16 ? .max : (1 << UInt64(digits * 4)) - 1
      let text = String(value >> shift & mask, radix: 16)
      return String(repeating: "0", count: digits - text.utf8.count) + text
    }
    return [
      hex(bits.0, 32, 8), hex(bits.0, 16, 4), hex(bits.0, 0, 4), hex(bits.1, 48, 4),
      hex(bits.1, 0, 12),
    ].joined(separator: "-")
  }

  static func port(_ id: String, _ label: String) -> JSONValue {
    [
      "id": .init(id),
      "app_data": [
        "ui_data": ["cardinality": ["min": 0, "max": -1], "label": .init(label)]
      ],
    ]
  }

  static func description(of operation: String) -> String {
    switch operation {
    case PipelineOperation.notebook: "Run notebook file"
    case PipelineOperation.pythonScript: "Run Python script"
    case PipelineOperation.rScript: "Run R script"
    default: "Run script"
    }
  }
}

extension JSONValue {
  /// A place on the canvas: a whole number where it is one.
  static func pixels(_ value: Double) -> JSONValue {
    if let whole = Int(exactly: value) { return .init(whole) }
    return value.isFinite ? .init(value) : 0
  }
}
