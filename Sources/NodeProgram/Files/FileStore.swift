import Pipelines

/// Files at some place: a folder of this machine, or objects of a bucket below a prefix.
protocol FileStore: Sendable {
  /// The place, for messages.
  var place: FilesPlace { get }

  /// The paths below the place that a pattern selects, sorted; empty if it selects none.
  ///
  /// - Throws: ``TransferProblem``.
  func paths(_ pattern: ExchangePattern) async throws(TransferProblem) -> [String]

  /// Puts a file into a folder.
  ///
  /// - Parameters:
  ///   - path: its path below the place; empty for the place itself.
  ///   - folder: the folder.
  ///   - target: its path in the folder.
  /// - Throws: ``TransferProblem``.
  func fetch(_ path: String, into folder: WorkFolder, as target: String)
    async throws(TransferProblem)

  /// Stores a file; an existing one is replaced at once.
  ///
  /// - Parameters:
  ///   - file: the absolute path of the file.
  ///   - path: its path below the place.
  /// - Throws: ``TransferProblem``.
  func put(_ file: String, as path: String) async throws(TransferProblem)

  /// Stores bytes as a file.
  ///
  /// - Throws: ``TransferProblem``.
  func put(_ bytes: [UInt8], as path: String) async throws(TransferProblem)

  /// Stores bytes as the first file of the place.
  ///
  /// - Returns: false if there are files already, from another run.
  /// - Throws: ``TransferProblem``.
  func claim(_ path: String, _ bytes: [UInt8]) async throws(TransferProblem) -> Bool
}
