import JSONCore

/// The rectangle around objects on the canvas.
struct CanvasBox {
  var left: Double
  var top: Double
  var right: Double
  var bottom: Double

  var size: PipelineSize { PipelineSize(width: right - left, height: bottom - top) }

  init(at point: PipelinePoint, _ size: PipelineSize) {
    left = point.x
    top = point.y
    right = point.x + size.width
    bottom = point.y + size.height
  }

  /// The rectangle around boxes; nil if there are none.
  init?(around boxes: [CanvasBox]) {
    guard var whole = boxes.first else { return nil }
    for box in boxes.dropFirst() {
      whole.left = min(whole.left, box.left)
      whole.top = min(whole.top, box.top)
      whole.right = max(whole.right, box.right)
      whole.bottom = max(whole.bottom, box.bottom)
    }
    self = whole
  }

  /// The rectangle around nodes of the file; nil if none has a position.
  init?(_ nodes: [JSONValue]) {
    self.init(
      around: nodes.compactMap { node in
        PipelinePoint(node["app_data"]?["ui_data"]).map {
          CanvasBox(at: $0, CanvasBox.size(of: node))
        }
      })
  }

  /// The size of a node of the file: an expanded super node has its own.
  static func size(of node: JSONValue) -> PipelineSize {
    let canvas = node["app_data"]?["ui_data"]
    guard node["type"]?.string == "super_node", canvas?["is_expanded"]?.bool == true else {
      return .node
    }
    let standard = PipelineSize.expandedSuperNode
    return PipelineSize(
      width: length(canvas?["expanded_width"]) ?? standard.width,
      height: length(canvas?["expanded_height"]) ?? standard.height)
  }

  /// The size of a comment of the file.
  static func size(ofComment comment: JSONValue) -> PipelineSize {
    let standard = PipelineSize.comment
    return PipelineSize(
      width: length(comment["width"]) ?? standard.width,
      height: length(comment["height"]) ?? standard.height)
  }

  /// The position at which a comment of the file is shown, also if it has none.
  static func position(ofComment comment: JSONValue) -> PipelinePoint {
    PipelinePoint(comment) ?? PipelinePoint(x: 40, y: -40)
  }

  /// A width or height of the file; nil if an edit could not have set it.
  private static func length(_ value: JSONValue?) -> Double? {
    guard let length = value?.double, length >= 1, length < 1e6 else { return nil }
    return length
  }

  /// The position of the node that is nearest to the upper left corner of all; nil if none has one.
  static func topLeft(_ nodes: [JSONValue]) -> PipelinePoint? {
    guard let box = CanvasBox(nodes) else { return nil }
    func distance(_ point: PipelinePoint) -> Double {
      let (x, y) = (point.x - box.left, point.y - box.top)
      return x * x + y * y
    }
    return nodes.compactMap { PipelinePoint($0["app_data"]?["ui_data"]) }
      .min { distance($0) < distance($1) }
  }
}
