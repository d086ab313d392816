package import ObjectStorage

extension RuntimeConfiguration {
  /// The value of a password or token, found now; nil if it has none.
  ///
  /// - Parameters:
  ///   - key: the member.
  ///   - environment: the environment variables.
  /// - Throws: ``EngineError`` if it is not where the configuration says.
  package func value(of key: RuntimeKey, _ environment: [String: String]) async throws(EngineError)
    -> String?
  {
    guard let secret = secret(key) else { return nil }
    return try await SecretReader(environment: environment).value(
      of: secret, named: key.rawValue, in: place, mayRun: file.isOnlyOurs)
  }

  /// How the storage is reached from this machine.
  ///
  /// With user and password if the configuration has them, else with what Amazon's programs would find.
  ///
  /// - Parameter environment: the environment variables.
  /// - Throws: ``EngineError`` if the password is not where the configuration says.
  package func storageSettings(_ environment: [String: String]) async throws(EngineError)
    -> ObjectStorageSettings
  {
    var settings = ObjectStorageSettings()
    settings.endpoint = storageEndpoint
    settings.certificateFile = environment["TRUSTED_CA_BUNDLE_PATH"].flatMap {
      $0.isEmpty ? nil : $0
    }
    guard storageLogin != .role, let user = self[.cosUsername],
      let password = try await value(of: .cosPassword, environment)
    else { return settings }
    settings.credentials = .given(StorageCredentials(accessKey: user, secretKey: password))
    return settings
  }
}
