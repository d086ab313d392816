extension KernelSpecFinder {
  /// The first kernel, in the order of precedence, that runs a language.
  ///
  /// - Parameter language: the language's name, in any case.
  /// - Throws: ``KernelNotFound``, with the language for a name.
  public func find(language: String) throws(KernelNotFound) -> KernelSpec {
    let available = available()
    if let match = available.first(where: { $0.language.lowercased() == language.lowercased() }) {
      return match
    }
    throw KernelNotFound(
      name: language, installed: available.map(\.name), searched: searchedDirectories, broken: nil)
  }
}
