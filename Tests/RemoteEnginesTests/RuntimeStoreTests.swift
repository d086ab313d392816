import Glibc
import JSONCore
import KernelLauncher
import KernelTesting
import RemoteEngines
import SystemSupport
import Testing

@Suite("Files of runtime configurations")
struct RuntimeStoreTests {
  @Test(
    "names are Elyra's",
    arguments: [
      ("My KFP", "my_kfp"), ("a  \t b", "a_b"), ("Test: 1 (new)", "test_1_new"), ("1st", "a_1st"),
      ("Größe", "gre"), ("a-", "a-_0"), ("-", "a_-_0"), ("é", nil), ("", nil), ("a/../b", "ab"),
    ] as [(String, String?)])
  func names(displayName: String, name: String?) {
    #expect(MetadataName.derived(from: displayName) == name)
    if let name { #expect(MetadataName.isValid(name)) }
  }

  @Test(
    "other names are refused", arguments: ["", "A", "1a", "a_", "a-", "a b", "a/b", "é", "-a", "."])
  func invalidNames(name: String) {
    #expect(!MetadataName.isValid(name))
  }

  @Test("a new one is written as Elyra writes it, for its owner alone")
  func writes() throws {
    try TemporaryDirectory.with { directory in
      let files = RuntimeFiles(directory)
      var runtime = try files.store.newConfiguration(displayName: "My é", engine: .kubeflow)
      runtime.set(.apiEndpoint, "http://h/")
      runtime.set(tags: ["a"])
      let path = try files.store.files.write(runtime.file)
      #expect(
        path == directory.path("\(RuntimeFiles.folder)/my_.json").replacing("my_", with: "my__0"))
      let text = String(decoding: try readFile(path), as: UTF8.self)
      #expect(
        text == """
          {
            "display_name": "My \\u00e9",
            "metadata": {
              "runtime_type": "KUBEFLOW_PIPELINES",
              "engine": "Argo",
              "auth_type": "NO_AUTHENTICATION",
              "cos_auth_type": "USER_CREDENTIALS",
              "api_endpoint": "http://h/",
              "tags": [
                "a"
              ]
            },
            "schema_name": "kfp"
          }
          """)
      #expect(try mode(path) == 0o600)
      #expect(try mode(FilePath.parts(path).directory) == 0o700)
      #expect(FilePath.names(in: FilePath.parts(path).directory) == ["my__0.json"])
      let again = try files.store.configuration("my__0")
      #expect(again.apiEndpoint == "http://h" && again.displayName == "My é" && again.tags == ["a"])
    }
  }

  @Test("what Elyra and Lyre do not know stays, and others can no longer read a file")
  func keeps() throws {
    try TemporaryDirectory.with { directory in
      let files = RuntimeFiles(directory)
      let path = try directory.write(
        #"{"schema_name": "kfp", "version": 3, "metadata": {"x": {"y": 1.0}, "cos_bucket": "old"}}"#,
        to: "\(RuntimeFiles.folder)/c.json")
      var runtime = try files.store.configuration("c")
      #expect(runtime.displayName == "c" && runtime.unknownKeys == ["x"])
      runtime.set(.cosBucket, "new")
      try files.store.files.write(runtime.file)
      #expect(
        try JSONValue(parsing: readFile(path)).description
          == #"{"schema_name":"kfp","version":3,"metadata":{"x":{"y":1.0},"cos_bucket":"new"}}"#)
      #expect(try mode(path) == 0o600)
    }
  }

  @Test("the first folder counts, and only files in it are removed")
  func folders() async throws {
    try await TemporaryDirectory.with { directory in
      let files = RuntimeFiles(directory)
      try files.write(RuntimeFiles.kubeflow)
      let value: JSONValue = ["schema_name": "airflow", "metadata": [:]]
      try directory.write(value.serialized(), to: "first/metadata/runtimes/c.json")
      try directory.write("{", to: "first/metadata/runtimes/torn.json")
      let store = RuntimeStore(
        JupyterPaths(environment: [
          "HOME": directory.path, "PATH": "/nowhere",
          "ELYRA_METADATA_PATH": directory.path("first"),
        ]))
      #expect(try store.configuration("c").engine == .airflow)
      let entries = store.files.entries
      #expect(entries.map(\.name) == ["c", "c", "torn"])
      #expect(entries.map(\.hiddenBy) == [nil, entries[0].path, nil])
      let torn = await engineError { try store.configuration("torn") }
      #expect(
        torn?.description.hasPrefix(
          "\(directory.path)/first/metadata/runtimes/torn.json: is not JSON: ") == true)
      let other = await engineError { try store.configuration("c", for: .kubeflow) }
      #expect(other?.message == "'c' is one of airflow, not of kfp")
      let missing = await engineError { try store.configuration("none") }
      #expect(missing?.message == "there is no runtime configuration 'none'; there are c, torn")
      let outside = await engineError { try store.configuration("../runtimes/c") }
      #expect(outside?.kind == .missing)
      let removed = try store.files.remove("c")
      #expect(removed.path == entries[0].path && removed.next == entries[1].path)
      let kept = await engineError { try store.files.remove("c") }
      #expect(kept?.kind == .denied && FilePath.isFile(entries[1].path))
      let taken = await engineError {
        try store.newConfiguration(displayName: "C", engine: .kubeflow)
      }
      #expect(taken?.kind == .conflict)
    }
  }

  @Test("what is shown has no secrets, and URLs neither user nor query")
  func shown() throws {
    try TemporaryDirectory.with { directory in
      var metadata = RuntimeFiles.airflow
      metadata["api_endpoint"] = "https://me:pass@air.example/?key=4711"
      metadata["api_password"] = "command:pass air"
      metadata["my_token"] = "hidden-too"
      let runtime = try RuntimeFiles(directory).write(metadata, schema: "airflow")
      let text = "\(JSONValue.object(runtime.json))"
      for secret in ["me:pass", "4711", "s3cr3t", "hidden-too"] { #expect(!text.contains(secret)) }
      #expect(runtime.shown["api_endpoint"] == "https://air.example/")
      #expect(runtime.shown["api_password"] == "command:pass air")
      #expect(runtime.shown["cos_password"] == "***")
    }
  }

  private func mode(_ path: String) throws -> UInt32 {
    var status = stat()
    try #require(stat(path, &status) == 0)
    return status.st_mode & 0o777
  }
}
