import Glibc
import Pipelines
import SystemSupport

/// The private folder of one attempt of a node that runs elsewhere: its description, its results,
/// and its temporary files.
struct NodeFolder: Sendable {
  /// Its absolute path.
  let path: String

  /// How its name begins.
  private static let prefix = "lyre-node-"

  /// Creates a folder.
  ///
  /// - Parameter parent: the folder in which it is created.
  /// - Throws: ``SystemError``.
  init(in parent: String) throws(SystemError) {
    var template = Array("\(parent == "/" ? "" : parent)/\(NodeFolder.prefix)XXXXXX".utf8) + [0]
    let isMade = template.withUnsafeMutableBytes { bytes in
      bytes.baseAddress.map { mkdtemp($0.assumingMemoryBound(to: CChar.self)) != nil } ?? false
    }
    guard isMade else { throw SystemError() }
    path = String(decoding: template.dropLast(), as: UTF8.self)
    for name in ["tmp", "home"] {
      guard mkdir("\(path)/\(name)", 0o700) == 0 else {
        let error = SystemError()
        FilePath.removeTree(path)
        throw error
      }
    }
  }

  /// The folder for temporary files of this machine.
  static func temporary(_ environment: [String: String]) -> String {
    if let folder = environment["TMPDIR"], folder.hasPrefix("/"), FilePath.isDirectory(folder) {
      return FilePath.real(folder) ?? folder
    }
    return FilePath.real("/tmp") ?? "/tmp"
  }

  /// The folder of ``RemoteNode``, which creates it: description and results.
  var node: String { "\(path)/node" }
  /// The node's folder for temporary files.
  var temporary: String { "\(path)/tmp" }
  /// The home of a node that has no other.
  var home: String { "\(path)/home" }
  /// The node's variables.
  var environment: String { "\(path)/environment" }

  /// Removes it with everything in it.
  func remove() { FilePath.removeTree(path) }

  /// Removes the folder of a program that was killed, if the path is that of such a folder: it may
  /// come from a label that somebody else has written.
  static func remove(leftover path: String) {
    var status = stat()
    guard path.hasPrefix("/"), !path.contains("/../"),
      PipelinePath.name(path).hasPrefix(prefix), lstat(path, &status) == 0,
      status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid()
    else { return }
    FilePath.removeTree(path)
  }
}
