import JSONCore

/// The outputs of a cell that were left out because of the size limit.
struct OutputCut: Sendable, Hashable {
  /// The number of bytes left out.
  var bytes = 0
  /// The number of outputs before the truncation.
  var place: Int
  /// Where the complete outputs are, as the end of a sentence; nil if they are not stored.
  var whereabouts: String?

  /// The output that marks the truncation.
  ///
  /// - Parameter limit: the number of bytes that are kept.
  func mark(limit: Int) -> JSONValue {
    let whole = whereabouts.map { "The complete outputs are \($0)." } ?? "The rest was not stored."
    let text =
      "[Lyre kept the first \(limit) bytes of this cell's outputs and cut \(bytes) bytes. "
      + "\(whole)]\n"
    return ["name": "stderr", "output_type": "stream", "text": .init(text)]
  }
}
