/// How DAGs come to Airflow.
package enum DAGDelivery: Sendable {
  /// As files in a folder that Airflow reads.
  case folder(DAGFolder)
  /// By commits to a repository that Airflow reads.
  case git(GitDelivery)

  /// What a delivery would do; nothing is changed.
  ///
  /// - Parameters:
  ///   - file: the file.
  ///   - overwrites: whether it also replaces a file that Lyre has not written.
  /// - Throws: ``EngineError``.
  package func preview(_ file: DAGFile, overwrites: Bool) async throws(EngineError) -> DeliveredDAG
  {
    switch self {
    case .folder(let folder): try folder.preview(file, overwrites: overwrites)
    case .git(let git): try await git.preview(file, overwrites: overwrites)
    }
  }

  /// Delivers a file, unless it is there already.
  ///
  /// - Parameters:
  ///   - file: the file.
  ///   - overwrites: whether it also replaces a file that Lyre has not written.
  ///   - source: the name of the pipeline's file.
  /// - Throws: ``EngineError``.
  package func deliver(_ file: DAGFile, overwrites: Bool, from source: String)
    async throws(EngineError) -> DeliveredDAG
  {
    switch self {
    case .folder(let folder): try folder.deliver(file, overwrites: overwrites)
    case .git(let git): try await git.deliver(file, overwrites: overwrites, from: source)
    }
  }
}
