import RemoteEngines

extension SubmittedRun {
  /// The events of its nodes; nil if they leave none, or it is not known where.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func feeds(_ nodes: [SubmittedNode]) async throws(ExitRequest) -> (any RunFeeds)? {
    guard let submission else { return nil }
    if submission.isOnSlurm, submission.bucket == nil { return FolderFeeds(run: id, nodes) }
    guard let bucket = submission.bucket, let store = try await storage() else { return nil }
    return NodeFeeds(store, bucket: bucket, run: id, nodes)
  }
}
