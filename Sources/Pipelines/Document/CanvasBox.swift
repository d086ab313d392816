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
  init?(around boxes: some Sequence<CanvasBox>) {
    var whole: CanvasBox?
    for box in boxes {
      guard var sum = whole else {
        whole = box
        continue
      }
      sum.left = min(sum.left, box.left)
      sum.top = min(sum.top, box.top)
      sum.right = max(sum.right, box.right)
      sum.bottom = max(sum.bottom, box.bottom)
      whole = sum
    }
    guard let whole else { return nil }
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
    func length(_ name: String, _ standard: Double) -> Double {
      guard let value = canvas?[name]?.double, value >= 1, value < 1e6 else { return standard }
      return value
    }
    let standard = PipelineSize.expandedSuperNode
    return PipelineSize(
      width: length("expanded_width", standard.width),
      height: length("expanded_height", standard.height))
  }

  /// The size of a comment of the file.
  static func size(ofComment comment: JSONValue) -> PipelineSize {
    func length(_ name: String, _ standard: Double) -> Double {
      guard let value = comment[name]?.double, value >= 1, value < 1e6 else { return standard }
      return value
    }
    let standard = PipelineSize.comment
    return PipelineSize(
      width: length("width", standard.width), height: length("height", standard.height))
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
