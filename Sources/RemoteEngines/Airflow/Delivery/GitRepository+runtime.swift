extension GitRepository {
  /// The repository of a runtime configuration for Airflow.
  ///
  /// - Parameters:
  ///   - runtime: the configuration.
  ///   - folder: the folder of DAGs in it; nil for Elyra's.
  ///   - environment: the environment variables, which may have the token.
  /// - Throws: ``EngineError`` if a member of the configuration is not there or not valid.
  package init(
    of runtime: RuntimeConfiguration, folder: String? = nil, _ environment: [String: String]
  ) async throws(EngineError) {
    let token = try await runtime.value(of: .gitToken, environment)
    try self.init(
      runtime.gitServer, address: runtime.gitEndpoint ?? "", name: runtime.gitRepository ?? "",
      branch: runtime.gitBranch ?? "", folder: folder, token: token ?? "")
  }
}
