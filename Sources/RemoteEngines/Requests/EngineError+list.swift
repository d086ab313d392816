extension EngineError {
  /// The most pages that are read of a list of a server.
  static let mostPages = 1000

  /// The error for a list that has more pages.
  ///
  /// - Parameters:
  ///   - purpose: what the list was read for.
  ///   - place: the server's URL.
  static func endlessList(_ purpose: String, place: String) -> EngineError {
    EngineError(
      .rejected, "could not \(purpose): the list does not end after \(mostPages) pages",
      place: place)
  }
}
