import JSONCore
import KernelTesting
import RemoteEngines
import Testing

@Suite("Rules of runtime configurations")
struct RuntimeRulesTests {
  /// What is wrong with a configuration after changes; a value of null removes a member.
  private func problems(
    _ base: JSONObject, _ changes: JSONObject, schema: String = "kfp", mode: UInt32 = 0o600
  ) throws -> [String] {
    try TemporaryDirectory.with { directory in
      var metadata = base
      for change in changes {
        metadata["\(change.key)"] = change.value.isNull ? JSONValue?.none : change.value
      }
      let runtime = try RuntimeFiles(directory).write(metadata, schema: schema, mode: mode)
      return runtime.problems.map {
        ($0.isWarning ? "warning: " : "") + $0.description.replacing(directory.path, with: "~")
      }
    }
  }

  @Test("valid ones have no problems")
  func valid() throws {
    #expect(try problems(RuntimeFiles.kubeflow, [:]) == [])
    #expect(try problems(RuntimeFiles.airflow, [:], schema: "airflow") == [])
    #expect(
      try problems(
        RuntimeFiles.kubeflow,
        [
          "public_api_endpoint": "https://[::1]:8443/pipeline/", "user_namespace": "a-1",
          "auth_type": "DEX_LDAP", "api_username": "u", "api_password": "p",
          "cos_auth_type": "KUBERNETES_SECRET", "cos_secret": "vault", "tags": ["a b", "c"],
          "description": "", "another": ["member": 1],
        ]) == [])
    let role: JSONObject = [
      "cos_auth_type": "AWS_IAM_ROLES_FOR_SERVICE_ACCOUNTS", "cos_username": nil,
      "cos_password": nil,
    ]
    #expect(try problems(RuntimeFiles.kubeflow, role) == [])
    #expect(
      try problems(
        RuntimeFiles.airflow, ["git_type": "GITLAB", "github_repo": "group/sub/dags"],
        schema: "airflow") == [])
    // Files of older versions lack the kinds of login.
    #expect(try problems(RuntimeFiles.kubeflow, ["auth_type": nil, "cos_auth_type": nil]) == [])
  }

  @Test(
    "each rule says what is wrong and what to do",
    arguments: [
      (["api_endpoint": nil], "api_endpoint: is missing; set it with --api-endpoint"),
      (["cos_bucket": "  "], "cos_bucket: is missing; set it with --cos-bucket"),
      (
        ["cos_endpoint": 7],
        "cos_endpoint: expected a text, found a number; set it with --cos-endpoint"
      ),
      (
        ["api_endpoint": "kfp.example"],
        "api_endpoint: 'kfp.example' is not the URL of a server; it begins with http:// or https://"
      ),
      (
        ["api_endpoint": "https://me:pass@kfp.example"],
        "api_endpoint: the URL has a user or password in it; give it without them, and name them in the "
          + "members for user and password"
      ),
      (
        ["api_endpoint": "https://kfp.example/pipeline/#/runs"],
        "api_endpoint: the URL is that of a page; give it only up to the '#'"
      ),
      (
        ["cos_endpoint": "http://minio:port"],
        "cos_endpoint: 'http://minio:port' is not the URL of a server, such as https://host:8443/path"
      ),
      (
        ["cos_bucket": "My_Bucket"],
        "cos_bucket: 'My_Bucket' is not the name of a bucket: use 3 to 222 characters: small letters, digits, '-' and "
          + "'.', with a letter or digit at both ends"
      ),
      (
        ["user_namespace": "a.b"],
        "user_namespace: 'a.b' is not a namespace of Kubernetes: use 2 to 63 characters: small letters, digits and "
          + "'-', with a letter or digit at both ends"
      ),
      (
        ["engine": "Tekton"],
        "engine: 'Tekton' is not supported any more: Kubeflow Pipelines 2 runs on Argo alone; remove it "
          + "with --unset engine"
      ),
      (
        ["runtime_type": "APACHE_AIRFLOW"],
        "runtime_type: is 'APACHE_AIRFLOW', and the schema_name 'kfp' belongs to 'KUBEFLOW_PIPELINES'; "
          + "mend the file"
      ),
      (
        ["auth_type": "OAUTH"],
        "auth_type: 'OAUTH' is none of NO_AUTHENTICATION, KUBERNETES_SERVICE_ACCOUNT_TOKEN, "
          + "DEX_STATIC_PASSWORDS, DEX_LDAP, DEX_LEGACY, EXISTING_BEARER_TOKEN; set it with --auth-type"
      ),
      (
        ["api_username": "u"],
        "api_username: is not used with auth_type NO_AUTHENTICATION, and Elyra refuses it; remove it with "
          + "--unset api_username, or set another --auth-type"
      ),
      (
        ["auth_type": "DEX_STATIC_PASSWORDS", "api_username": "u"],
        "api_password: is needed with auth_type DEX_STATIC_PASSWORDS; set it with --api-password"
      ),
      (
        ["auth_type": "DEX_LEGACY", "api_password": "p"],
        "api_username: is needed with api_password; set it with --api-username"
      ),
      (
        ["auth_type": "EXISTING_BEARER_TOKEN"],
        "api_password: is the token, and needed with auth_type EXISTING_BEARER_TOKEN; set it with "
          + "--api-password"
      ),
      (
        ["cos_auth_type": "KUBERNETES_SECRET"],
        "cos_secret: is needed with cos_auth_type KUBERNETES_SECRET; set it with --cos-secret"
      ),
      (
        ["cos_secret": "vault"],
        "cos_secret: is not used with cos_auth_type USER_CREDENTIALS, and Elyra refuses it; remove it "
          + "with --unset cos_secret, or set another --cos-auth-type"
      ),
      (
        ["cos_password": "short"],
        "cos_password: has fewer than 8 characters, which Elyra refuses"
      ),
      (
        ["cos_password": "env:PW"],
        "warning: cos_password: Elyra refuses a reference of fewer than 8 characters; choose a longer name"
      ),
      (
        ["cos_password": "file:secret.txt"],
        "cos_password: 'file:secret.txt' needs an absolute path, or one that begins with ~/"
      ),
      (
        ["cos_password": "command:pass 'minio"],
        "cos_password: 'command:pass 'minio' is no command; close all quotes"
      ),
      (["tags": "a"], "tags: expected a list of texts; set it with --tag"),
      (["tags": ["a", "a"]], "tags: a tag is there twice; set them anew with --tag"),
      (["tags": [" a"]], "tags: a tag is empty, or has blanks around it; set them anew with --tag"),
    ] as [(JSONObject, String)])
  func rules(changes: JSONObject, message: String) throws {
    #expect(try problems(RuntimeFiles.kubeflow, changes) == [message])
  }

  @Test("Airflow's repository has an owner and a name, and the role of an account needs no user")
  func airflow() throws {
    for name in ["dags", "https://github.com/me/dags", "me/", "a/b/c"] {
      #expect(
        try problems(RuntimeFiles.airflow, ["github_repo": .init(name)], schema: "airflow") == [
          "github_repo: '\(name)' is not a repository; write OWNER/NAME, without the server and without "
            + ".git"
        ])
    }
    let found = try problems(
      RuntimeFiles.airflow, ["cos_auth_type": "AWS_IAM_ROLES_FOR_SERVICE_ACCOUNTS"],
      schema: "airflow")
    #expect(found.map { $0.prefix { $0 != ":" } } == ["cos_username", "cos_password"])
  }

  @Test("a file with a password that others can read is a warning")
  func open() throws {
    #expect(
      try problems(RuntimeFiles.kubeflow, [:], mode: 0o644) == [
        "warning: cos_password: other users can read it; `chmod 600 ~/\(RuntimeFiles.folder)/c.json`"
      ])
    #expect(
      try problems(RuntimeFiles.kubeflow, ["cos_password": "env:MINIO_PW"], mode: 0o644) == [])
  }

  @Test("one that is not valid is not used, and the error names everything")
  func refused() async throws {
    try await TemporaryDirectory.with { directory in
      let files = RuntimeFiles(directory)
      var metadata = RuntimeFiles.kubeflow
      metadata["cos_bucket"] = "B"
      metadata["api_endpoint"] = nil
      try files.write(metadata)
      let error = await engineError { try files.store.usable("c") }
      #expect(error?.kind == .unusable)
      #expect(error?.message.hasPrefix("is not valid: api_endpoint: is missing") == true)
      #expect(error?.message.contains("cos_bucket: 'B' is not") == true)
      #expect(error?.message.hasSuffix("`lyre runtimes edit c` changes it") == true)
    }
  }
}
