package import JSONCore
package import Pipelines
package import RunEvents

/// The object storage of a run: nodes that run elsewhere get their files from it, and leave there
/// what they make.
///
/// This module knows no storage; the one that has both implements it.
package protocol NodeStorage: Sendable {
  /// How `lyre node` reaches it, in the form of the `storage` of a description.
  var settings: JSONObject { get }

  /// The file with the authorities that it trusts, on this machine; nil for the system's.
  var certificateFile: String? { get }

  /// The variables with the credentials; empty if it needs none.
  ///
  /// - Throws: ``NodeStorageProblem``.
  func credentials() async throws(NodeStorageProblem) -> [String: String]

  /// The place of the files that the nodes of the run exchange without this machine, under their
  /// paths from the root.
  var exchange: FilesPlace { get }

  /// The place for what an attempt leaves, which nothing else uses.
  func place(for attempt: RunSubject) -> FilesPlace

  /// Makes files available to a node; what is there already is not sent again.
  ///
  /// - Parameters:
  ///   - paths: files and folders, relative to `root`.
  ///   - root: an absolute folder.
  /// - Returns: where the node finds them.
  /// - Throws: ``NodeStorageProblem``.
  func upload(_ paths: [String], of root: String) async throws(NodeStorageProblem)
    -> [NodeDescription.Source]

  /// What an attempt leaves while it runs, brought to a folder of this machine.
  ///
  /// - Parameters:
  ///   - results: the place of its events, log, executed notebook and ending.
  ///   - folder: the folder, in which they get the names that they have in a folder of results.
  func mirror(_ results: FilesPlace, into folder: String) -> any ResultsMirror

  /// Fetches outputs of a node, each when it is complete.
  ///
  /// - Parameters:
  ///   - patterns: which of the files.
  ///   - place: where they are, under their paths from `root`.
  ///   - root: an absolute folder.
  /// - Throws: ``NodeStorageProblem``; other outputs are there then.
  func fetch(_ patterns: [ExchangePattern], from place: FilesPlace, into root: String)
    async throws(NodeStorageProblem)
}

/// Brings what a node leaves in a storage to a folder of this machine.
package protocol ResultsMirror: Sendable {
  /// Brings what there is, until the task is cancelled.
  ///
  /// - Parameter warn: called with problems that may pass.
  func follow(_ warn: @escaping @Sendable (String) -> Void) async

  /// Brings the rest, once the node has ended.
  ///
  /// - Parameters:
  ///   - patience: how long the storage may be away.
  ///   - warn: called with problems that may pass.
  /// - Returns: why something is missing; nil if nothing is.
  func finish(patience: Duration, _ warn: @escaping @Sendable (String) -> Void) async -> String?
}

/// An error: a storage cannot be used; what happened, where, and what to do.
package struct NodeStorageProblem: Error, Sendable, CustomStringConvertible {
  /// The message, which has no secret.
  package var description: String
  /// Whether there is no use in trying again.
  package var isFinal: Bool

  /// Creates a problem.
  package init(_ description: String, isFinal: Bool = false) {
    self.description = description
    self.isFinal = isFinal
  }
}
