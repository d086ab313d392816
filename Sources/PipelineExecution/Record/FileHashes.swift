import GRDB
import Glibc
import JupyterProtocol

/// Hashes of files, remembered as long as a file's size, times and number stay the same.
struct FileHashes: Sendable {
  let database: DatabasePool

  /// The hash of a file's content; of a folder that of all files in it; `missing` where there is
  /// nothing.
  func hash(of path: String) -> String {
    if NodeFiles.isDirectory(path) {
      var all = ContentHash()
      for file in NodeFiles.files(below: path) {
        all.add(String(file.dropFirst(path.count)))
        all.add(hash(of: file))
      }
      return all.hexadecimal()
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return errno == ENOENT ? "missing" : "unreadable" }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return "not a file"
    }
    let signature =
      "\(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) "
      + "\(status.st_ctim.tv_sec).\(status.st_ctim.tv_nsec) \(status.st_dev) \(status.st_ino)"
    // Small files are read sooner than looked up.
    let isLarge = status.st_size > 1 << 20
    if isLarge, let known = remembered(path, signature) { return known }
    guard let hash = FileHashes.content(descriptor) else { return "unreadable" }
    // A file that was written just now may be written again without its time changing.
    if isLarge, status.st_mtim.tv_sec + 2 < time(nil) { remember(path, signature, hash) }
    return hash
  }

  private static func content(_ descriptor: Int32) -> String? {
    var hash = ContentHash()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      if count > 0 {
        hash.add(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      } else if count == 0 {
        return hash.hexadecimal()
      } else if errno != EINTR {
        return nil
      }
    }
  }

  private func remembered(_ path: String, _ signature: String) -> String? {
    // Without the memory it is only slower.
    try? database.read { database in
      try String.fetchOne(
        database, sql: "SELECT hash FROM files WHERE path = ? AND signature = ?",
        arguments: [path, signature])
    }
  }

  private func remember(_ path: String, _ signature: String, _ hash: String) {
    try? database.write { database in
      try database.execute(
        sql: "INSERT OR REPLACE INTO files (path, signature, hash) VALUES (?, ?, ?)",
        arguments: [path, signature, hash])
    }
  }
}
