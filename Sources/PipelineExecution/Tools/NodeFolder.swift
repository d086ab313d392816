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

  /// Whether a name is that of such a folder.
  static func isName(_ name: String) -> Bool { name.hasPrefix(prefix) }

  /// Creates a folder.
  ///
  /// - Parameter parent: the folder in which it is created.
  /// - Throws: ``SystemError``.
  init(in parent: String) throws(SystemError) {
    path = try FilePath.makeTemporaryFolder(NodeFolder.prefix, in: parent)
    for name in ["tmp", "home"] {
      guard mkdir("\(path)/\(name)", 0o700) == 0 else {
        let error = SystemError()
        FilePath.removeTree(path)
        throw error
      }
    }
    try createPrivateFile(
      "\(path)/\(NodeFolder.ownerName)", [Array("\(OwnerMark.current)".utf8)[...]])
  }

  /// The file with the mark of the program that created the folder.
  private static let ownerName = "owner"

  /// The folder for temporary files of this machine.
  static func temporary(_ environment: [String: String]) -> String {
    if let folder = environment["TMPDIR"], folder.hasPrefix("/"), FilePath.isDirectory(folder) {
      return FilePath.real(folder) ?? folder
    }
    return FilePath.real("/tmp") ?? "/tmp"
  }

  /// The name of the file that `lyre node` writes last.
  static let endingName = "ending.json"
  /// The name of the file that `lyre node` begins with.
  static let eventsName = "events.ndjson"

  /// The folder of ``RemoteNode``, which creates it: description and results.
  var node: String { "\(path)/node" }
  /// The node's folder for temporary files.
  var temporary: String { "\(path)/tmp" }
  /// The home of a node that has no other.
  var home: String { "\(path)/home" }
  /// The node's variables.
  var environment: String { "\(path)/environment" }

  /// The credentials of the object storage.
  var credentials: String { "\(path)/credentials" }

  /// Removes it with everything in it.
  func remove() { FilePath.removeTree(path) }

  /// Removes the folders of programs that were killed.
  ///
  /// - Parameter parent: the folder in which they are.
  static func removeLeftovers(in parent: String) {
    for name in FilePath.names(in: parent) where name.hasPrefix(prefix) {
      let path = "\(parent)/\(name)"
      guard let bytes = try? fileContent("\(path)/\(ownerName)", maximum: 4096),
        OwnerMark(String(decoding: bytes, as: UTF8.self))?.life == .hasEnded
      else { continue }
      remove(leftover: path)
    }
  }

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
