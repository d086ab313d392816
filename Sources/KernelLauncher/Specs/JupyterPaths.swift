import Glibc

/// The directories in which Jupyter looks for its data, in order of precedence.
///
/// As jupyter_core's `jupyter_path()`, except for `sys.prefix`: a program not written in Python has
/// none, so the active environments take its place.
public struct JupyterPaths: Sendable {
  /// The environment variables that determine the paths.
  public let environment: [String: String]

  /// The prefixes of the active Python environments: `VIRTUAL_ENV`, `CONDA_PREFIX` and that of the
  /// first `python3` on `PATH`.
  public let prefixes: [PythonPrefix]

  /// The paths for an environment, by default this process's own.
  public init(environment: [String: String]? = nil) {
    let environment = environment ?? SystemFiles.environment()
    self.environment = environment
    prefixes = PythonPrefix.active(in: environment)
  }

  /// The user's home directory.
  var home: String {
    if let home = environment["HOME"], !home.isEmpty { return home }
    guard let entry = getpwuid(getuid()), let directory = entry.pointee.pw_dir else { return "/" }
    return String(cString: directory)
  }

  /// The user's data directory.
  public var userDataDirectory: String {
    if let directory = value("JUPYTER_DATA_DIR") { return directory }
    // With JUPYTER_PLATFORM_DIRS platformdirs decides; on Linux the result is the same.
    return "\(value("XDG_DATA_HOME") ?? "\(home)/.local/share")/jupyter"
  }

  /// All data directories; the first match wins.
  public var dataDirectories: [String] {
    var paths = (value("JUPYTER_PATH") ?? "").split(separator: ":").map(trimmed)
    var user = [userDataDirectory]
    if let userBase { user.append("\(userBase)/share/jupyter") }
    let system = systemDirectories
    let active = prefixes.map { "\($0.path)/share/jupyter" }.filter { !system.contains($0) }
    paths += prefersEnvironment ? active + user : user + active
    paths += system
    var seen: Set<String> = []
    return paths.filter { seen.insert($0).inserted }
  }

  private var systemDirectories: [String] {
    if isTrue("JUPYTER_PLATFORM_DIRS"), let directories = value("XDG_DATA_DIRS") {
      return directories.split(separator: ":").map { "\(trimmed($0))/jupyter" }
    }
    return ["/usr/local/share/jupyter", "/usr/share/jupyter"]
  }

  /// The directories that contain kernelspecs; the first match wins.
  public var kernelDirectories: [String] {
    dataDirectories.map { "\($0)/kernels" } + [
      "\(value("IPYTHONDIR").map(expanded) ?? "\(home)/.ipython")/kernels"
    ]
  }

  /// The base of the user's own packages; nil when the active Python does not use them, by the
  /// rules of its module `site`.
  var userBase: String? {
    if value("PYTHONNOUSERSITE") != nil || getuid() != geteuid() || getgid() != getegid() {
      return nil
    }
    if let python = prefixes.first, !python.seesSystemPackages { return nil }
    return value("PYTHONUSERBASE").map(expanded) ?? "\(home)/.local"
  }

  /// Whether the active environment comes before the user's data directory.
  ///
  /// As in jupyter_core: the value of `JUPYTER_PREFER_ENV_PATH`, else true in a virtual environment
  /// or a conda environment other than the base one, if it belongs to the user.
  public var prefersEnvironment: Bool {
    if environment["JUPYTER_PREFER_ENV_PATH"] != nil { return isTrue("JUPYTER_PREFER_ENV_PATH") }
    return prefixes.contains { prefix in
      guard prefix.isIsolated else { return false }
      var status = stat()
      return stat(prefix.path, &status) == 0 && status.st_uid == geteuid()
    }
  }

  /// Whether a variable is set to a value that Jupyter treats as true.
  private func isTrue(_ name: String) -> Bool {
    guard let value = environment[name] else { return false }
    return !["no", "n", "false", "off", "0", "0.0"].contains(value.lowercased())
  }

  private func trimmed(_ path: Substring) -> String {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return String(path)
  }

  /// A path with the user's home directory instead of `~` at its start.
  package func expanded(_ path: String) -> String {
    path == "~" || path.hasPrefix("~/") ? home + path.dropFirst() : path
  }

  private func value(_ name: String) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }
}
