import Glibc
import JSONCore
import KernelTesting
import ObjectStorage
import Testing

@testable import RemoteEngines

@Suite("Secrets of runtime configurations")
struct SecretTests {
  private func value(
    _ text: String, _ environment: [String: String] = [:], mayRun: Bool = true,
    limit: Duration = .seconds(20)
  ) async throws(EngineError) -> String {
    var reader = SecretReader(environment: environment.merging(["PATH": "/usr/bin:/bin"]) { $1 })
    reader.commandLimit = limit
    return try await reader.value(
      of: SecretText(text), named: "cos_password", in: "/c.json", mayRun: mayRun)
  }

  private func refusal(
    _ text: String, _ environment: [String: String] = [:], mayRun: Bool = true,
    limit: Duration = .seconds(20)
  ) async -> String? {
    await engineError { try await value(text, environment, mayRun: mayRun, limit: limit) }?
      .description
  }

  @Test("a value is what it is, and is never described")
  func clear() async throws {
    #expect(try await value("a:b c ") == "a:b c ")
    let secret = SecretText("s3cr3t-w0rd")
    #expect("\(secret)" == "***" && !secret.isReference)
    var dumped = ""
    dump(secret, to: &dumped)
    #expect(!dumped.contains("s3cr3t"))
    #expect("\(SecretText("env:NAME"))" == "env:NAME")
  }

  @Test("from the environment, a file, and the output of a command")
  func references() async throws {
    try await TemporaryDirectory.with { directory in
      let path = try directory.write("of a file\n", to: "secret")
      #expect(try await value("env:PW", ["PW": "of a variable"]) == "of a variable")
      #expect(try await value("file:\(path)") == "of a file")
      #expect(try await value("file:~/secret", ["HOME": directory.path]) == "of a file")
      #expect(try await value("command:cat \(path)") == "of a file")
      #expect(try await value(#"command:sh -c 'printf "%s\r\n" "$1"' sh "a b"\ c"#) == "a b c")
      #expect(try await value("command:sh -c 'echo $PW'", ["PW": "inner"]) == "inner")
    }
  }

  @Test("what is not there is said, with a remedy")
  func missing() async throws {
    #expect(
      await refusal("env:PW") == """
        /c.json: cos_password is in the environment variable 'PW', which is not set; set it, or name \
        another place with `lyre runtimes edit`
        """)
    #expect(
      await refusal("file:/nowhere/x")
        == "/c.json: cos_password is in '/nowhere/x', which cannot be read: No such file or directory"
    )
    #expect(await refusal("file:x")?.contains("needs an absolute path") == true)
    #expect(
      await refusal("command:no-such-program x")
        == "/c.json: cos_password: the command 'no-such-program x' failed: there is no program "
        + "'no-such-program' on PATH")
    #expect(
      await refusal("command:sh -c 'echo s3cr3t; echo not unlocked >&2; exit 3'")
        == "/c.json: cos_password: the command 'sh -c 'echo s3cr3t; echo not unlocked >&2; exit 3'' "
        + "failed: it exited with code 3; run it in a terminal to see why")
    #expect(await refusal("command:true")?.hasSuffix("the output of 'true' is empty") == true)
    #expect(
      await refusal("command:printf 'a\\nb'")?.hasSuffix("has more than one line") == true)
    #expect(await refusal("command:sh -c \"x")?.contains("with closed quotes") == true)
    #expect(
      await refusal("command:sleep 60", limit: .milliseconds(50))?.contains("it gave no answer")
        == true)
    #expect(
      await refusal("command:cat /etc/passwd", mayRun: false)
        == "/c.json: cos_password is the output of a command, and other users can write this file; make "
        + "it your own with `chmod go-w`")
  }

  @Test("the command of a file that others can write is not run")
  func foreign() async throws {
    try await TemporaryDirectory.with { directory in
      let files = RuntimeFiles(directory)
      var metadata = RuntimeFiles.kubeflow
      metadata["cos_password"] = "command:echo harmless"
      let own = try files.write(metadata)
      #expect(try await own.value(of: .cosPassword, ["PATH": "/usr/bin:/bin"]) == "harmless")
      _ = try files.write(metadata, "open", mode: 0o600)
      chmod(directory.path("\(RuntimeFiles.folder)/open.json"), 0o622)
      let open = try files.store.configuration("open")
      let error = await engineError { try await open.value(of: .cosPassword, [:]) }
      #expect(error?.message.contains("other users can write this file") == true)
    }
  }

  @Test("the storage gets user and password, or what Amazon's programs would find")
  func storage() async throws {
    try await TemporaryDirectory.with { directory in
      let files = RuntimeFiles(directory)
      var metadata = RuntimeFiles.kubeflow
      metadata["cos_password"] = "env:PW"
      metadata["cos_endpoint"] = "http://minio:9000/"
      let runtime = try files.write(metadata)
      let settings = try await runtime.storageSettings(["PW": "of-a-variable"])
      #expect(settings.endpoint == "http://minio:9000")
      #expect(
        settings.credentials
          == .given(.init(accessKey: "me", secretKey: "of-a-variable")))
      metadata["cos_auth_type"] = "AWS_IAM_ROLES_FOR_SERVICE_ACCOUNTS"
      metadata["cos_username"] = nil
      metadata["cos_password"] = nil
      let role = try await files.write(metadata).storageSettings(["TRUSTED_CA_BUNDLE_PATH": "/ca"])
      #expect(role.credentials == .automatic && role.certificateFile == "/ca")
    }
  }

  @Test(
    "commands are split as a shell does",
    arguments: [
      ("a b  c", ["a", "b", "c"]), ("a 'b c'd", ["a", "b cd"]),
      ("\"a\\\"\\x\" ''", ["a\"\\x", ""]),
      ("a\\ b", ["a b"]), ("", []), ("'a", nil), ("a\\", nil),
    ] as [(String, [String]?)])
  func words(text: String, words: [String]?) {
    #expect(ShellWords.split(text) == words)
  }
}
