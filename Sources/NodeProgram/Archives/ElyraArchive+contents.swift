import Glibc
import SystemSupport

extension ElyraArchive {
  /// A file in the archive, with its content as a hash.
  package struct Content: Sendable {
    /// Its path, relative to the folder of the node's file.
    package var path: String
    /// The SHA-256 of its content, in lower-case hexadecimal.
    package var sha256: String
    /// Whether its owner may execute it.
    package var isExecutable: Bool
  }

  /// The files in it with their contents.
  ///
  /// - Parameter made: the outputs of earlier nodes, which need not exist yet.
  /// - Throws: ``TransferProblem`` if a file does not exist, or cannot be read.
  package func contents(made: [String] = []) throws(TransferProblem) -> [Content] {
    let copy = FileCopy(isStopped: { false })
    var contents: [Content] = []
    for path in try paths(made: made) {
      let whole = "\(root)/\(path)"
      contents.append(
        Content(
          path: path, sha256: try copy.hash(of: whole),
          isExecutable: (FileStatus(whole)?.permissions ?? 0) & 0o100 != 0))
    }
    return contents
  }
}
