import GRDB
import Glibc
import JupyterProtocol
package import SystemSupport

/// Hashes of files, cached as long as a file's size, times and inode number stay the same.
///
/// A value that begins with ``unknown`` contains the reason why the content cannot be compared; it
/// never equals an earlier one.
package struct FileHashes: Sendable {
  /// Where hashes of large files are cached; nil for no cache.
  let reader: (any DatabaseReader)?
  /// Nil if nothing may be written.
  let queue: RecordQueue?
  /// Another cache of hashes of large files.
  private let memory: FileMemory?

  init(reader: (any DatabaseReader)?, queue: RecordQueue?) {
    self.reader = reader
    self.queue = queue
    memory = nil
  }

  /// Creates hashes with a cache in memory, or without one.
  package init(memory: FileMemory? = nil) {
    reader = nil
    queue = nil
    self.memory = memory
  }

  /// The prefix of values for content that cannot be compared.
  package static let unknown = "?"

  /// The hash of a file's content, for a folder that of all files in it; `missing` if the path does
  /// not exist.
  ///
  /// An executable file has a different hash from the same file that is not executable.
  ///
  /// - Parameters:
  ///   - path: the file or folder; links are followed.
  ///   - ignored: the files to ignore within a folder.
  ///   - code: files within a folder that are compared by something other than their content, with
  ///     a function that returns it.
  ///   - watch: observes every file.
  package func hash(
    of path: String, ignoring ignored: Set<FileIdentity> = [],
    readingAsCode code: [FileIdentity: @Sendable () -> String?] = [:], _ watch: HashingWatch
  ) throws(HashingWatch.Stopped) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else {
      return FileHashes.isAbsence(errno) ? "missing" : FileHashes.unknown + systemReason(errno)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return try content(of: RawPath(path), watch)
    case S_IFDIR:
      return try FileTree(files: self, ignored: ignored, code: code, watch: watch).hash(of: path)
    default: return FileHashes.unknown + "it is a pipe, a socket or a device"
    }
  }

  /// Removes the mark of an executable file from a hash.
  package static func withoutMode(_ hash: String) -> String {
    hash.hasSuffix(executable) ? String(hash.dropLast(executable.count)) : hash
  }

  private static let executable = " x"

  /// Whether a system error means that the file does not exist.
  static func isAbsence(_ number: Int32) -> Bool { number == ENOENT || number == ENOTDIR }

  /// The hash of a regular file.
  package func content(of file: RawPath, _ watch: HashingWatch) throws(HashingWatch.Stopped)
    -> String
  {
    let path = file.text
    try watch.advance(path, files: 1)
    let descriptor = open(file.bytes, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else {
      return FileHashes.isAbsence(errno) ? "missing" : FileHashes.unknown + systemReason(errno)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return FileHashes.unknown + "it is a pipe, a socket or a device"
    }
    if SystemFolder.isMadeWhenRead(descriptor) {
      return FileHashes.unknown + "the system makes its content when it is read"
    }
    let mode = status.st_mode & 0o111 != 0 ? FileHashes.executable : ""
    let signature =
      "\(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) "
      + "\(status.st_ctim.tv_sec).\(status.st_ctim.tv_nsec) \(status.st_dev) \(status.st_ino)"
    // Reading a small file is faster than looking up its hash.
    let isLarge = status.st_size > 1 << 20
    if isLarge, let known = remembered(path, signature) { return known + mode }
    guard let hash = try bytes(descriptor, path, watch) else {
      return FileHashes.unknown + systemReason(errno)
    }
    // A file that was just written may be written again without a change of its time.
    if isLarge, status.st_mtim.tv_sec + 2 < time(nil) { remember(path, signature, hash) }
    return hash + mode
  }

  private func bytes(_ descriptor: Int32, _ path: String, _ watch: HashingWatch)
    throws(HashingWatch.Stopped) -> String?
  {
    var hash = ContentHash()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      if count > 0 {
        hash.add(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        try watch.advance(path, bytes: count)
      } else if count == 0 {
        return hash.hexadecimal()
      } else if errno != EINTR {
        return nil
      }
    }
  }

  private func remembered(_ path: String, _ signature: String) -> String? {
    if let memory { return memory.hash(of: path, signature: signature) }
    // Without the cache it is only slower.
    return try? reader?.read { database in
      try String.fetchOne(
        database, sql: "SELECT hash FROM files WHERE path = ? AND signature = ?",
        arguments: [path, signature])
    }
  }

  private func remember(_ path: String, _ signature: String, _ hash: String) {
    memory?.add(path, signature: signature, hash: hash)
    queue?.add(
      "INSERT OR REPLACE INTO files (path, signature, hash) VALUES (?, ?, ?)",
      [path, signature, hash])
  }
}
