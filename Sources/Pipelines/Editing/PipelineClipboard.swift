import JSONCore

/// Copied nodes and comments of a flow: with the links between them, and the flows of super nodes.
public struct PipelineClipboard: Sendable, Hashable {
  /// The nodes, as in the file, without links from other nodes.
  let nodes: [JSONValue]

  /// The comments, as in the file, without attachments to other nodes.
  let comments: [JSONValue]

  /// The flows of super nodes, also nested ones, as in the file.
  let flows: [JSONValue]

  /// The folder of the file of the pipeline that they were copied from; nil if unknown.
  public let folder: String?

  /// Whether nothing was copied.
  public var isEmpty: Bool { nodes.isEmpty && comments.isEmpty }

  /// Copies nodes and comments.
  ///
  /// Bindings of super nodes are not copied: they belong to their super node.
  ///
  /// - Parameters:
  ///   - document: the pipeline.
  ///   - ids: the ids of nodes and comments of one flow. Links are ignored: those between the
  ///     nodes are copied anyway.
  ///   - folder: the folder of the pipeline's file, so that pasted nodes find their files.
  /// - Throws: ``PipelineError`` when the ids belong to several flows.
  public init(_ document: PipelineDocument, _ ids: [String], folder: String? = nil)
    throws(PipelineError)
  {
    var document = document
    let wanted = Set(ids)
    let places = Set(ids.compactMap { (document.find($0) ?? document.findComment($0))?.flow })
    guard places.count <= 1 else {
      throw PipelineError(.invalidValue, "nodes of several flows cannot be copied together")
    }
    let flow = places.first.map { document.flows[$0] } ?? .null
    func isWanted(_ value: JSONValue) -> Bool { value["id"]?.string.map(wanted.contains) ?? false }
    var nodes = (flow["nodes"]?.array ?? []).filter {
      isWanted($0) && $0["type"]?.string != "binding"
    }
    let copied = Set(nodes.compactMap { $0["id"]?.string })
    for index in nodes.indices {
      PipelineLinks.remove(from: &nodes[index]) { link in
        !(link["node_id_ref"]?.string.map(copied.contains) ?? false)
      }
    }
    var comments = (flow["app_data"]?["ui_data"]?["comments"]?.array ?? []).filter(isWanted)
    for index in comments.indices {
      let references = comments[index]["associated_id_refs"]?.array ?? []
      comments[index].updateObject { comment in
        comment["associated_id_refs"] = .array(
          references.filter { $0["node_ref"]?.string.map(copied.contains) ?? false })
      }
    }
    self.nodes = nodes
    self.comments = comments
    self.folder = folder
    flows = PipelineClipboard.flows(of: nodes, among: document.flows)
  }

  /// The flows to which super nodes refer, also inside them, each once.
  private static func flows(of nodes: [JSONValue], among all: [JSONValue]) -> [JSONValue] {
    let byID = Dictionary(
      all.compactMap { flow in flow["id"]?.string.map { ($0, flow) } },
      uniquingKeysWith: { first, _ in first })
    func inner(_ nodes: [JSONValue]) -> [String] {
      nodes.compactMap { $0["subflow_ref"]?["pipeline_id_ref"]?.string }
    }
    var result: [JSONValue] = []
    var seen: Set<String> = []
    var waiting = Array(inner(nodes).reversed())
    while let id = waiting.popLast() {
      guard seen.insert(id).inserted, let flow = byID[id] else { continue }
      result.append(flow)
      waiting += inner(flow["nodes"]?.array ?? []).reversed()
    }
    return result
  }

  // MARK: The text on the clipboard

  private static let kind = "lyre-pipeline-nodes"

  /// The text for a clipboard.
  public var content: String {
    var value: JSONObject = [
      "kind": .init(PipelineClipboard.kind), "version": 1, "nodes": .array(nodes),
      "comments": .array(comments), "flows": .array(flows),
    ]
    if let folder { value["folder"] = .init(folder) }
    return String(decoding: JSONValue.object(value).serialized(), as: UTF8.self)
  }

  /// Reads the text of a clipboard, which may be anything.
  ///
  /// - Throws: ``PipelineError`` when it is not the content of a ``PipelineClipboard``.
  public init(content: String) throws(PipelineError) {
    let value = try? JSONValue(parsing: Array(content.utf8))
    guard let value, value["kind"]?.string == PipelineClipboard.kind, value["version"]?.int == 1
    else {
      throw PipelineError(
        .invalidValue, "the clipboard has no copied nodes of a pipeline", place: "content")
    }
    func objects(_ name: String) throws(PipelineError) -> [JSONValue] {
      let list = value[name]?.array ?? []
      var seen: Set<String> = []
      for (place, item) in list.enumerated() {
        guard let id = item["id"]?.string, seen.insert(id).inserted else {
          throw PipelineError(
            .invalidValue, "the copied nodes are damaged: an id is missing or used twice",
            place: "content.\(name)[\(place)].id")
        }
      }
      return list
    }
    nodes = try objects("nodes")
    comments = try objects("comments")
    flows = try objects("flows")
    folder = value["folder"]?.string
  }
}
