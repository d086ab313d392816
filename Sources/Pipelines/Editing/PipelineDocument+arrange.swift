import JSONCore

extension PipelineDocument {
  /// Arranges a flow, or some of its nodes, in layers along their links.
  ///
  /// The upper left corner stays. Comments move with the first of their nodes.
  ///
  /// - Parameters:
  ///   - flow: the id of the flow; by default the primary one, or that of the nodes.
  ///   - ids: the nodes; nil for all. Other ids are ignored.
  ///   - direction: the direction of the links.
  /// - Throws: ``PipelineError`` when there is no such flow.
  public mutating func arrange(
    flow: String? = nil, ids: [String]? = nil, _ direction: PipelineEdit.Direction = .horizontal
  ) throws(PipelineError) {
    let own = flow == nil ? ids?.compactMap { find($0)?.flow }.first : nil
    let place = if let own { own } else { try flowPlace(flow) }
    let nodes = flows[place]["nodes"]?.array ?? []
    let wanted = ids.map(Set.init)
    let chosen = nodes.indices.filter { index in
      wanted.map { wanted in nodes[index]["id"]?.string.map(wanted.contains) ?? false } ?? true
    }
    guard chosen.count > (ids == nil ? 0 : 1) else { return }
    let layout = FlowLayout(nodes, chosen, direction)
    let box = CanvasBox(chosen.map { nodes[$0] })
    let corner = PipelinePoint(x: box?.left ?? 40, y: box?.top ?? 40)
    var shifts: [String: PipelinePoint] = [:]
    var new: [Int: PipelinePoint] = [:]
    for (index, point) in layout.points {
      let point = PipelinePoint(x: corner.x + point.x, y: corner.y + point.y)
      new[index] = point
      if let old = PipelinePoint(nodes[index]["app_data"]?["ui_data"]),
        let id = nodes[index]["id"]?.string
      {
        shifts[id] = PipelinePoint(x: point.x - old.x, y: point.y - old.y)
      }
    }
    setPositions(new, in: place)
    moveComments(with: shifts, in: place)
  }

  private mutating func setPositions(_ points: [Int: PipelinePoint], in flow: Int) {
    isEdited = true
    updateFlow(flow) { flow in
      flow.update("nodes") { nodes in
        nodes.updateArray { nodes in
          for (index, point) in points {
            nodes[index].updateObject { node in node.updateCanvas { $0.setPosition(point) } }
          }
        }
      }
    }
  }

  private mutating func moveComments(with shifts: [String: PipelinePoint], in flow: Int) {
    updateFlow(flow) { flow in
      PipelineComments.update(in: &flow) { comments in
        for index in comments.indices {
          let nodes = (comments[index]["associated_id_refs"]?.array ?? []).compactMap {
            $0["node_ref"]?.string
          }
          guard let shift = nodes.lazy.compactMap({ shifts[$0] }).first,
            let old = PipelinePoint(comments[index])
          else { continue }
          let point = PipelinePoint(x: old.x + shift.x, y: old.y + shift.y)
          comments[index].updateObject { $0.setPosition(point) }
        }
      }
    }
  }

  /// Aligns nodes and comments with the outermost of them, or with the middle of all.
  ///
  /// - Throws: ``PipelineError`` when one of them does not exist.
  public mutating func align(_ ids: [String], to alignment: PipelineEdit.Alignment)
    throws(PipelineError)
  {
    let boxes = try canvasBoxes(ids)
    guard boxes.count > 1, let whole = CanvasBox(around: boxes.map(\.box)) else { return }
    for (id, box) in boxes {
      var point = PipelinePoint(x: box.left, y: box.top)
      switch alignment {
      case .left: point.x = whole.left
      case .center: point.x = ((whole.left + whole.right - box.size.width) / 2).rounded()
      case .right: point.x = whole.right - box.size.width
      case .top: point.y = whole.top
      case .middle: point.y = ((whole.top + whole.bottom - box.size.height) / 2).rounded()
      case .bottom: point.y = whole.bottom - box.size.height
      }
      if point != PipelinePoint(x: box.left, y: box.top) { try move(id, to: point) }
    }
  }

  /// Distributes nodes and comments with the same room between them; the outermost two stay.
  ///
  /// - Throws: ``PipelineError`` when one of them does not exist.
  public mutating func distribute(_ ids: [String], _ direction: PipelineEdit.Direction)
    throws(PipelineError)
  {
    let isHorizontal = direction == .horizontal
    func start(_ box: CanvasBox) -> Double { isHorizontal ? box.left : box.top }
    func length(_ box: CanvasBox) -> Double {
      isHorizontal ? box.size.width : box.size.height
    }
    let boxes = try canvasBoxes(ids).enumerated().sorted {
      (start($0.element.box), $0.offset) < (start($1.element.box), $1.offset)
    }.map(\.element)
    guard boxes.count > 2, let first = boxes.first, let last = boxes.last else { return }
    let inner = boxes.reduce(0) { $0 + length($1.box) }
    let room = start(last.box) + length(last.box) - start(first.box)
    let gap = (room - inner) / Double(boxes.count - 1)
    var next = start(first.box)
    for (id, box) in boxes.dropLast() {
      let place = next.rounded()
      if id != first.id, place != start(box) {
        try move(
          id,
          to: isHorizontal
            ? PipelinePoint(x: place, y: box.top) : PipelinePoint(x: box.left, y: place))
      }
      next += length(box) + gap
    }
  }

  /// The rectangles of nodes and comments; those without a stored position get that of the view.
  private mutating func canvasBoxes(_ ids: [String]) throws(PipelineError) -> [(
    id: String, box: CanvasBox
  )] {
    var result: [(id: String, box: CanvasBox)] = []
    var seen: Set<String> = []
    var layouts: [Int: CanvasPositions] = [:]
    for id in ids where seen.insert(id).inserted {
      if let place = find(id) {
        let nodes = flows[place.flow]["nodes"]?.array ?? []
        let positions = layouts[place.flow] ?? CanvasPositions(nodes)
        layouts[place.flow] = positions
        result.append(
          (id, CanvasBox(at: positions.points[place.node], CanvasBox.size(of: nodes[place.node]))))
      } else if let place = findComment(id) {
        let comment =
          flows[place.flow]["app_data"]?["ui_data"]?["comments"]?[place.node] ?? .null
        let point = CanvasBox.position(ofComment: comment)
        result.append((id, CanvasBox(at: point, CanvasBox.size(ofComment: comment))))
      } else {
        throw PipelineError(.noSuchNode, "there is no node or comment '\(id)'")
      }
    }
    return result
  }
}

/// Where each node of a flow is shown: where the file says, others below in layers.
struct CanvasPositions {
  let points: [PipelinePoint]

  init(_ nodes: [JSONValue]) {
    let stored = nodes.map { PipelinePoint($0["app_data"]?["ui_data"]) }
    let missing = stored.indices.filter { stored[$0] == nil }
    guard !missing.isEmpty else {
      points = stored.compactMap(\.self)
      return
    }
    let layout = FlowLayout(nodes, missing, .horizontal)
    let box = CanvasBox(nodes)
    let corner = PipelinePoint(x: box?.left ?? 40, y: box.map { $0.bottom + 40 } ?? 40)
    points = stored.enumerated().map { index, point in
      let own = layout.points[index] ?? PipelinePoint(x: 0, y: 0)
      return point ?? PipelinePoint(x: corner.x + own.x, y: corner.y + own.y)
    }
  }
}
