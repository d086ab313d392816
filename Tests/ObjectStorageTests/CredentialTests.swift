import JSONCore
import KernelTesting
import RealKernels
import Testing

@testable import ObjectStorage

@Suite("Credentials and configuration")
struct CredentialTests {
  /// The credentials that a store with an environment uses.
  private func credentials(
    _ environment: [String: String], profile: String? = nil
  ) async throws -> StorageCredentials? {
    var settings = ObjectStorageSettings()
    if let profile { settings.credentials = .profile(profile) }
    return try await ObjectStore(settings, environment: environment).session.credentials
      .credentials()
  }

  private func refusal(_ environment: [String: String], profile: String? = nil) async -> String? {
    await failure { try await credentials(environment, profile: profile) }?.description
  }

  @Test("a file of profiles is read with comments, blanks, nested settings and odd lines")
  func profiles() {
    let file = ProfileFile(
      """
      # a comment
      outside = ignored
      [default]
      aws_access_key_id=AK
      aws_secret_access_key = a/b+c=  ; a comment
      [profile  "with blank"]\r
      region = eu-central-1 # a comment
      s3 =
        addressing_style = path
        max_concurrent_requests = 20
      output = json
      no value here
      [profile empty]
      [broken
      x = 1
      """)
    #expect(
      file.sections["default"] == ["aws_access_key_id": "AK", "aws_secret_access_key": "a/b+c="])
    #expect(
      file.sections["with blank"] == [
        "region": "eu-central-1", "s3": "", "s3.addressing_style": "path",
        "s3.max_concurrent_requests": "20", "output": "json",
      ])
    #expect(file.sections["empty"] == [:])
    #expect(file.sections["broken"] == ["x": "1"])
  }

  @Test("variables go first, then the profile; a profile that is asked for goes before both")
  func order() async throws {
    try await TemporaryDirectory.with { directory in
      try directory.write(
        """
        [default]
        aws_access_key_id = AKFILE
        aws_secret_access_key = secret-of-the-file
        [other]
        aws_access_key_id = AKOTHER
        aws_secret_access_key = other-secret
        aws_session_token = other-token
        """, to: ".aws/credentials")
      var environment = ["HOME": directory.path]
      #expect(try await credentials(environment)?.accessKey == "AKFILE")
      environment["AWS_PROFILE"] = "other"
      let other = try await credentials(environment)
      #expect(other?.accessKey == "AKOTHER" && other?.sessionToken == "other-token")
      environment.merge([
        "AWS_ACCESS_KEY_ID": "AKENV", "AWS_SECRET_ACCESS_KEY": "env-secret",
        "AWS_SESSION_TOKEN": "env-token",
      ]) { $1 }
      let variable = try await credentials(environment)
      #expect(variable?.accessKey == "AKENV" && variable?.sessionToken == "env-token")
      #expect(try await credentials(environment, profile: "other")?.accessKey == "AKOTHER")
    }
  }

  @Test("without credentials, the message names the places; with half of them, the missing half")
  func missing() async throws {
    #expect(
      await refusal([:])
        == "there are no credentials for object storage. Set AWS_ACCESS_KEY_ID and "
        + "AWS_SECRET_ACCESS_KEY, or choose a profile of ~/.aws with AWS_PROFILE.")
    #expect(
      await refusal(["AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": ""])?.hasPrefix(
        "AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not") == true)
    #expect(
      await refusal(["AWS_PROFILE": "nope", "HOME": "/nonexistent"])
        == "there is no profile 'nope' in /nonexistent/.aws/credentials and "
        + "/nonexistent/.aws/config. Name one that is there (AWS_PROFILE), or create it with "
        + "`aws configure`.")
  }

  @Test("a profile that needs Amazon's own programs is named with the way around it")
  func otherKinds() async throws {
    try await TemporaryDirectory.with { directory in
      try directory.write(
        "[profile work]\nsso_session = x\n[profile run]\ncredential_process = /bin/x\n",
        to: ".aws/config")
      let environment = ["HOME": directory.path]
      #expect(
        await refusal(environment, profile: "work")
          == "the profile 'work' gets its credentials through sso_session, which Lyre does not do "
          + "itself. Run: eval \"$(aws configure export-credentials --profile work --format env)\"")
      #expect(await refusal(environment, profile: "run")?.contains("credential_process") == true)
    }
  }

  @Test(
    "endpoint, region, style and certificates come from options, variables and the profile, in this order"
  )
  func configuration() throws {
    try TemporaryDirectory.with { directory in
      try directory.write(
        """
        [default]
        region = eu-west-1
        endpoint_url = http://profile.example
        ca_bundle = /profile.pem
        services = mine
        s3 =
          addressing_style = virtual
        [services mine]
        s3 =
          endpoint_url = http://services.example
        """, to: ".aws/config")
      var environment = ["HOME": directory.path]
      func server(_ change: (inout ObjectStorageSettings) -> Void = { _ in }) throws
        -> StorageServer
      {
        var settings = ObjectStorageSettings()
        change(&settings)
        return try ObjectStore(settings, environment: environment).session.server(of: "b")
      }
      #expect(try server().named?.host == "services.example")
      #expect(try server().region == "eu-west-1")
      #expect(try server().addressing == .virtual)
      #expect(try server { $0.addressing = .path }.addressing == .path)
      environment["AWS_ENDPOINT_URL"] = "http://all.example"
      #expect(try server().named?.host == "all.example")
      environment["AWS_ENDPOINT_URL_S3"] = "http://s3.example"
      environment["AWS_REGION"] = "us-west-2"
      #expect(try server().named?.host == "s3.example")
      #expect(try server().region == "us-west-2")
      #expect(try server { $0.endpoint = "http://option.example" }.named?.host == "option.example")
      #expect(try server { $0.region = "x-1" }.region == "x-1")
      let store = try ObjectStore(environment: environment)
      #expect(store.session.transport.trust.certificateFile == "/profile.pem")
      for bad in ["option.example", "http://u:p@h", "s3://b"] {
        #expect(throws: ObjectStorageError.self) { try server { $0.endpoint = bad } }
      }
      #expect(throws: ObjectStorageError.self) { try server { $0.region = "a.evil.example/" } }
    }
  }

  @Test("papermill's variable for the server counts last")
  func papermill() throws {
    let environment = ["BOTO3_ENDPOINT_URL": "http://boto.example"]
    let store = try ObjectStore(environment: environment)
    #expect(store.session.server(of: "b").named?.host == "boto.example")
  }

  @Test("settings survive their JSON, and unknown members and types are named")
  func json() throws {
    var settings = ObjectStorageSettings()
    (settings.endpoint, settings.region) = ("http://h:1", "r")
    (settings.addressing, settings.certificateFile) = (.path, "/ca.pem")
    (settings.checksCertificate, settings.credentials) = (false, .profile("p"))
    #expect(try ObjectStorageSettings(settings.json) == settings)
    #expect(try ObjectStorageSettings([:]) == ObjectStorageSettings())
    settings.credentials = .given(StorageCredentials(accessKey: "AK", secretKey: "the-secret-key"))
    #expect(
      !"\(settings.json)".contains("the-secret-key") && !"\(settings)".contains("the-secret-key"))
    #expect { try ObjectStorageSettings(["secret": "x"]) } throws: {
      "\($0)" == "there is no setting 'secret' of object storage"
    }
    #expect { try ObjectStorageSettings(["region": 1]) } throws: {
      "\($0)".hasPrefix("region: expected a string")
    }
  }

  // MARK: Services

  private let expiring = """
    {"AccessKeyId": "AKC", "SecretAccessKey": "container-secret", "Token": "container-token", \
    "Expiration": "2999-01-01T00:00:00Z"}
    """

  @Test(
    "a container's service gets the token of its file, and is asked once while credentials last")
  func container() async throws {
    let answer = expiring
    try await TestServer.with { _, number in
      number == 0 ? .reply(.init(500)) : .reply(.init(200, answer))
    } run: { server in
      try await TemporaryDirectory.with { directory in
        let token = try directory.write("the-token\n", to: "token")
        let store = try ObjectStore(environment: [
          "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + "/get?x=1",
          "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": token,
        ])
        for _ in 1...3 {
          let found = try await store.session.credentials.credentials()
          #expect(found?.accessKey == "AKC" && found?.sessionToken == "container-token")
        }
        #expect(server.requests.map(\.target) == ["/get?x=1", "/get?x=1"])
        #expect(server.requests.allSatisfy { $0["authorization"] == "the-token" })
      }
    }
  }

  @Test("credentials that expire soon, or that the server calls expired, are asked for again")
  func renewal() async throws {
    let lasting = expiring
    try await TestServer.with { _, number in
      .reply(
        .init(200, number == 0 ? lasting.replacing("2999", with: "2001") : lasting))
    } run: { server in
      let store = try ObjectStore(environment: [
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url
      ])
      let source = store.session.credentials
      _ = try await source.credentials()
      let second = try await source.credentials()
      #expect(server.requests.count == 2)
      _ = try await source.credentials(rejected: second)
      #expect(server.requests.count == 3)
    }
  }

  @Test("a container's service that is not on this machine and not encrypted is not asked")
  func farAway() async throws {
    for url in [
      "http://evil.example/", "http://169.254.170.2.evil.example/", "ftp://x", "nonsense",
    ] {
      let message = await refusal(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url])
      #expect(message?.hasPrefix("AWS_CONTAINER_CREDENTIALS_FULL_URI: ") == true, "\(url)")
    }
  }

  @Test("the token of an identity is changed into credentials, and stands in no URL and no error")
  func webIdentity() async throws {
    let good = """
      <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
      <AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>AKW</AccessKeyId>
      <SecretAccessKey>web-secret</SecretAccessKey><SessionToken>web-token</SessionToken>
      <Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>
      </AssumeRoleWithWebIdentityResponse>
      """
    let bad = """
      <ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>no</Message></Error>
      <RequestId>17</RequestId></ErrorResponse>
      """
    try await TestServer.with { request, _ in
      request.target == "/good/" ? .reply(.init(200, good)) : .reply(.init(400, bad))
    } run: { server in
      try await TemporaryDirectory.with { directory in
        let token = try directory.write("identity+token/=\n", to: "token")
        var environment = [
          "AWS_WEB_IDENTITY_TOKEN_FILE": token, "AWS_ROLE_ARN": "arn:aws:iam::1:role/r",
          "AWS_ENDPOINT_URL_STS": server.url + "/good",
        ]
        let found = try await credentials(environment)
        #expect(found?.accessKey == "AKW" && found?.sessionToken == "web-token")
        let request = try #require(server.requests.first)
        #expect(request.method == "POST" && request.target == "/good/")
        #expect(
          String(decoding: request.body, as: UTF8.self)
            == "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr"
            + "&RoleSessionName=lyre&WebIdentityToken=identity%2Btoken%2F%3D")
        environment["AWS_ENDPOINT_URL_STS"] = server.url
        #expect(
          await refusal(environment)
            == "the service of tokens for arn:aws:iam::1:role/r gave no credentials: no "
            + "(status 400, code InvalidIdentityToken, request id 17)")
        environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/nonexistent"
        #expect(
          await refusal(environment)
            == "the token /nonexistent could not be read: No such file or directory")
      }
    }
  }
}
