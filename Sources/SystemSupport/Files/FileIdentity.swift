package import Glibc

/// Which file it is, whatever it is called: hard links and symbolic links to one file have one
/// identity.
package struct FileIdentity: Sendable, Hashable {
  package let device: UInt
  package let inode: UInt

  /// The identity of what a path leads to, links followed; nil where there is nothing.
  package init?(_ path: String) {
    guard let status = status(of: path) else { return nil }
    self.init(status)
  }

  /// The identity of an open file.
  package init?(descriptor: Int32) {
    guard let status = status(ofOpen: descriptor) else { return nil }
    self.init(status)
  }

  /// The identity that a status tells.
  package init(_ status: stat) {
    device = UInt(status.st_dev)
    inode = UInt(status.st_ino)
  }
}

/// Where a file is or will be: two paths with equal places are one file once it is written.
package enum FilePlace: Sendable, Hashable {
  /// A file that is there.
  case existing(FileIdentity)
  /// A name that is free in a directory that is there.
  case free(directory: FileIdentity, name: String)
  /// A path whose directory is not there, without `.`, `..` and doubled slashes.
  case nowhere(String)

  /// The place that a path leads to, links followed, those that lead to nothing yet included.
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

/// What tells whether a file was written again.
package struct FileSignature: Sendable, Hashable {
  package let identity: FileIdentity
  package let size: Int
  package let seconds: Int
  package let nanoseconds: Int

  /// The signature of what a path leads to; nil where there is nothing.
  package init?(_ path: String) {
    guard let status = status(of: path) else { return nil }
    self.init(status)
  }

  /// The signature of an open file.
  package init?(descriptor: Int32) {
    guard let status = status(ofOpen: descriptor) else { return nil }
    self.init(status)
  }

  /// The signature that a status tells.
  package init(_ status: stat) {
    identity = FileIdentity(status)
    size = Int(status.st_size)
    seconds = Int(status.st_mtim.tv_sec)
    nanoseconds = Int(status.st_mtim.tv_nsec)
  }
}

/// What the system says of what a path leads to; nil where there is nothing.
private func status(of path: String) -> stat? {
  var status = stat()
  return stat(path, &status) == 0 ? status : nil
}

/// What the system says of an open file.
private func status(ofOpen descriptor: Int32) -> stat? {
  var status = stat()
  return fstat(descriptor, &status) == 0 ? status : nil
}
