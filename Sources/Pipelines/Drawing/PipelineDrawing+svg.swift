extension PipelineDrawing {
  /// The pipeline as a self-contained SVG image, laid out in layers from left to right.
  ///
  /// - Parameter isDark: whether it follows a dark colour scheme; if false, it is always light.
  /// - Returns: the text of the image.
  public func svg(followsColorScheme isDark: Bool = true) -> String {
    let layout = LayeredLayout(parents: forwardParents)
    let canvas = SVGCanvas(
      layout: layout, nodeWidth: SVGStyle.nodeWidth(nodes.map { DrawingText.plain($0.label) }))
    let width = canvas.width
    let height =
      canvas.height + (links.contains(where: \.isBackward) ? SVGStyle.nodePitch * 0.75 : 0)
    var parts: [String] = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(SVGCanvas.number(width))" \
      height="\(SVGCanvas.number(height))" \
      viewBox="0 0 \(SVGCanvas.number(width)) \(SVGCanvas.number(height))" \
      font-family="system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif" role="img">
      """,
      "<title>\(MarkupText.escaped(DrawingText.plain(title), in: .svg))</title>",
      "<style>\(styleSheet(isDark))</style>",
      """
      <defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" \
      markerHeight="7" orient="auto"><path class="tip" d="M0 0.6L8 4L0 7.4z"/></marker>\
      <marker id="backtip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" \
      markerHeight="7" orient="auto"><path class="backtip" d="M0 0.6L8 4L0 7.4z"/></marker></defs>
      """,
      "<rect class=\"page\" width=\"100%\" height=\"100%\"/>",
    ]
    parts += header
    var ways = layout.ways.makeIterator()
    // The paths are in the order of the nodes, and of the parents of each.
    for link in links {
      let way = link.isBackward ? nil : ways.next()
      parts.append(canvas.path(link, way: way ?? []))
    }
    parts += nodes.indices.map { box($0, canvas) }
    return (parts + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private func styleSheet(_ isDark: Bool) -> String {
    SVGStyle.light + (isDark ? SVGStyle.dark : "")
  }

  private var header: [String] {
    var counts: [(String, Int)] = []
    for node in nodes {
      if let place = counts.firstIndex(where: { $0.0 == node.kind.name }) {
        counts[place].1 += 1
      } else {
        counts.append((node.kind.name, 1))
      }
    }
    let summary = counts.map { "\($1) \($0)\($1 == 1 ? "" : "s")" }.joined(separator: " · ")
    let x = SVGCanvas.number(SVGStyle.margin)
    return [
      """
      <text class="title" x="\(x)" y="36">\(MarkupText.escaped(DrawingText.plain(title), in: .svg))</text>
      <text class="sub" x="\(x)" y="56">\(MarkupText.escaped(summary, in: .svg))</text>
      """
    ]
  }

  private func box(_ place: Int, _ canvas: SVGCanvas) -> String {
    let node = nodes[place]
    let corner = canvas.corner(of: place)
    let color = node.color ?? SVGStyle.color(of: node.kind)
    let label = DrawingText.plain(node.label)
    let second = DrawingText.plain(
      node.caption ?? (node.file == node.label ? node.kind.name : node.file ?? node.kind.name))
    let (width, height) = (canvas.nodeWidth, SVGStyle.nodeHeight)
    let room = width - SVGStyle.textInset - 8
    let shownLabel = DrawingText.fitted(
      label, toPoints: room, size: SVGStyle.labelSize, isBold: true)
    let shownFile = DrawingText.fitted(
      second, toPoints: room, size: SVGStyle.fileSize, keepsEnd: node.caption == nil)
    let (x, y) = (SVGCanvas.number(corner.x), SVGCanvas.number(corner.y))
    let frame = node.color.map { " style=\"stroke:\($0);stroke-width:2\"" } ?? ""
    let tooltip = [label, node.file ?? "", node.note].filter { !$0.isEmpty }.joined(separator: "\n")
    return """
      <g transform="translate(\(x) \(y))"><title>\(MarkupText.escaped(tooltip, in: .svg))</title>\
      <rect class="box" width="\(SVGCanvas.number(width))" \
      height="\(SVGCanvas.number(height))" rx="8"\(frame)/>\
      <rect x="9" y="10" width="28" height="28" rx="6" fill="\(color)"/>\
      <text class="sign" x="23" y="28">\(MarkupText.escaped(SVGStyle.symbol(of: node.kind), in: .svg))</text>\
      <text class="label" x="46" y="21">\(MarkupText.escaped(shownLabel, in: .svg))</text>\
      <text class="file" x="46" y="37">\(MarkupText.escaped(shownFile, in: .svg))</text></g>
      """
  }
}

/// Converts layers and offsets to coordinates in the image.
private struct SVGCanvas {
  let layout: LayeredLayout
  let nodeWidth: Double

  private var layerPitch: Double { nodeWidth + SVGStyle.layerGap }

  var width: Double {
    max(
      SVGStyle.margin * 2 + Double(max(layout.layerCount - 1, 0)) * layerPitch
        + nodeWidth, 320)
  }

  var height: Double {
    SVGStyle.header + SVGStyle.margin * 2 + layout.extent * SVGStyle.nodePitch
      + SVGStyle.nodeHeight
  }

  func corner(of node: Int) -> PipelinePoint {
    PipelinePoint(
      x: SVGStyle.margin + Double(layout.layers[node]) * layerPitch,
      y: middle(layout.offsets[node]) - SVGStyle.nodeHeight / 2)
  }

  private func middle(_ offset: Double) -> Double {
    SVGStyle.header + SVGStyle.margin + SVGStyle.nodeHeight / 2 + offset * SVGStyle.nodePitch
  }

  /// A curve with horizontal ends, through the points of the layers between.
  func path(_ link: PipelineDrawing.Link, way: [Double]) -> String {
    let (from, to) = (corner(of: link.source), corner(of: link.target))
    var points = [
      PipelinePoint(x: from.x + nodeWidth, y: from.y + SVGStyle.nodeHeight / 2)
    ]
    if link.isBackward {
      let end = PipelinePoint(x: to.x, y: to.y + SVGStyle.nodeHeight / 2)
      let start = points[0]
      let drop = max(start.y, end.y) + SVGStyle.nodePitch * 0.75
      return """
        <path class="back" marker-end="url(#backtip)" d="M\(SVGCanvas.text(start))C\
        \(SVGCanvas.text(.init(x: start.x + 70, y: drop))) \
        \(SVGCanvas.text(.init(x: end.x - 70, y: drop))) \(SVGCanvas.text(end))"/>
        """
    }
    for (number, offset) in way.enumerated() {
      let x =
        SVGStyle.margin + Double(layout.layers[link.source] + number + 1) * layerPitch
      points.append(PipelinePoint(x: x, y: middle(offset)))
      points.append(PipelinePoint(x: x + nodeWidth, y: middle(offset)))
    }
    points.append(PipelinePoint(x: to.x - 1, y: to.y + SVGStyle.nodeHeight / 2))
    var path = "M\(SVGCanvas.text(points[0]))"
    for (start, end) in zip(points, points.dropFirst()) {
      if start.y == end.y {
        path += "L\(SVGCanvas.text(end))"
      } else {
        let middle = (start.x + end.x) / 2
        path += "C\(SVGCanvas.text(.init(x: middle, y: start.y))) "
        path += "\(SVGCanvas.text(.init(x: middle, y: end.y))) \(SVGCanvas.text(end))"
      }
    }
    return "<path class=\"link\" marker-end=\"url(#tip)\" d=\"\(path)\"/>"
  }

  private static func text(_ point: PipelinePoint) -> String {
    "\(number(point.x)) \(number(point.y))"
  }

  /// A number with at most one decimal.
  static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    let sign = tenths < 0 ? "-" : ""
    let (whole, rest) = (abs(tenths) / 10, abs(tenths) % 10)
    return rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(rest)"
  }
}
