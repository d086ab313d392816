extension KernelSpecFinder {
  /// Finds the environment's own kernel for a language, or else the only one that runs it.
  ///
  /// The own kernel is `python3` of the active Python environment, `ir` for R, and for other
  /// languages the kernel with the name of the language or with its usual name.
  ///
  /// - Parameter language: the language's name, in any case.
  /// - Throws: ``KernelNotFound``, with the language as its name. If several kernels run the
  ///   language and none is the own one, they are its ``KernelNotFound/rivals``.
  public func find(language: String) throws(KernelNotFound) -> KernelSpec {
    let available = available()
    let fitting = available.filter { KernelSpecFinder.isSame($0.language, language) }
    let usual = KernelSpecFinder.usualNames[language.lowercased()] ?? [language.lowercased()]
    for name in usual {
      if let own = fitting.first(where: { $0.name == name && isOwn($0) }) { return own }
    }
    if fitting.count == 1 { return fitting[0] }
    throw KernelNotFound(
      name: language, installed: available.map(\.name), searched: searchedDirectories, broken: nil,
      rivals: fitting.map(\.name))
  }

  /// The usual kernel names of a language, as installed by the kernels' instructions.
  private static let usualNames = [
    "python": ["python3"], "r": ["ir"], "octave": ["octave"], "matlab": ["matlab", "octave"],
    "javascript": ["javascript", "jslab", "deno"], "typescript": ["typescript", "tslab", "deno"],
    "c++": ["xcpp17", "xcpp20", "xcpp14", "xcpp11"], "go": ["gophernotes", "gonb"],
    "sos": ["sos"], "c#": [".net-csharp"], "f#": [".net-fsharp"], "powershell": [".net-powershell"],
  ]

  private static func isSame(_ left: String, _ right: String) -> Bool {
    left.lowercased() == right.lowercased()
  }

  /// Whether a kernel belongs to the active environment.
  ///
  /// Only Python kernels belong to environments: in an isolated one, a kernelspec installed for
  /// another Python does not.
  private func isOwn(_ spec: KernelSpec) -> Bool {
    guard spec.language.lowercased() == "python", paths.prefixes.contains(where: \.isIsolated),
      let program = spec.argv.first
    else { return true }
    // A bare `python` is found in the environment.
    return !program.contains("/")
      || paths.prefixes.contains { prefix in
        [program, spec.resourceDirectory].contains { $0.hasPrefix(prefix.path + "/") }
      }
  }
}
