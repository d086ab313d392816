import RunEvents

/// The events that the nodes of a run leave, wherever they leave them, as they come.
protocol RunFeeds: Sendable {
  /// Looks once for news of some nodes.
  ///
  /// - Parameter places: the places of the nodes.
  mutating func look(_ places: [Int]) async -> RunNews
}

/// What one look at the events of nodes has found.
struct RunNews: Sendable {
  /// Why something could not be read.
  struct Failure: Sendable {
    /// The reason.
    var description: String
    /// Whether there is no use in trying again.
    var isFinal: Bool
  }

  /// Events with the places of their nodes, and the numbers of the starts.
  var events: [(event: RunEvent, place: Int, start: Int)] = []
  /// Problems, with the places of their nodes.
  var warnings: [(message: String, place: Int)] = []
  /// The places of nodes that have nothing more for now.
  var drained: Set<Int> = []
  /// Why something could not be read; nil if everything was.
  var failure: Failure?
}
