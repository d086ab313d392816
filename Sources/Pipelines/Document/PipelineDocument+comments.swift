import JSONCore

extension PipelineDocument {
  /// Adds a comment to the canvas.
  ///
  /// - Parameters:
  ///   - text: its text, in Markdown.
  ///   - position: its position.
  ///   - size: its size; by default that of Elyra's editor.
  ///   - nodes: the ids of the nodes to attach it to.
  ///   - flow: the id of the flow that gets it; by default the primary one.
  ///   - id: its id; by default a new one.
  /// - Returns: its id.
  /// - Throws: ``PipelineError`` when the flow does not exist, or one of the nodes is not in it.
  @discardableResult
  public mutating func addComment(
    _ text: String, at position: PipelinePoint = PipelinePoint(x: 40, y: -40),
    size: PipelineSize = .comment, attachedTo nodes: [String] = [], in flow: String? = nil,
    id: String? = nil
  ) throws(PipelineError) -> String {
    let place = try flowPlace(flow)
    for node in nodes {
      guard try self.place(of: node).flow == place else {
        throw PipelineError(.invalidValue, "the node '\(node)' is not in the flow of the comment")
      }
    }
    let id = id ?? PipelineID.new()
    let comment: JSONValue = [
      "id": .init(id), "x_pos": .pixels(position.x), "y_pos": .pixels(position.y),
      "width": .pixels(size.width), "height": .pixels(size.height),
      "class_name": "d3-comment-rect", "content": .init(text),
      "associated_id_refs": .array(nodes.map(PipelineComments.reference)),
    ]
    append([comment], toCommentsOf: place)
    return id
  }

  /// Appends comments to a flow.
  mutating func append(_ comments: [JSONValue], toCommentsOf flow: Int) {
    guard !comments.isEmpty else { return }
    isEdited = true
    updateFlow(flow) { PipelineComments.append(comments, to: &$0) }
  }

  /// Changes the text of a comment, or removes the comment.
  ///
  /// - Parameters:
  ///   - id: the id of the comment.
  ///   - text: the new text; nil removes the comment.
  /// - Throws: ``PipelineError`` when there is no such comment.
  public mutating func setComment(_ id: String, to text: String?) throws(PipelineError) {
    if let text {
      try updateComment(id) { $0["content"] = .init(text) }
    } else {
      try updateComments(of: id) { $0.remove(at: $1) }
    }
  }

  /// Attaches a comment to a node of its flow; does nothing if it already is.
  ///
  /// - Returns: the id of the new attachment; nil if there was one already.
  /// - Throws: ``PipelineError`` when one of them does not exist, or they are in different flows.
  @discardableResult
  public mutating func attachComment(_ id: String, to node: String) throws(PipelineError) -> String?
  {
    guard let place = findComment(id) else {
      throw PipelineError(.noSuchNode, "there is no comment '\(id)'")
    }
    let other = try self.place(of: node)
    guard other.flow == place.flow else {
      throw PipelineError(.invalidValue, "the node '\(node)' is not in the flow of the comment")
    }
    var added: String?
    try updateComment(id) { comment in
      let references = comment["associated_id_refs"]?.array ?? []
      if references.contains(where: { $0["node_ref"]?.string == node }) { return }
      let reference = PipelineComments.reference(node)
      added = reference["id"]?.string
      comment["associated_id_refs"] = .array(references + [reference])
    }
    return added
  }

  /// Changes a comment of any flow.
  mutating func updateComment(_ id: String, _ body: (inout JSONObject) -> Void)
    throws(PipelineError)
  {
    try updateComments(of: id) { $0[$1].updateObject(body) }
  }

  private mutating func updateComments(of id: String, _ body: (inout [JSONValue], Int) -> Void)
    throws(PipelineError)
  {
    guard let place = findComment(id) else {
      throw PipelineError(.noSuchNode, "there is no comment '\(id)'")
    }
    isEdited = true
    updateFlow(place.flow) { flow in
      PipelineComments.update(in: &flow) { body(&$0, place.node) }
    }
  }
}

/// A size on the canvas, in the editor's points.
public struct PipelineSize: Sendable, Hashable {
  /// The width.
  public var width: Double

  /// The height.
  public var height: Double

  /// Creates a size.
  public init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  /// The size of nodes in Elyra's editor.
  public static let node = PipelineSize(width: 160, height: 40)

  /// The size of new comments in Elyra's editor.
  public static let comment = PipelineSize(width: 175, height: 42)

  /// The size of super nodes that show their content, in Elyra's editor.
  public static let expandedSuperNode = PipelineSize(width: 300, height: 200)
}

/// Operations on the comments of a flow.
enum PipelineComments {
  static func update(in flow: inout JSONObject, _ body: (inout [JSONValue]) -> Void) {
    guard flow["app_data"]?["ui_data"]?["comments"]?.array != nil else { return }
    flow.updateCanvas { $0.update("comments") { $0.updateArray(body) } }
  }

  /// Appends comments; a flow without a list of comments gets one.
  static func append(_ comments: [JSONValue], to flow: inout JSONObject) {
    flow.updateCanvas { $0.update("comments") { $0.updateArray { $0 += comments } } }
  }

  /// Removes the attachments to some nodes.
  static func detach(_ nodes: Set<String>, in flow: inout JSONObject) {
    func isMeant(_ reference: JSONValue) -> Bool {
      reference["node_ref"]?.string.map(nodes.contains) ?? false
    }
    update(in: &flow) { comments in
      for place in comments.indices {
        guard let references = comments[place]["associated_id_refs"]?.array,
          references.contains(where: isMeant)
        else { continue }
        comments[place].updateObject { comment in
          comment["associated_id_refs"] = .array(references.filter { !isMeant($0) })
        }
      }
    }
  }

  /// A new attachment to a node.
  static func reference(_ node: String) -> JSONValue {
    ["id": .init(PipelineID.new()), "node_ref": .init(node)]
  }
}
