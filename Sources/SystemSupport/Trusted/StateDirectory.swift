import Glibc

/// The directories of this user's programs that no other user can write to.
package enum StateDirectory {
  /// The directories in order of preference: the user's state, the session's, one in `/tmp`.
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

  /// A directory with a name in the first place that belongs to this user and is writable; created
  /// with mode 0700 if it does not exist.
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

  /// The existing directories with a name that belong to this user.
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
