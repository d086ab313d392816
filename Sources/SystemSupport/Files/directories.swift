import Glibc

extension FilePath {
  /// The working directory of this program.
  package static var currentDirectory: String {
    guard let path = getcwd(nil, 0) else { return "/" }
    defer { free(path) }
    return String(cString: path)
  }

  /// Whether a file exists, with links followed.
  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether a directory exists, with links followed.
  package static func isDirectory(_ path: String) -> Bool { kind(of: path) == S_IFDIR }

  /// Whether a regular file exists, with links followed.
  package static func isFile(_ path: String) -> Bool { kind(of: path) == S_IFREG }

  /// Whether a regular file exists that this program may execute.
  package static func isExecutable(_ path: String) -> Bool {
    isFile(path) && access(path, X_OK) == 0
  }

  private static func kind(of path: String) -> UInt32? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// The files that match a shell pattern (`*`, `?`, `[…]`), sorted.
  package static func matches(_ pattern: String) -> [String] {
    var matches = glob_t()
    defer { globfree(&matches) }
    guard glob(pattern, 0, nil, &matches) == 0 else { return [] }
    return (0..<Int(matches.gl_pathc)).compactMap { index in
      matches.gl_pathv[index].map { String(cString: $0) }
    }
  }

  /// Visits the files in a directory and its subdirectories, in no particular order; links are
  /// files, and hidden directories are skipped.
  ///
  /// - Parameters:
  ///   - directory: the directory.
  ///   - goesOn: called with each file; the walk ends when it returns false.
  package static func forEachFile(below directory: String, _ goesOn: (String) -> Bool) {
    var directories = [directory]
    while let next = directories.popLast() {
      for name in names(in: next) {
        var status = stat()
        guard lstat("\(next)/\(name)", &status) == 0 else { continue }
        if status.st_mode & S_IFMT == S_IFDIR {
          if !name.hasPrefix(".") { directories.append("\(next)/\(name)") }
        } else if !goesOn("\(next)/\(name)") {
          return
        }
      }
    }
  }

  /// Creates a directory and its missing parent directories.
  ///
  /// - Parameters:
  ///   - path: the directory; nothing is done if it exists.
  ///   - mode: the mode of created directories, reduced by this program's umask.
  /// - Throws: ``SystemError`` if it cannot be created; `ENOTDIR` if another kind of file has its
  ///   name.
  package static func makeDirectories(_ path: String, mode: UInt32 = 0o777) throws(SystemError) {
    if mkdir(path, mode) == 0 || errno == EEXIST && kind(of: path) == S_IFDIR { return }
    var partial = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      partial += (partial.isEmpty || partial.hasSuffix("/") ? "" : "/") + part
      guard mkdir(partial, mode) != 0, errno != EEXIST else { continue }
      let failure = SystemError()
      // An existing directory in one that is not writable can still be used.
      if !exists(partial) { throw failure }
    }
    guard let kind = kind(of: path) else { throw SystemError() }
    if kind != S_IFDIR { throw SystemError(ENOTDIR) }
  }

  /// Removes a file, or a directory with its content, if permitted; links are removed, not
  /// followed.
  package static func removeTree(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      unlink(path)
      return
    }
    chmod(path, 0o700)
    for name in names(in: path) { removeTree("\(path)/\(name)") }
    rmdir(path)
  }
}
