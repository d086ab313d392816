package import Glibc

/// A value that is read from a file's status.
package protocol FromFileStatus: Sendable {
  /// Reads it from a status.
  init(_ status: stat)
}

extension FromFileStatus {
  /// The value of the file at a path, with links followed; nil if it does not exist.
  package init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// The value of an open file; nil if there is none.
  package init?(descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }
}

/// The identity of a file, which is the same for all its hard links and symbolic links.
package struct FileIdentity: FromFileStatus, Hashable {
  package let device: UInt
  package let inode: UInt

  /// The identity in a file status.
  package init(_ status: stat) {
    device = UInt(status.st_dev)
    inode = UInt(status.st_ino)
  }
}

/// The place of an existing or future file: two paths with equal places are the same file once it
/// is written.
package enum FilePlace: Sendable, Hashable {
  /// An existing file.
  case existing(FileIdentity)
  /// An unused name in an existing directory.
  case free(directory: FileIdentity, name: String)
  /// A path in a directory that does not exist, without `.`, `..` and doubled slashes.
  case nowhere(String)

  /// The place of a path, with links followed, including dangling ones.
  package init(_ path: String) {
    var path = path
    for _ in 0..<40 {
      if let identity = FileIdentity(path) {
        self = .existing(identity)
        return
      }
      let (directory, name) = FilePath.parts(path)
      guard let target = FilePath.linkTarget(path) else {
        if let identity = FileIdentity(directory.isEmpty ? "/" : directory) {
          self = .free(directory: identity, name: name)
        } else {
          self = .nowhere(FilePath.normalized(path))
        }
        return
      }
      path = target.hasPrefix("/") ? target : "\(directory)/\(target)"
    }
    self = .nowhere(FilePath.normalized(path))
  }
}

/// The properties by which a changed file is recognised.
package struct FileSignature: FromFileStatus, Hashable {
  package let identity: FileIdentity
  package let size: Int
  package let seconds: Int
  package let nanoseconds: Int

  /// The signature in a file status.
  package init(_ status: stat) {
    identity = FileIdentity(status)
    size = Int(status.st_size)
    seconds = Int(status.st_mtim.tv_sec)
    nanoseconds = Int(status.st_mtim.tv_nsec)
  }
}
