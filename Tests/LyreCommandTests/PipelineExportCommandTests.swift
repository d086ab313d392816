import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("lyre pipeline export")
struct PipelineExportCommandTests {
  /// A pipeline of a notebook and a script, with all its files.
  private func make(_ lyre: Lyre, dependencies: [String] = ["data.csv"]) throws {
    try lyre.notebook(["print 1"], to: "load.ipynb")
    try lyre.directory.write("1,2\n", to: "data.csv")
    try lyre.directory.write("print(1)\n", to: "fit.py")
    try lyre.pipeline([
      .init(file: "load.ipynb", dependencies: dependencies, outputs: ["rain.csv"]),
      .init(
        file: "fit.py", parents: ["load.ipynb"], dependencies: ["rain.csv"],
        environment: ["MODE": "fast"], secrets: ["TOKEN"]),
    ])
  }

  private func export(_ lyre: Lyre, _ more: [String] = []) async throws -> Lyre.Outcome {
    try await lyre.run(
      ["pipeline", "export", "p.pipeline", "--to", "kfp", "--bucket", "b"] + more)
  }

  @Test("writes a file beside the pipeline, and replaces one only when told to")
  func file() async throws {
    try await Lyre.with { lyre in
      try make(lyre)
      #expect(
        try await export(lyre) == .init(0, errors: "p.yaml: 2 tasks for Kubeflow Pipelines\n"))
      let first = try lyre.text(of: "p.yaml")
      let refused = try await export(lyre)
      #expect(refused.code == 2)
      #expect(
        refused.errors
          == "error: 'p.yaml' exists and is not replaced; add --overwrite, or name another file\n")
      #expect(try await export(lyre, ["--overwrite"]).code == 0)
      #expect(try lyre.text(of: "p.yaml") == first)
      let printed = try await export(lyre, ["-o", "-"])
      #expect(printed.output == first && printed.errors == "")
      for text in ["load-ipynb:", "fit-py:", "dependentTasks:", "envVar: TOKEN", "s3://b/p/${RUN}"]
      {
        #expect(first.contains(text), "\(text)")
      }
      let own = try await export(lyre, ["-o", "p.pipeline", "--overwrite"])
      #expect(own.code == 2 && own.errors.contains("p.pipeline"))
    }
  }

  @Test("writes the archives under their keys in the bucket: the same content, the same key")
  func archives() async throws {
    try await Lyre.with { lyre in
      try make(lyre)
      let outcome = try await export(
        lyre, ["--archives", "up", "--prefix", "team/x", "-o", "a.yaml"])
      #expect(outcome.code == 0)
      #expect(
        outcome.errors.hasSuffix(
          "up: 2 archives; copy the content of this folder to s3://b/ before a run\n"))
      func keys(_ folder: String) async throws -> [String] {
        let found = try await lyre.shell("cd \(folder) && find . -type f | sort")
        return found.output.split(separator: "\n").map { String($0.dropFirst(2)) }
      }
      let names = try await keys("up")
      #expect(names.count == 2)
      let text = try lyre.text(of: "a.yaml")
      for name in names {
        #expect(name.hasPrefix("team/x/archives/") && text.contains("s3://b/\(name)"))
      }
      let members = try await lyre.shell("for f in up/team/x/archives/*; do tar -tzf $f; done")
      #expect(
        members.output.split(separator: "\n").sorted() == ["data.csv", "fit.py", "load.ipynb"])
      // Another time of the file is the same content; other content has another key.
      #expect(try await lyre.shell("touch -d 2001-01-01 data.csv").code == 0)
      _ = try await export(lyre, ["--archives", "again", "--prefix", "team/x", "-o", "b.yaml"])
      #expect(try await keys("again") == names)
      #expect(try lyre.text(of: "b.yaml") == text)
      try lyre.directory.write("3,4\n", to: "data.csv")
      _ = try await export(lyre, ["--archives", "new", "--prefix", "team/x", "-o", "c.yaml"])
      #expect(Set(try await keys("new")).intersection(names).count == 1)
    }
  }

  @Test(
    "options that are missing or not valid are errors with their names",
    arguments: [
      (["--bucket", "s3://b"], "--bucket: 's3://b' is not the name of a bucket"),
      (["--lyre-url", "http://x/lyre"], "--lyre-url needs --lyre-sha256"),
      (["--lyre-sha256", "00"], "--lyre-sha256 is for --lyre-url"),
      (["--lyre-url", "ftp://x", "--lyre-sha256", "00"], "--lyre-url: expected http://"),
      (["--endpoint", "http://me:pass@x:9000"], "--endpoint has a user, password or query in it"),
      (["--to", "slurm"], "--to"),
    ])
  func options(_ options: [String], _ message: String) async throws {
    try await Lyre.with { lyre in
      try make(lyre)
      let outcome = try await lyre.run(
        ["pipeline", "export", "p.pipeline", "--bucket", "b"].filter {
          !options.contains("--bucket") || !["--bucket", "b"].contains($0)
        } + options)
      #expect(outcome.code == 2 && outcome.errors.contains(message), "\(outcome)")
      #expect(!outcome.errors.contains("me:pass"))
      #expect(throws: (any Error).self) { try lyre.directory.read("p.yaml") }
    }
  }

  @Test("a pipeline without a bucket, or that is not valid, is not exported")
  func refusals() async throws {
    try await Lyre.with { lyre in
      try make(lyre, dependencies: ["gone.csv"])
      let bucket = try await lyre.run(["pipeline", "export", "p.pipeline"])
      #expect(bucket.code == 2 && bucket.errors.contains("name it with --bucket"), "\(bucket)")
      let outcome = try await export(lyre)
      #expect(outcome.code == 2)
      #expect(outcome.errors.contains("there is no file 'gone.csv'"), "\(outcome)")
      #expect(outcome.errors.hasSuffix("error: p.pipeline was not exported\n"))
      #expect(throws: (any Error).self) { try lyre.directory.read("p.yaml") }
    }
  }

  @Test("Elyra's runtime configurations and images are used, but never their passwords")
  func runtimeConfiguration() async throws {
    try await Lyre.with { lyre in
      try make(lyre)
      func write(_ path: String, _ schema: String, _ metadata: JSONObject) throws {
        let value: JSONValue = [
          "display_name": "x", "schema_name": .init(schema), "metadata": .object(metadata),
        ]
        try lyre.directory.write(value.serialized(), to: "meta/metadata/\(path).json")
      }
      let common: JSONObject = [
        "cos_bucket": "theirs", "cos_endpoint": "http://minio:9000", "cos_username": "me",
        "cos_password": "s3cr3t-w0rd",
      ]
      var secret = common
      secret["cos_auth_type"] = "KUBERNETES_SECRET"
      secret["cos_secret"] = "vault"
      try write("runtimes/with-secret", "kfp", secret)
      try write("runtimes/clear", "kfp", common)
      try write("runtimes/flow", "airflow", common)
      try write(
        "runtime-images/any", "runtime-image",
        ["image_name": "any/image:1", "pull_policy": "Never", "pull_secret": "registry"])
      func export(_ name: String) async throws -> Lyre.Outcome {
        try await lyre.run(
          ["pipeline", "export", "p.pipeline", "-o", "-", "--runtime-config", name],
          environment: [
            "ELYRA_METADATA_PATH": "\(lyre.directory.path)/meta", "PATH": "/usr/bin:/bin",
          ])
      }
      let found = try await export("with-secret")
      #expect(found.code == 0 && found.errors == "", "\(found)")
      for text in [
        "s3://theirs/p/", "secretName: vault", "imagePullPolicy: Never", "secretName: registry",
        "http://minio:9000",
      ] {
        #expect(found.output.contains(text), "\(text)")
      }
      // Files of Elyra before 3.4 do not name the kind of login.
      secret["cos_auth_type"] = nil
      try write("runtimes/old", "kfp", secret)
      let old = try await export("old")
      #expect(old.errors == "" && old.output == found.output, "\(old)")
      try lyre.directory.write("{", to: "meta/metadata/runtime-images/broken.json")
      let clear = try await export("clear")
      #expect(clear.errors.contains("broken.json' is not the configuration of a runtime image"))
      #expect(clear.code == 0 && clear.errors.contains("with --secret"))
      for outcome in [found, clear] { #expect(!"\(outcome)".contains("s3cr3t-w0rd")) }
      let missing = try await export("gone")
      #expect(missing.code == 2)
      #expect(missing.errors.contains("there are clear, flow, old, with-secret"))
      let other = try await export("flow")
      #expect(other.code == 2 && other.errors.contains("'flow' is one of airflow, not of kfp"))
    }
  }

  @Test("dependencies may be outside of the folder of the node's file")
  func outside() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write("x = 1\n", to: "lib/tool.py")
      try lyre.directory.write("print(1)\n", to: "code/a.py")
      try lyre.pipeline([.init(file: "code/a.py", dependencies: ["../lib/*.py"])])
      #expect(try await export(lyre, ["--archives", "up"]).code == 0)
      let members = try await lyre.shell("tar -tzf up/archives/*.tar.gz")
      #expect(members.output == "code/a.py\nlib/tool.py\n")
      #expect(try lyre.text(of: "p.yaml").contains(#""file": "code/a.py""#))
    }
  }

  @Test("components are found in folders, and those of Airflow are refused by name")
  func components() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write(
        "name: Hi\nimplementation: {container: {image: i, command: [echo]}}\n", to: "c/sub/hi.yaml")
      func write(_ path: String, _ catalog: String) throws {
        let node: JSONValue = [
          "id": "x", "type": "execution_node", "op": "local-file-catalog:1",
          "app_data": [
            "component_parameters": [:], "label": "Say hi", "ui_data": ["label": "Say hi"],
            "component_source": .init(
              #"{"catalog_type": "\#(catalog)", "component_ref": {"path": "\#(path)"}}"#),
          ],
        ]
        let file: JSONValue = [
          "version": "3.0", "primary_pipeline": "p",
          "pipelines": [
            [
              "id": "p", "nodes": [node], "app_data": ["version": 8, "properties": ["name": "p"]],
            ]
          ],
        ]
        try lyre.directory.write(file.serialized(), to: "p.pipeline")
      }
      try write("hi.yaml", "local-file-catalog")
      let command = ["pipeline", "export", "p.pipeline", "-o", "-"]
      let missing = try await lyre.run(command)
      #expect(missing.code == 2)
      #expect(missing.errors.contains("'hi.yaml' of the catalog 'local-file-catalog'"))
      let found = try await lyre.run(command + ["--components", "c/sub"])
      #expect(found.code == 0 && found.output.contains("say-hi:"), "\(found)")
      try write("operator.py", "airflow-package-catalog")
      let airflow = try await lyre.run(command)
      #expect(airflow.code == 2)
      #expect(airflow.errors.contains("'Say hi' runs an operator of Apache Airflow"))
    }
  }
}
