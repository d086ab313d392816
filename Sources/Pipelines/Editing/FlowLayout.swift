import JSONCore

/// Positions for the nodes of a flow: layers along one direction, as in the drawings of pipelines.
struct FlowLayout {
  /// The positions of the upper left corners, by the indices of the nodes, relative to (0, 0).
  private(set) var points: [Int: PipelinePoint] = [:]

  /// The room between nodes of one layer, and between layers, in points.
  private static let gap = PipelineSize(width: 80, height: 40)

  /// - Parameters:
  ///   - nodes: all nodes of the flow, as in the file.
  ///   - chosen: the indices of the nodes to arrange.
  ///   - direction: the direction of the links.
  init(_ nodes: [JSONValue], _ chosen: [Int], _ direction: PipelineEdit.Direction) {
    guard !chosen.isEmpty else { return }
    var numbers: [String: Int] = [:]
    for (number, place) in chosen.enumerated() {
      guard let id = nodes[place]["id"]?.string, numbers[id] == nil else { continue }
      numbers[id] = number
    }
    let parents = chosen.enumerated().map { number, place -> [Int] in
      var parents: [Int] = []
      for link in PipelineLinks.all(of: nodes[place]) {
        guard let source = link["node_id_ref"]?.string.flatMap({ numbers[$0] }),
          source != number, !parents.contains(source)
        else { continue }
        parents.append(source)
      }
      return parents
    }
    let order = GraphEdges(parents: parents).order
    var rank = [Int](repeating: 0, count: order.count)
    for (new, old) in order.enumerated() { rank[old] = new }
    // Links that lead backwards in a cycle do not count.
    let forward = order.enumerated().map { new, old in
      parents[old].map { rank[$0] }.filter { $0 < new }
    }
    let sizes = order.map { CanvasBox.size(of: nodes[chosen[$0]]) }
    place(forward, sizes, order.map { chosen[$0] }, direction)
  }

  private mutating func place(
    _ parents: [[Int]], _ sizes: [PipelineSize], _ places: [Int],
    _ direction: PipelineEdit.Direction
  ) {
    let gap = FlowLayout.gap
    let isHorizontal = direction == .horizontal
    let pitch =
      isHorizontal ? PipelineSize.node.height + gap.height : PipelineSize.node.width + gap.height
    let across = sizes.map { isHorizontal ? $0.height : $0.width }
    let along = sizes.map { isHorizontal ? $0.width : $0.height }
    let layout = LayeredLayout(
      parents: parents, sizes: across.map { ($0 + gap.height) / pitch })
    var widths = [Double](repeating: 0, count: layout.layerCount)
    for (number, layer) in layout.layers.enumerated() {
      widths[layer] = max(widths[layer], along[number])
    }
    var starts: [Double] = []
    var next = 0.0
    for width in widths {
      starts.append(next)
      next += width + gap.width
    }
    let middles = layout.offsets.map { $0 * pitch }
    let least = zip(middles, across).map { $0 - $1 / 2 }.min() ?? 0
    for (number, place) in places.enumerated() {
      let layer = layout.layers[number]
      let main = starts[layer] + (widths[layer] - along[number]) / 2
      let side = (middles[number] - across[number] / 2 - least).rounded()
      points[place] =
        isHorizontal ? PipelinePoint(x: main, y: side) : PipelinePoint(x: side, y: main)
    }
  }
}
