import ObjectStorage
import RemoteEngines

extension EngineConnection {
  /// The server of Airflow.
  ///
  /// - Throws: ``EngineError`` if it cannot be reached.
  func airflow() async throws(EngineError) -> AirflowAPI {
    var credentials = AirflowCredentials.none
    if let password = try await runtime.value(of: .apiPassword, environment) {
      credentials =
        runtime[.apiUsername].map { .user($0, password: password) } ?? .token(password)
    }
    return try await AirflowAPI(
      runtime.apiEndpoint ?? "", credentials: credentials,
      exchange: EngineLogins.exchange(environment))
  }

  /// The repository that Airflow gets its DAGs from.
  ///
  /// - Parameter folder: the folder in it; nil for Elyra's.
  /// - Throws: ``EngineError`` if a member of the configuration is not there or not valid.
  func repository(folder: String?) async throws(EngineError) -> GitDelivery {
    GitDelivery(
      try await GitRepository(of: runtime, folder: folder, environment),
      exchange: EngineLogins.exchange(environment))
  }
}
