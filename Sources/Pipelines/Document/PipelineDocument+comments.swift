import JSONCore

extension PipelineDocument {
  /// Adds a comment to the canvas.
  ///
  /// - Parameters:
  ///   - text: its text.
  ///   - position: its position.
  ///   - nodes: the ids of the nodes to attach it to.
  ///   - id: its id; by default a new one.
  /// - Returns: its id.
  /// - Throws: ``PipelineError`` when one of the nodes does not exist.
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
  ///   - id: the id of the comment.
  ///   - text: the new text; nil removes the comment.
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
}

/// Operations on the comments of a pipeline.
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
