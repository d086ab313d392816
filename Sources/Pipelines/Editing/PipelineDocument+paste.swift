import JSONCore

extension PipelineDocument {
  /// Adds copied nodes and comments to a flow, with new ids.
  ///
  /// - Parameters:
  ///   - clipboard: what was copied, in this or another pipeline.
  ///   - flow: the id of the flow; by default the primary one.
  ///   - position: the place of the upper left corner; by default beside the originals, where
  ///     nothing else is.
  ///   - folder: the folder of the pipeline's file. If it is known here and in the clipboard,
  ///     the paths of files are changed so that they lead to the same files.
  /// - Returns: the ids of the new nodes and comments.
  /// - Throws: ``PipelineError`` when there is no such flow.
  @discardableResult
  public mutating func paste(
    _ clipboard: PipelineClipboard, in flow: String? = nil, at position: PipelinePoint? = nil,
    folder: String? = nil
  ) throws(PipelineError) -> [String] {
    let place = try flowPlace(flow)
    guard !clipboard.isEmpty else { return [] }
    let copy = PastedCopy(
      clipboard, files: clipboard.folder.flatMap { from in folder.map { (from, $0) } })
    let positions = CanvasPositions(copy.nodes).points
    let box = CanvasBox(
      around: zip(copy.nodes, positions).map { CanvasBox(at: $1, CanvasBox.size(of: $0)) }
        + copy.comments.compactMap { comment in
          PipelinePoint(comment).map { CanvasBox(at: $0, CanvasBox.size(ofComment: comment)) }
        })
    let corner = box.map { PipelinePoint(x: $0.left, y: $0.top) } ?? PipelinePoint(x: 0, y: 0)
    let shift =
      position.map { PipelinePoint(x: $0.x - corner.x, y: $0.y - corner.y) }
      ?? freeShift(of: positions, in: place)
    var nodes = copy.nodes
    for index in nodes.indices {
      let point = PipelinePoint(
        x: positions[index].x + shift.x, y: positions[index].y + shift.y)
      nodes[index].updateObject { node in node.updateCanvas { $0.setPosition(point) } }
    }
    var comments = copy.comments
    for index in comments.indices {
      guard let old = PipelinePoint(comments[index]) else { continue }
      let point = PipelinePoint(x: old.x + shift.x, y: old.y + shift.y)
      comments[index].updateObject { $0.setPosition(point) }
    }
    isEdited = true
    places = nil
    let added = nodes
    updateFlow(place) { flow in
      flow.update("nodes") { $0.updateArray { $0 += added } }
    }
    append(comments, toCommentsOf: place)
    root.update("pipelines") { $0.updateArray { $0 += copy.flows } }
    return (added + comments).compactMap { $0["id"]?.string }
  }

  /// By how much to move copied nodes so that none covers a node exactly.
  private func freeShift(of points: [PipelinePoint], in flow: Int) -> PipelinePoint {
    let taken = Set(
      (flows[flow]["nodes"]?.array ?? []).compactMap { PipelinePoint($0["app_data"]?["ui_data"]) })
    var shift = PipelinePoint(x: 0, y: 0)
    for _ in 0..<1000 {
      let isFree = !points.contains {
        taken.contains(PipelinePoint(x: $0.x + shift.x, y: $0.y + shift.y))
      }
      if isFree { break }
      shift.x += 20
      shift.y += 20
    }
    return shift
  }
}

/// Copied nodes with new ids everywhere.
private struct PastedCopy {
  private(set) var nodes: [JSONValue]
  private(set) var comments: [JSONValue]
  private(set) var flows: [JSONValue] = []
  private var names: [String: String] = [:]
  private let files: (from: String, to: String)?

  init(_ clipboard: PipelineClipboard, files: (from: String, to: String)?) {
    self.files = files
    nodes = clipboard.nodes
    comments = clipboard.comments
    let inner = clipboard.flows
    for value in nodes + inner.flatMap({ $0["nodes"]?.array ?? [] }) + inner {
      if let id = value["id"]?.string, names[id] == nil { names[id] = PipelineID.new() }
    }
    for index in nodes.indices { rename(&nodes[index]) }
    for index in comments.indices { rename(comment: &comments[index]) }
    for var flow in inner {
      flow.updateObject { flow in
        flow["id"] = renamed(flow["id"])
        if flow["nodes"]?.array != nil {
          flow.update("nodes") { nodes in
            nodes.updateArray { nodes in
              for index in nodes.indices { rename(&nodes[index]) }
            }
          }
        }
        PipelineComments.update(in: &flow) { comments in
          for index in comments.indices { rename(comment: &comments[index]) }
        }
      }
      flows.append(flow)
    }
  }

  private func renamed(_ value: JSONValue?) -> JSONValue? {
    value?.string.flatMap { names[$0] }.map { .init($0) } ?? value
  }

  /// The id of a port may contain that of a node: `<id>_inPort`, `output_<id>_inPort`.
  private func renamedPort(_ value: JSONValue?) -> JSONValue? {
    guard let text = value?.string, text.utf8.count < 500 else { return value }
    for prefix in ["", "output_", "input_"] where text.hasPrefix(prefix) {
      let rest = text.dropFirst(prefix.count)
      for place in rest.indices where rest[place] == "_" {
        if let name = names[String(rest[..<place])] {
          return .init(prefix + name + String(rest[place...]))
        }
      }
    }
    return value
  }

  private func rename(_ node: inout JSONValue) {
    node.updateObject { node in
      node["id"] = renamed(node["id"])
      if node["subflow_ref"]?["pipeline_id_ref"] != nil {
        node.update("subflow_ref") { reference in
          reference.updateObject { reference in
            let flow = reference["pipeline_id_ref"]?.string.flatMap { names[$0] }
            reference["pipeline_id_ref"] = .init(flow ?? PipelineID.new())
          }
        }
      }
      for side in ["inputs", "outputs"] where node[side]?.array != nil {
        node.update(side) { ports in
          ports.updateArray { ports in
            for index in ports.indices where ports[index].object != nil {
              ports[index].updateObject(rename(port:))
            }
          }
        }
      }
      guard let parameters = node["app_data"]?["component_parameters"]?.object else { return }
      let new = JSONObject(parameters.members.map(rename(parameter:)))
      if new == parameters { return }
      node.update("app_data") { data in
        data.updateObject { $0["component_parameters"] = .object(new) }
      }
    }
  }

  private func rename(port: inout JSONObject) {
    if port["id"] != nil { port["id"] = renamedPort(port["id"]) }
    if port["subflow_node_ref"] != nil {
      port["subflow_node_ref"] = renamed(port["subflow_node_ref"])
    }
    guard let links = port["links"]?.array else { return }
    port["links"] = .array(
      links.compactMap { link in
        guard let source = link["node_id_ref"]?.string, names[source] != nil else { return nil }
        var link = link
        link.updateObject { link in
          link["id"] = .init(PipelineID.new())
          link["node_id_ref"] = renamed(link["node_id_ref"])
          if link["port_id_ref"] != nil { link["port_id_ref"] = renamedPort(link["port_id_ref"]) }
        }
        return link
      })
  }

  /// Inputs of components name the node whose output they take; files are relative to a folder.
  private func rename(parameter: JSONObject.Member) -> JSONObject.Member {
    var parameter = parameter
    if parameter.key == "filename", let files, let file = parameter.value.string,
      !file.hasPrefix("/"), !file.isEmpty
    {
      let path = PipelinePath.relative(PipelinePath.joined(files.from, file), to: files.to)
      parameter.value = .init(path)
    }
    if parameter.value["widget"]?.string == "inputpath", parameter.value["value"]?.object != nil {
      parameter.value.updateObject { input in
        input.update("value") { value in
          value.updateObject { $0["value"] = renamed($0["value"]) }
        }
      }
    }
    return parameter
  }

  private func rename(comment: inout JSONValue) {
    comment.updateObject { comment in
      comment["id"] = .init(PipelineID.new())
      guard let references = comment["associated_id_refs"]?.array else { return }
      comment["associated_id_refs"] = .array(
        references.map { reference in
          guard reference.object != nil else { return reference }
          var reference = reference
          reference.updateObject { reference in
            reference["id"] = .init(PipelineID.new())
            reference["node_ref"] = renamed(reference["node_ref"])
          }
          return reference
        })
    }
  }
}
