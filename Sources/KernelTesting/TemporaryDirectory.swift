import Glibc
import SystemSupport

/// A directory for one test, with mode 0700, which is removed with its content when the test's
/// scope ends.
package struct TemporaryDirectory: Sendable {
  /// Its absolute path, short enough for Unix sockets inside it.
  package let path: String

  private init() throws(FileFailure) {
    var template = Array("/tmp/lyre-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FileFailure("mkdtemp", "/tmp") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The path of an entry.
  package func path(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file and the directories that lead to it.
  ///
  /// - Parameters:
  ///   - bytes: the content.
  ///   - name: its path inside this directory.
  ///   - mode: its permissions.
  /// - Returns: its absolute path.
  /// - Throws: ``FileFailure``.
  @discardableResult
  package func write(_ bytes: [UInt8], to name: String, mode: UInt32 = 0o644)
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
    do throws(SystemError) {
      try writeAll(descriptor, bytes[...])
    } catch {
      throw FileFailure("write", path, error)
    }
    return path
  }

  /// Writes a file of text; see ``write(_:to:mode:)-([UInt8],_,_)``.
  ///
  /// - Throws: ``FileFailure``.
  @discardableResult
  package func write(_ text: String, to name: String, mode: UInt32 = 0o644)
    throws(FileFailure) -> String
  {
    try write(Array(text.utf8), to: name, mode: mode)
  }

  /// Creates a subdirectory if it does not exist.
  ///
  /// - Throws: ``FileFailure``.
  @discardableResult
  package func makeDirectory(_ name: String) throws(FileFailure) -> String {
    let path = path(name)
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw FileFailure("mkdir", path) }
    return path
  }

  /// Reads a file in it.
  ///
  /// - Throws: ``FileFailure``.
  package func read(_ name: String) throws(FileFailure) -> [UInt8] {
    try readFile(path(name))
  }

  /// The names of its entries, sorted.
  package var entries: [String] { FilePath.names(in: path) }

  private func remove() { FilePath.removeTree(path) }

  /// Runs a test with a directory of its own.
  ///
  /// - Throws: what the test throws, or ``FileFailure``.
  package static func with<R>(_ body: (TemporaryDirectory) throws -> R) throws -> R {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    return try body(directory)
  }

  /// Runs a test with a directory of its own.
  ///
  /// - Throws: what the test throws, or ``FileFailure``.
  package static func with<R>(_ body: (TemporaryDirectory) async throws -> R) async throws -> R {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    return try await body(directory)
  }
}

/// An error: a file could not be created, written or read.
package struct FileFailure: Error, CustomStringConvertible {
  /// What failed, where and why.
  package let description: String

  init(_ function: String, _ path: String, _ error: SystemError = SystemError()) {
    description = "\(function) \(path): \(error)"
  }
}

/// Reads a file.
///
/// - Throws: ``FileFailure``.
package func readFile(_ path: String) throws(FileFailure) -> [UInt8] {
  // Blocks until there is a writer if it is a pipe.
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw FileFailure("open", path) }
  defer { close(descriptor) }
  do throws(SystemError) {
    return try readAll(descriptor, maximum: .max)
  } catch {
    throw FileFailure("read", path, error)
  }
}
