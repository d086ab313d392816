/// Arranges nodes in layers from left to right, reducing crossings in a few sweeps.
///
/// The method of Sugiyama: longest paths determine the layers, long links get a point in every
/// layer between, and medians of neighbours determine the order within a layer. The offsets are
/// those nearest to the mean of the neighbours that preserve the order and a distance (isotonic
/// regression). The time is proportional to nodes and links, times the layers that links cross.
struct LayeredLayout {
  /// The layer of each node.
  private(set) var layers: [Int]

  /// The middle of each node across the layers, in units of a node's pitch, from 0.
  private(set) var offsets: [Double] = []

  /// For each link the offsets of its points in the layers between its ends.
  private(set) var ways: [[Double]] = []

  /// The number of layers.
  var layerCount: Int { (layers.max() ?? -1) + 1 }

  /// The extent of the nodes across the layers.
  var extent: Double { (offsets + ways.joined()).max() ?? 0 }

  /// With more points than this on links, links are straight.
  private static let mostPoints = 200_000

  private let parents: [[Int]]

  /// The extent of each node across the layers; nil if all have 1.
  private let sizes: [Double]?

  /// - Parameters:
  ///   - parents: for each node the places of its parents, all before its own.
  ///   - sizes: the extent of each node across the layers, in units of a node's pitch; nil for 1.
  init(parents: [[Int]], sizes: [Double]? = nil) {
    self.parents = parents
    self.sizes = sizes
    layers = LayeredLayout.layers(parents)
    var order = makeOrder()
    sweep(&order)
    place(order)
  }

  private static func layers(_ parents: [[Int]]) -> [Int] {
    var layers = [Int](repeating: 0, count: parents.count)
    for node in parents.indices {
      for parent in parents[node] { layers[node] = max(layers[node], layers[parent] + 1) }
    }
    // A node without parents is placed directly before its nearest child.
    var nearest = [Int](repeating: .max, count: parents.count)
    for node in parents.indices.reversed() {
      if parents[node].isEmpty, nearest[node] != .max { layers[node] = nearest[node] - 1 }
      for parent in parents[node] { nearest[parent] = min(nearest[parent], layers[node]) }
    }
    return layers
  }

  /// Nodes and points of links, with their neighbours in the adjacent layers.
  private struct Order {
    var layers: [[Int]]
    var before: [[Int]]
    var after: [[Int]]
    /// The points of each link.
    var points: [[Int]]
  }

  private func makeOrder() -> Order {
    var order = Order(
      layers: Array(repeating: [], count: layerCount),
      before: Array(repeating: [], count: parents.count),
      after: Array(repeating: [], count: parents.count), points: [])
    for node in parents.indices { order.layers[layers[node]].append(node) }
    let points = parents.indices.reduce(0) { sum, node in
      sum + parents[node].reduce(0) { $0 + layers[node] - layers[$1] - 1 }
    }
    let isStraight = points > LayeredLayout.mostPoints
    for node in parents.indices {
      for parent in parents[node] {
        var way: [Int] = []
        var last = parent
        if !isStraight {
          for layer in layers[parent] + 1..<layers[node] {
            let point = order.before.count
            order.before.append([last])
            order.after.append([])
            order.after[last].append(point)
            order.layers[layer].append(point)
            way.append(point)
            last = point
          }
        }
        order.after[last].append(node)
        order.before[node].append(last)
        order.points.append(way)
      }
    }
    return order
  }

  /// Sorts every layer by the medians of the neighbours, alternately forwards and backwards.
  private func sweep(_ order: inout Order) {
    var rank = [Int](repeating: 0, count: order.before.count)
    for layer in order.layers {
      for (place, item) in layer.enumerated() { rank[item] = place }
    }
    for round in 0..<8 {
      let isForward = round % 2 == 0
      let sequence = isForward ? Array(order.layers.indices) : order.layers.indices.reversed()
      for layer in sequence {
        let neighbours = isForward ? order.before : order.after
        let keys = order.layers[layer].map { item -> Double in
          let ranks = neighbours[item].map { rank[$0] }.sorted()
          guard !ranks.isEmpty else { return Double(rank[item]) }
          let middle = ranks.count / 2
          return ranks.count % 2 == 1
            ? Double(ranks[middle]) : Double(ranks[middle - 1] + ranks[middle]) / 2
        }
        let sorted = order.layers[layer].indices.sorted {
          (keys[$0], $0) < (keys[$1], $1)
        }
        order.layers[layer] = sorted.map { order.layers[layer][$0] }
        for (place, item) in order.layers[layer].enumerated() { rank[item] = place }
      }
    }
  }

  private mutating func place(_ order: Order) {
    var offset = [Double](repeating: 0, count: order.before.count)
    let count = parents.count
    let isPoint = { (item: Int) in item >= count }
    // Points of links need less room than nodes.
    let sizes = sizes
    let size = { (item: Int) in isPoint(item) ? 0.45 : sizes?[item] ?? 1.0 }
    for layer in order.layers {
      var next = 0.0
      for item in layer {
        offset[item] = next + size(item) / 2
        next += size(item)
      }
    }
    for round in 0..<12 {
      let isForward = round % 2 == 0
      let sequence = isForward ? Array(order.layers.indices) : order.layers.indices.reversed()
      for layer in sequence {
        let wanted = order.layers[layer].map { item -> Double in
          let beside =
            round < 8
            ? (isForward ? order.before : order.after)[item]
            : order.before[item] + order.after[item]
          guard !beside.isEmpty else { return offset[item] }
          return beside.reduce(0) { $0 + offset[$1] } / Double(beside.count)
        }
        let places = LayeredLayout.spread(
          wanted, sizes: order.layers[layer].map(size),
          weights: order.layers[layer].map { isPoint($0) ? 2 : 1 })
        for (item, place) in zip(order.layers[layer], places) { offset[item] = place }
      }
    }
    let least = offset.min() ?? 0
    offsets = parents.indices.map { offset[$0] - least }
    ways = order.points.map { $0.map { offset[$0] - least } }
  }

  /// The positions nearest to the wanted ones that preserve the order and do not overlap.
  static func spread(_ wanted: [Double], sizes: [Double], weights: [Double]) -> [Double] {
    // With the room of earlier items subtracted, the positions only must not decrease.
    var room = 0.0
    var shifts: [Double] = []
    for (place, size) in sizes.enumerated() {
      if place > 0 { room += (sizes[place - 1] + size) / 2 }
      shifts.append(room)
    }
    var blocks: [(mean: Double, weight: Double, count: Int)] = []
    for place in wanted.indices {
      var block = (mean: wanted[place] - shifts[place], weight: weights[place], count: 1)
      while let last = blocks.last, last.mean > block.mean {
        blocks.removeLast()
        let weight = last.weight + block.weight
        block = (
          (last.mean * last.weight + block.mean * block.weight) / weight, weight,
          last.count + block.count
        )
      }
      blocks.append(block)
    }
    var result: [Double] = []
    for block in blocks {
      for _ in 0..<block.count { result.append(block.mean + shifts[result.count]) }
    }
    return result
  }
}
