import SystemSupport

/// Finds credentials where Amazon's programs find them, and again before they expire.
actor CredentialSource {
  private let settings: ObjectStorageSettings.CredentialsFrom
  private let environment: StorageEnvironment
  private let requests: CredentialRequests
  private var known: StorageCredentials?

  init(
    _ settings: ObjectStorageSettings.CredentialsFrom, _ environment: StorageEnvironment,
    _ requests: CredentialRequests
  ) {
    self.settings = settings
    self.environment = environment
    self.requests = requests
  }

  /// The credentials; nil if requests are not to be signed.
  ///
  /// - Parameter rejected: credentials that the server has called expired.
  func credentials(rejected: StorageCredentials? = nil) async throws(ObjectStorageError)
    -> StorageCredentials?
  {
    switch settings {
    case .none, .grant: return nil
    case .automatic, .profile, .given: break
    }
    if let known, known != rejected, !isExpiring(known) { return known }
    let found = try await find()
    known = found
    return found
  }

  /// Whether they expire within two minutes.
  private func isExpiring(_ credentials: StorageCredentials) -> Bool {
    credentials.expires.map { $0 < ServerTime.now().seconds + 120 } ?? false
  }

  private func find() async throws(ObjectStorageError) -> StorageCredentials {
    switch settings {
    case .given(let credentials): return credentials
    case .profile:
      if let found = try await fromProfile() { return found }
      throw missing("the profile '\(environment.profile ?? "default")' has no access key")
    case .automatic, .none, .grant:
      // Amazon's order: variables go first even if AWS_PROFILE names a profile.
      if let found = try fromVariables() { return found }
      if let found = try await fromWebIdentity() { return found }
      if let found = try await fromProfile() { return found }
      if let found = try await fromContainer() { return found }
      throw missing("there are no credentials for object storage")
    }
  }

  private func missing(_ message: String) -> ObjectStorageError {
    ObjectStorageError(
      .denied, message,
      remedy: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or choose a profile of ~/.aws "
        + "with AWS_PROFILE.")
  }

  private func fromVariables() throws(ObjectStorageError) -> StorageCredentials? {
    let access = environment.variable("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY")
    let secret = environment.variable("AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY")
    switch (access, secret) {
    case (nil, nil): return nil
    case (let access?, let secret?):
      return StorageCredentials(
        accessKey: access, secretKey: secret,
        sessionToken: environment.variable("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"))
    case (nil, _): throw missing("AWS_SECRET_ACCESS_KEY is set, and AWS_ACCESS_KEY_ID is not")
    case (_, nil): throw missing("AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not")
    }
  }

  private func fromWebIdentity() async throws(ObjectStorageError) -> StorageCredentials? {
    guard let file = environment.variable("AWS_WEB_IDENTITY_TOKEN_FILE"),
      let role = environment.variable("AWS_ROLE_ARN")
    else { return nil }
    return try await requests.webIdentity(
      tokenFile: file, role: role, session: environment.variable("AWS_ROLE_SESSION_NAME"))
  }

  private func fromProfile() async throws(ObjectStorageError) -> StorageCredentials? {
    if let access = environment.setting("aws_access_key_id"),
      let secret = environment.setting("aws_secret_access_key")
    {
      return StorageCredentials(
        accessKey: access, secretKey: secret,
        sessionToken: environment.setting("aws_session_token"))
    }
    if let file = environment.setting("web_identity_token_file"),
      let role = environment.setting("role_arn")
    {
      return try await requests.webIdentity(
        tokenFile: file, role: role, session: environment.setting("role_session_name"))
    }
    // Kinds that need Amazon's own programs.
    for name in ["sso_session", "sso_start_url", "credential_process", "role_arn", "login_session"]
    where environment.setting(name) != nil {
      let profile = environment.profile ?? "default"
      throw ObjectStorageError(
        .denied,
        "the profile '\(profile)' gets its credentials through \(name), which Lyre does "
          + "not do itself",
        remedy:
          "Run: eval \"$(aws configure export-credentials --profile \(profile) --format env)\"")
    }
    return nil
  }

  private func fromContainer() async throws(ObjectStorageError) -> StorageCredentials? {
    if let path = environment.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
      return try await requests.container("http://169.254.170.2" + path)
    }
    guard let url = environment.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") else { return nil }
    // The token is sent there, so it must be a server that cannot be overheard.
    let near: Set<String> = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"]
    let server = url.split(separator: "?").first.flatMap { ServerAddress(String($0)) }
    guard let server, server.isEncrypted || server.isLoopback || near.contains(server.host) else {
      throw ObjectStorageError(
        .usage,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI: \(url) is not encrypted, and not on this machine")
    }
    return try await requests.container(url)
  }
}
