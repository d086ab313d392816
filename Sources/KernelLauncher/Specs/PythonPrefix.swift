import SystemSupport

/// The prefix of a Python installation or environment, found without running it.
public struct PythonPrefix: Sendable, Hashable {
  /// The directory, which is `sys.prefix` of that Python.
  public var path: String

  /// Whether it is a virtual environment, or a conda environment other than the base one.
  public var isIsolated: Bool

  /// Its interpreter; nil if it has none.
  public var interpreter: String? {
    ["python3", "python"].map { "\(path)/bin/\($0)" }.first(where: FilePath.isExecutable)
  }

  /// Whether it uses packages from outside; a virtual environment does so only if its `pyvenv.cfg`
  /// enables it.
  package var seesSystemPackages: Bool {
    guard let text = SystemFiles.text("\(path)/pyvenv.cfg") else { return true }
    for line in text.split(whereSeparator: \.isNewline) {
      let parts = line.split(separator: "=", maxSplits: 1).map {
        $0.filter { !$0.isWhitespace }.lowercased()
      }
      if parts.count == 2, parts[0] == "include-system-site-packages" { return parts[1] == "true" }
    }
    return true
  }

  /// The active prefixes of an environment, without duplicates.
  static func active(in environment: [String: String]) -> [PythonPrefix] {
    var result: [PythonPrefix] = []
    func add(_ prefix: PythonPrefix?) {
      guard let prefix, !result.contains(where: { $0.path == prefix.path }) else { return }
      result.append(prefix)
    }
    if let path = environment["VIRTUAL_ENV"], !path.isEmpty {
      add(PythonPrefix(path: trimmed(path), isIsolated: true))
    }
    if let path = environment["CONDA_PREFIX"], !path.isEmpty {
      let isBase = environment["CONDA_DEFAULT_ENV"] ?? "base" == "base"
      add(PythonPrefix(path: trimmed(path), isIsolated: !isBase))
    }
    add(firstOnPath(environment))
    return result
  }

  /// The prefix of the first `python3` on `PATH`; nil if there is none.
  private static func firstOnPath(_ environment: [String: String]) -> PythonPrefix? {
    for directory in (environment["PATH"] ?? "").split(separator: ":") {
      let candidate = FilePath.absolute("\(directory)/python3")
      guard FilePath.isExecutable(candidate) else { continue }
      if directory.hasSuffix("/shims") {
        // pyenv's shims are scripts that choose a version; "system" means the next one on PATH.
        let root = environment["PYENV_ROOT"] ?? SystemFiles.parent(String(directory))
        if let prefix = pyenvPrefix(root, environment) { return prefix }
        continue
      }
      return of(interpreter: candidate)
    }
    return nil
  }

  /// Finds the prefix of an interpreter as Python itself does: by `pyvenv.cfg` beside it or one
  /// level above, else from its real path.
  package static func of(interpreter: String) -> PythonPrefix {
    let directory = SystemFiles.parent(interpreter)
    let above = SystemFiles.parent(directory)
    for candidate in [directory, above] where FilePath.isFile("\(candidate)/pyvenv.cfg") {
      return PythonPrefix(path: above, isIsolated: true)
    }
    let real = FilePath.real(interpreter) ?? interpreter
    return PythonPrefix(
      path: SystemFiles.parent(SystemFiles.parent(real)), isIsolated: false)
  }

  private static func pyenvPrefix(_ root: String, _ environment: [String: String])
    -> PythonPrefix?
  {
    for version in pyenvVersions(root, environment) where version != "system" {
      for name in installed(version, root) {
        let interpreter = "\(root)/versions/\(name)/bin/python3"
        if FilePath.isExecutable(interpreter) { return of(interpreter: interpreter) }
      }
    }
    return nil
  }

  /// The installed versions that pyenv selects: an exact match, else the latest `3.12.*` for
  /// `3.12`.
  private static func installed(_ version: String, _ root: String) -> [String] {
    let version = version.hasPrefix("python-") ? String(version.dropFirst(7)) : version
    // A `.python-version` file in any directory must not select an arbitrary path.
    guard !version.isEmpty, version != ".", version != "..",
      !version.utf8.contains(UInt8(ascii: "/"))
    else { return [] }
    if FilePath.isDirectory("\(root)/versions/\(version)") { return [version] }
    func release(_ name: String) -> Int? { Int(name.dropFirst(version.utf8.count + 1)) }
    return FilePath.names(in: "\(root)/versions")
      .filter { $0.hasPrefix("\(version).") && release($0) != nil }
      .sorted { (release($0) ?? 0) > (release($1) ?? 0) }
  }

  /// The versions that pyenv would choose: its variable, a file in the working directory or above,
  /// the user's default.
  private static func pyenvVersions(_ root: String, _ environment: [String: String]) -> [String] {
    if let versions = environment["PYENV_VERSION"], !versions.isEmpty {
      return versions.split(separator: ":").map(String.init)
    }
    var directory = environment["PWD"] ?? FilePath.real(".") ?? "/"
    while true {
      if let text = SystemFiles.text("\(directory)/.python-version") { return words(text) }
      if directory == "/" || directory == "." || directory.isEmpty { break }
      directory = SystemFiles.parent(directory)
    }
    return SystemFiles.text("\(root)/version").map(words) ?? []
  }

  private static func words(_ text: String) -> [String] {
    text.split(separator: "\n").filter { !$0.hasPrefix("#") }
      .flatMap { $0.split(whereSeparator: \.isWhitespace) }.map(String.init)
  }

  private static func trimmed(_ path: String) -> String {
    path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }
}
