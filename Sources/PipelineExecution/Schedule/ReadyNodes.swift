/// The nodes that are ready to start, by highest rank and then lowest number: a binary heap.
struct ReadyNodes: Sendable {
  private let ranks: [Double]
  private var heap: [Int] = []

  init(ranks: [Double]) {
    self.ranks = ranks
  }

  var isEmpty: Bool { heap.isEmpty }

  mutating func insert(_ node: Int) {
    heap.append(node)
    var place = heap.count - 1
    while place > 0, isBefore(heap[place], heap[(place - 1) / 2]) {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  mutating func popFirst() -> Int? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return first }
    heap[0] = last
    var place = 0
    while true {
      var best = place
      for child in [2 * place + 1, 2 * place + 2] where child < heap.count {
        if isBefore(heap[child], heap[best]) { best = child }
      }
      guard best != place else { return first }
      heap.swapAt(place, best)
      place = best
    }
  }

  private func isBefore(_ left: Int, _ right: Int) -> Bool {
    ranks[left] != ranks[right] ? ranks[left] > ranks[right] : left < right
  }
}
