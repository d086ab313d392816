import Hashing

/// The archive with a node's own files: its notebook or script, and its dependencies.
package struct NodeArchive: Sendable, Hashable {
  /// A file in it.
  package struct Member: Sendable, Hashable {
    /// Its path, relative to the folder of the node's file.
    package var path: String
    /// The SHA-256 of its content, in lower-case hexadecimal.
    package var sha256: String
    /// Whether it is executable.
    package var isExecutable: Bool

    /// Creates a member.
    package init(path: String, sha256: String, isExecutable: Bool = false) {
      self.path = path
      self.sha256 = sha256
      self.isExecutable = isExecutable
    }
  }

  /// The files, sorted by path.
  package let members: [Member]
  /// The SHA-256 of the list of files, in lower-case hexadecimal: the same content has the same.
  package let hash: String

  /// Creates the archive of files.
  package init(_ members: [Member]) {
    self.members = members.sorted { $0.path < $1.path }
    var hash = ContentHash()
    for member in self.members {
      hash.add(member.path)
      hash.add(member.sha256)
      hash.add(member.isExecutable ? "x" : "")
    }
    self.hash = hash.hexadecimal()
  }

  /// Its name below the folder `archives`.
  package var name: String { "\(hash).tar.gz" }
}
