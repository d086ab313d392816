import Glibc

/// Where programs of this user keep what nobody else may have put there.
package enum StateDirectory {
  /// The places in the order of preference: the user's state, the session's, one in `/tmp`.
  static var candidates: [String] {
    var places: [String] = []
    if let state = variable("XDG_STATE_HOME"), state.hasPrefix("/") { places.append(state) }
    var home = variable("HOME")
    if home == nil, let entry = getpwuid(getuid()), let directory = entry.pointee.pw_dir {
      home = String(cString: directory)
    }
    if let home, home.hasPrefix("/") { places.append("\(home)/.local/state") }
    if let runtime = variable("XDG_RUNTIME_DIR"), runtime.hasPrefix("/") { places.append(runtime) }
    return places.map { "\($0)/lyre" } + ["/tmp/lyre-\(geteuid())"]
  }

  /// A directory of that name in the first place that is ours and can be written in; it is made
  /// where there is none, mode 0700.
  package static func make(_ name: String) -> String? {
    for place in candidates {
      makeDirectory(place)
      guard isOurs(place) else { continue }
      let path = "\(place)/\(name)"
      mkdir(path, 0o700)
      if isOurs(path), access(path, W_OK | X_OK) == 0 { return path }
    }
    return nil
  }

  /// The directories of that name that are there and ours.
  package static func all(_ name: String) -> [String] {
    candidates.filter(isOurs).map { "\($0)/\(name)" }.filter(isOurs)
  }

  private static func isOurs(_ path: String) -> Bool {
    guard let opened = try? Trust.openDirectory(path) else { return false }
    close(opened)
    return true
  }

  private static func makeDirectory(_ path: String) {
    if mkdir(path, 0o700) == 0 || errno != ENOENT { return }
    makeDirectory(FilePath.parts(path).directory)
    mkdir(path, 0o700)
  }

  private static func variable(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}
