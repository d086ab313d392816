package import Glibc

/// The kind, the permissions and the size of a file.
package struct FileStatus: FromFileStatus, Hashable {
  /// Whether it is a regular file.
  package let isFile: Bool
  /// Its permissions, as in `chmod`.
  package let permissions: UInt32
  /// Its size in bytes.
  package let size: Int
  /// When it was last modified, in seconds since 1970.
  package let modified: Int

  /// Creates a value from what the system says about a file.
  package init(_ status: stat) {
    isFile = status.st_mode & S_IFMT == S_IFREG
    permissions = status.st_mode & 0o777
    size = Int(status.st_size)
    modified = status.st_mtim.tv_sec
  }
}
