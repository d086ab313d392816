import JSONCore

/// What is not among the outputs of a cell because there were too many bytes.
struct OutputCut: Sendable, Hashable {
  /// How many bytes.
  var bytes = 0
  /// Behind how many outputs.
  var place: Int
  /// Where the whole is, as the end of a sentence; nil where it was not kept.
  var whereabouts: String?

  /// The output that says so.
  ///
  /// - Parameter limit: how many bytes are kept.
  func mark(limit: Int) -> JSONValue {
    let whole = whereabouts.map { "All of it is \($0)." } ?? "The rest was not kept."
    let text =
      "[Lyre kept the first \(limit) bytes of this cell's outputs; \(bytes) more were cut. "
      + "\(whole)]\n"
    return ["name": "stderr", "output_type": "stream", "text": .init(text)]
  }
}
