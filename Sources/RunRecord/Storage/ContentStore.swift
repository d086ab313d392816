import Glibc
import JupyterProtocol
import SystemSupport

/// Files by content, in the directory of the record of runs: equal files are stored once.
///
/// A file's name is the SHA-256 of its content, which is checked on every read: a file that was
/// damaged or planted is never used as a result. Programs that add a file hold a shared lock until
/// a reference to it is recorded; unreferenced files are removed under an exclusive lock.
struct ContentStore: Sendable {
  /// The directory of the files.
  let directory: String
  /// The maximum number of bytes to keep when removing files.
  var limit: Int64 = 1 << 30

  /// Stores content.
  ///
  /// - Parameters:
  ///   - content: the content of the file, in pieces.
  ///   - register: records a reference to it by its name.
  /// - Returns: its name.
  /// - Throws: ``HistoryError`` if it cannot be stored, and what `register` throws.
  func keep(_ content: [ArraySlice<UInt8>], register: (String) throws -> Void) throws -> String {
    let name = ContentStore.name(of: content)
    let lock = try self.lock(LOCK_SH)
    defer { close(lock) }
    try write(content, as: name)
    try register(name)
    return name
  }

  /// Reads the content of a file; nil if there is no such file.
  ///
  /// - Throws: ``HistoryError`` for a file that belongs to another user or is damaged.
  func content(_ name: String) throws(HistoryError) -> [UInt8]? {
    guard ContentStore.isName(name) else { return nil }
    let path = "\(directory)/\(name)"
    let descriptor: Int32
    do throws(Distrust) {
      guard let opened = try Trust.openFile(path) else { return nil }
      descriptor = opened
    } catch {
      throw HistoryError(description: "'\(path)' is not used: it \(error)")
    }
    defer { close(descriptor) }
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try readAll(descriptor, maximum: .max)
    } catch {
      throw HistoryError(description: "'\(path)' cannot be read: \(error)")
    }
    guard ContentStore.name(of: [bytes[...]]) == name else {
      throw HistoryError(description: "'\(path)' is damaged: its content has changed")
    }
    return bytes
  }

  /// The number of bytes stored.
  var size: Int64 { sizes.values.reduce(0, +) }

  private var sizes: [String: Int64] {
    var result: [String: Int64] = [:]
    for name in FilePath.names(in: directory) where name != ContentStore.lockName {
      var status = stat()
      if lstat("\(directory)/\(name)", &status) == 0 { result[name] = Int64(status.st_size) }
    }
    return result
  }

  /// Removes unreferenced files, incomplete files, and those beyond the limit.
  ///
  /// - Parameter needed: the names of the referenced files, most important first; called while no
  ///   program can add any.
  func sweep(keeping needed: () throws -> [String]) throws {
    let lock = try self.lock(LOCK_EX)
    defer { close(lock) }
    let sizes = sizes
    for name in ContentStore.superfluous(sizes, keeping: try needed(), limit) {
      unlink("\(directory)/\(name)")
    }
  }

  /// Selects the files to remove.
  static func superfluous(_ sizes: [String: Int64], keeping needed: [String], _ limit: Int64)
    -> Set<String>
  {
    var result = Set(sizes.keys)
    var total: Int64 = 0
    for name in needed where result.contains(name) {
      total += sizes[name] ?? 0
      // The newest file is kept, however large it is.
      if total > limit, result.count < sizes.count { break }
      result.remove(name)
    }
    return result
  }

  // MARK: Files

  private static let lockName = "lock"

  private func write(_ content: [ArraySlice<UInt8>], as name: String) throws(HistoryError) {
    let path = "\(directory)/\(name)"
    var status = stat()
    let size = content.reduce(0) { $0 + $1.count }
    if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size == size {
      return
    }
    do throws(SystemError) {
      try RecordFolder.replace(path, content)
    } catch {
      throw HistoryError(description: "'\(path)' cannot be written: \(error)")
    }
  }

  /// Holds the lock until the descriptor is closed.
  private func lock(_ kind: Int32) throws(HistoryError) -> Int32 {
    try RecordFolder.make(directory)
    try RecordFolder.check(directory)
    let path = "\(directory)/\(ContentStore.lockName)"
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw unwritable(path, errno) }
    while flock(descriptor, kind) != 0 {
      let number = errno
      if number == EINTR { continue }
      // On a file system without locks, removal during a write cannot be excluded.
      if number == ENOLCK || number == EOPNOTSUPP { break }
      close(descriptor)
      throw unwritable(path, number)
    }
    return descriptor
  }

  private func unwritable(_ path: String, _ number: Int32) -> HistoryError {
    HistoryError(description: "'\(path)' cannot be written: \(systemReason(number))")
  }

  private static func name(of content: [ArraySlice<UInt8>]) -> String {
    var hash = ContentHash()
    for piece in content { piece.withUnsafeBytes { hash.add($0) } }
    return hash.hexadecimal()
  }

  private static func isName(_ name: String) -> Bool {
    name.utf8.count == 64
      && name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}
