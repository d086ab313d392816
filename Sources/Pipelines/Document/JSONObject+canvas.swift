import JSONCore

extension JSONObject {
  /// Changes what the canvas shows of a node or flow: the `ui_data` of its `app_data`.
  mutating func updateCanvas(_ body: (inout JSONObject) -> Void) {
    update("app_data") { data in
      data.updateObject { $0.update("ui_data") { $0.updateObject(body) } }
    }
  }

  /// Sets the position of a comment, or the one in the `ui_data` of a node.
  mutating func setPosition(_ point: PipelinePoint) {
    self["x_pos"] = .pixels(point.x)
    self["y_pos"] = .pixels(point.y)
  }
}
