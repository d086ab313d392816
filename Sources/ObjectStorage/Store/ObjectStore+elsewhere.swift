extension ObjectStore {
  /// The settings with which another machine reaches the same server, whatever its environment; the
  /// file with authorities is one of this machine.
  ///
  /// Credentials are not among them: ``credentials()`` has them.
  package var settingsElsewhere: ObjectStorageSettings {
    var result = ObjectStorageSettings()
    let server = session.settled
    result.endpoint = server.named.map { $0.origin + $0.path }
    result.region = server.region
    result.addressing = server.addressing
    result.certificateFile = session.transport.trust.certificateFile
    result.checksCertificate = session.transport.trust.checksCertificate
    if case .none = session.settings.credentials { result.credentials = .none }
    return result
  }

  /// The settings with which this machine reaches the same server later: as ``settingsElsewhere``, with
  /// the profile that has the credentials, if it was named.
  package var settingsLater: ObjectStorageSettings {
    var result = settingsElsewhere
    if case .profile = session.settings.credentials {
      result.credentials = session.settings.credentials
    }
    return result
  }

  /// The credentials as they are now; nil if requests are not signed.
  ///
  /// - Throws: ``ObjectStorageError`` if there are none.
  package func credentials() async throws(ObjectStorageError) -> StorageCredentials? {
    try await session.credentials.credentials()
  }
}

extension StorageCredentials {
  /// The variables in which programs look for credentials.
  package var variables: [String: String] {
    var variables = [
      StorageCredentials.accessKeyName: accessKey, StorageCredentials.secretKeyName: secretKey,
    ]
    variables[StorageCredentials.tokenName] = sessionToken
    return variables
  }

  /// Reads variables; nil if they have no key.
  package init?(variables: [String: String]) {
    guard let access = variables[StorageCredentials.accessKeyName],
      let secret = variables[StorageCredentials.secretKeyName]
    else { return nil }
    self.init(
      accessKey: access, secretKey: secret, sessionToken: variables[StorageCredentials.tokenName])
  }

  private static let accessKeyName = "AWS_ACCESS_KEY_ID"
  private static let secretKeyName = "AWS_SECRET_ACCESS_KEY"
  private static let tokenName = "AWS_SESSION_TOKEN"
}
