import Glibc
import JSONCore

/// What tells whether a file was written again.
struct FileSignature: Sendable, Hashable {
  private var device: UInt
  private var inode: UInt
  private var size: Int
  private var seconds: Int
  private var nanoseconds: Int

  /// The signature of a file; nil when there is none.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = status.st_dev
    inode = status.st_ino
    size = status.st_size
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }

  /// What of it stays the same when the machine is started again.
  var json: JSONValue {
    ["size": .init(size), "modified": [.init(seconds), .init(nanoseconds)]]
  }
}
