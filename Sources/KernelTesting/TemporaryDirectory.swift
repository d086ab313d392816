import Glibc

/// A directory of its own for a test, mode 0700, gone with all it holds when the test's scope ends.
public struct TemporaryDirectory: Sendable {
  /// Its absolute path, short enough for Unix sockets inside it.
  public let path: String

  private init() throws(FileFailure) {
    var template = Array("/tmp/lyre-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FileFailure("mkdtemp", "/tmp") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The path of an entry.
  public func path(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file and the directories that lead to it.
  ///
  /// - Parameters:
  ///   - bytes: what it holds.
  ///   - name: its path inside this directory.
  ///   - mode: its permissions.
  /// - Returns: its absolute path.
  /// - Throws: ``FileFailure``.
  @discardableResult
  public func write(_ bytes: [UInt8], to name: String, mode: UInt32 = 0o644)
    throws(FileFailure) -> String
  {
    var end = name.startIndex
    while let slash = name[end...].firstIndex(of: "/") {
      try makeDirectory(String(name[..<slash]))
      end = name.index(after: slash)
    }
    let path = path(name)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw FileFailure("open", path) }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileFailure("write", path) }
      rest = rest.dropFirst(count)
    }
    return path
  }

  /// Writes a file of text; see ``write(_:to:mode:)-([UInt8],_,_)``.
  ///
  /// - Throws: ``FileFailure``.
  @discardableResult
  public func write(_ text: String, to name: String, mode: UInt32 = 0o644)
    throws(FileFailure) -> String
  {
    try write(Array(text.utf8), to: name, mode: mode)
  }

  /// Makes a directory in it, if there is none.
  ///
  /// - Throws: ``FileFailure``.
  @discardableResult
  public func makeDirectory(_ name: String) throws(FileFailure) -> String {
    let path = path(name)
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw FileFailure("mkdir", path) }
    return path
  }

  /// What a file in it holds.
  ///
  /// - Throws: ``FileFailure``.
  public func read(_ name: String) throws(FileFailure) -> [UInt8] {
    try readFile(path(name))
  }

  /// The names of its entries, sorted.
  public var entries: [String] { KernelTesting.entries(of: path) }

  private func remove() { removeTree(path) }

  /// Runs a test with a directory of its own.
  ///
  /// - Throws: what the test throws, or ``FileFailure``.
  public static func with<R>(_ body: (TemporaryDirectory) throws -> R) throws -> R {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    return try body(directory)
  }

  /// Runs a test with a directory of its own.
  ///
  /// - Throws: what the test throws, or ``FileFailure``.
  public static func with<R>(_ body: (TemporaryDirectory) async throws -> R) async throws -> R {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    return try await body(directory)
  }
}

/// A file that could not be made, written or read.
public struct FileFailure: Error, CustomStringConvertible {
  /// What failed, where and why.
  public let description: String

  init(_ function: String, _ path: String) {
    description = "\(function) \(path): \(String(cString: strerror(errno)))"
  }
}

/// What a file holds.
///
/// - Throws: ``FileFailure``.
public func readFile(_ path: String) throws(FileFailure) -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw FileFailure("open", path) }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = Glibc.read(descriptor, &buffer, buffer.count)
    if count < 0, errno == EINTR { continue }
    guard count >= 0 else { throw FileFailure("read", path) }
    guard count > 0 else { return bytes }
    bytes += buffer[..<count]
  }
}

/// The names in a directory, sorted; none when there is no such directory.
func entries(of path: String) -> [String] {
  guard let directory = opendir(path) else { return [] }
  defer { closedir(directory) }
  var names: [String] = []
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
      name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted()
}

/// Removes a file, or a directory with all that is in it, and follows no link out of it.
func removeTree(_ path: String) {
  var status = stat()
  guard lstat(path, &status) == 0 else { return }
  if status.st_mode & S_IFMT == S_IFDIR {
    chmod(path, 0o700)
    for name in entries(of: path) { removeTree("\(path)/\(name)") }
    rmdir(path)
  } else {
    unlink(path)
  }
}
