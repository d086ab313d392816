extension PipelineDrawing {
  /// The pipeline as lines of text, one per node, with the links as rails at the left.
  ///
  /// A node is below all nodes that it waits for: `○` waits for none, `●` waits for the nodes whose
  /// rails lead into it. Its own rail goes down to the last node that waits for it. If too many
  /// rails run side by side to fit, links are written as text instead.
  ///
  /// - Parameter width: the number of columns.
  /// - Returns: the lines, without line breaks.
  public func text(width: Int = 80) -> [String] {
    let parents = forwardParents
    var rails = Rails(parents: parents)
    var rows: [[Unicode.Scalar]] = []
    for place in nodes.indices {
      guard let row = rails.row(for: place, limit: max(width / 4, 8)) else {
        return list(parents)
      }
      rows.append(row)
    }
    let railWidth = rows.map(\.count).max() ?? 0
    let backward = Dictionary(grouping: links.filter(\.isBackward), by: \.target)
    let labels = nodes.map { DrawingText.plain($0.label) }
    let room = max(width - railWidth - 2, 20)
    let labelWidth = min(labels.map(DrawingText.columns).max() ?? 0, max(room / 2, 20))
    return nodes.indices.map { place in
      let node = nodes[place]
      let rail = rows[place] + Array(repeating: " ", count: railWidth - rows[place].count)
      let label = DrawingText.fitted(labels[place], to: labelWidth)
      var line = String(String.UnicodeScalarView(rail)) + "  " + label
      var detail = node.caption ?? node.kind.name
      if let file = node.file, node.caption == nil, DrawingText.plain(file) != labels[place] {
        detail += "  " + DrawingText.plain(file)
      }
      if let circle = backward[place] {
        detail += "  (cycle: waits for " + circle.map { labels[$0.source] }.joined(separator: ", ")
        detail += ")"
      }
      let pad = String(repeating: " ", count: labelWidth - DrawingText.columns(label) + 2)
      line += pad + detail
      return DrawingText.fitted(line, to: max(width, 40))
    }
  }

  /// One line per node, with the names of the nodes that it waits for.
  private func list(_ parents: [[Int]]) -> [String] {
    nodes.indices.map { place in
      let names = parents[place].prefix(4).map { DrawingText.plain(nodes[$0].label) }
      let more = parents[place].count > 4 ? ", … (\(parents[place].count))" : ""
      let after = names.isEmpty ? "" : "  ← \(names.joined(separator: ", "))\(more)"
      return "\(names.isEmpty ? "○" : "●")  \(DrawingText.plain(nodes[place].label))\(after)"
    }
  }
}

/// The rails of a text drawing: one for each node that others still wait for.
private struct Rails {
  private let parents: [[Int]]
  /// For each node the number of waiting nodes that are still to be drawn.
  private var open: [Int]
  /// The node whose rail is in a column; nil for none.
  private var columns: [Int?] = []
  private var columnOf: [Int: Int] = [:]
  private var lastColumn: Int?

  init(parents: [[Int]]) {
    self.parents = parents
    open = [Int](repeating: 0, count: parents.count)
    for parent in parents.joined() { open[parent] += 1 }
  }

  /// The rails of a node's line; nil if there are more than the limit.
  mutating func row(for node: Int, limit: Int) -> [Unicode.Scalar]? {
    let before = columns
    var joined: Set<Int> = []
    var ended: Set<Int> = []
    for parent in parents[node] {
      open[parent] -= 1
      guard let column = columnOf[parent] else { continue }
      joined.insert(column)
      if open[parent] == 0 {
        ended.insert(column)
        columns[column] = nil
        columnOf[parent] = nil
      }
    }
    // It continues in the column of a rail that ends, so that a chain is one straight rail.
    let own = ended.min() ?? freeColumn(rightOf: joined.min())
    lastColumn = own
    guard own < limit else { return nil }
    while columns.count <= own { columns.append(nil) }
    if open[node] > 0 {
      columns[own] = node
      columnOf[node] = own
    }
    while let last = columns.last, last == nil { columns.removeLast() }
    return draw(
      before: before, joined: joined, ended: ended, own: own, begins: parents[node].isEmpty)
  }

  private func freeColumn(rightOf column: Int?) -> Int {
    var place = column.map { $0 + 1 } ?? 0
    // Not directly below the previous line's node, which would look like a link.
    while place == lastColumn || (place < columns.count && columns[place] != nil) { place += 1 }
    return place
  }

  private func draw(
    before: [Int?], joined: Set<Int>, ended: Set<Int>, own: Int, begins: Bool
  ) -> [Unicode.Scalar] {
    let left = min(joined.min() ?? own, own)
    let right = max(joined.max() ?? own, own)
    let count = max(before.count, own + 1)
    var row: [Unicode.Scalar] = []
    for column in 0..<count {
      let isRail = column < before.count && before[column] != nil
      switch column {
      case own: row.append(begins ? "○" : "●")
      case _ where joined.contains(column):
        let goesOn = !ended.contains(column)
        if column == left {
          row.append(goesOn ? "├" : "└")
        } else if column == right {
          row.append(goesOn ? "┤" : "┘")
        } else {
          row.append(goesOn ? "┼" : "┴")
        }
      case _ where isRail: row.append("│")
      case left...right: row.append("─")
      default: row.append(" ")
      }
      if column + 1 < count {
        row.append(column >= left && column < right ? "─" : " ")
      }
    }
    while let last = row.last, last == " " { row.removeLast() }
    return row
  }
}
