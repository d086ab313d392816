import Glibc
import JSONCore
import KernelTesting
import SystemSupport
import Testing

@Suite("lyre node for Kubeflow Pipelines")
struct NodeArtifactTests {
  private static let names = ["notebook", "notebook_html", "metrics", "mlpipeline_ui_metadata"]

  /// What the engine's launcher gives to a task, with everything below `kfp`.
  private func input(_ lyre: Lyre, places: [String: String] = [:]) -> String {
    var artifacts = JSONObject()
    for name in Self.names {
      let place = places[name] ?? lyre.directory.path("kfp/\(name)")
      artifacts[name] = ["artifacts": [["name": .init("the-\(name)"), "uri": .init(place)]]]
    }
    let value: JSONValue = [
      "outputs": [
        "artifacts": .object(artifacts),
        "outputFile": .init(places["output"] ?? lyre.directory.path("kfp/output.json")),
      ]
    ]
    return String(decoding: value.serialized(), as: UTF8.self)
  }

  private func output(_ lyre: Lyre) throws -> JSONValue {
    try JSONValue(parsing: lyre.directory.read("kfp/output.json"))
  }

  /// How the engine learns of an artifact.
  private func entry(_ lyre: Lyre, _ name: String, _ metadata: JSONObject = [:]) -> JSONValue {
    var entry: JSONObject = [
      "name": .init("the-\(name)"), "uri": .init(lyre.directory.path("kfp/\(name)")),
    ]
    if !metadata.isEmpty { entry["metadata"] = .object(metadata) }
    return ["artifacts": [.object(entry)]]
  }

  private func warnings(_ lyre: Lyre) throws -> [String] {
    try lyre.nodeEvents().filter { $0.hasPrefix("warning ") }
  }

  @Test("the executed notebook, its page, metrics and plots go where the engine wants them")
  func notebook() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print one"], to: "in/sub/nb.ipynb")
      try lyre.directory.write(
        #"{"metrics": [{"name": "accuracy", "numberValue": 0.5}]}"#,
        to: "in/sub/mlpipeline-metrics.json")
      let plots = ##"{"outputs":[{"type":"markdown","storage":"inline","source":"# x"}]}"##
      try lyre.directory.write(plots, to: "in/sub/mlpipeline-ui-metadata.json")
      let node = NodeDescriptionFile(lyre, file: "sub/nb.ipynb")
      #expect(
        try await node.run(["--executor-input", input(lyre)])
          == .init(0, output: "one\n", errors: "load: ok in T\n"))
      #expect(
        try lyre.directory.read("kfp/notebook") == lyre.directory.read("results/executed.ipynb"))
      let page = try lyre.text(of: "kfp/notebook_html")
      #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("nb.ipynb"))
      #expect(try lyre.text(of: "kfp/metrics") == "{\n  \"accuracy\": 0.5\n}")
      #expect(try lyre.text(of: "kfp/mlpipeline_ui_metadata") == plots)
      #expect(
        try output(lyre) == [
          "artifacts": [
            "notebook": entry(lyre, "notebook"), "notebook_html": entry(lyre, "notebook_html"),
            "metrics": entry(lyre, "metrics", ["accuracy": 0.5]),
            "mlpipeline_ui_metadata": entry(lyre, "mlpipeline_ui_metadata"),
          ]
        ])
      #expect(try warnings(lyre) == [])
    }
  }

  @Test("a node that fails leaves them, too")
  func failed() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print one", "error Oops broke"], to: "in/nb.ipynb")
      let node = NodeDescriptionFile(lyre, file: "nb.ipynb")
      #expect(try await node.run(["--executor-input", input(lyre)]).code == 1)
      #expect(try lyre.text(0, in: "kfp/notebook") == "one\n")
      #expect(try lyre.text(of: "kfp/notebook_html").contains("Oops"))
      #expect(
        try output(lyre) == [
          "artifacts": [
            "notebook": entry(lyre, "notebook"), "notebook_html": entry(lyre, "notebook_html"),
          ]
        ])
    }
  }

  @Test("a script has metrics only, and a warning names each one that is wrong")
  func script() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write(
        """
        #!/bin/sh
        echo '{"metrics": [{"name": "a", "numberValue": NaN}, {"name": "b", "numberValue": 2}]}' \
        > mlpipeline-metrics.json
        echo '{"outputs": [{"type": "markdown", "source": "x.md"}' > mlpipeline-ui-metadata.json

        """, to: "in/a.sh")
      let node = NodeDescriptionFile(lyre, file: "a.sh")
      #expect(try await node.run(["--executor-input", input(lyre)]).code == 0)
      #expect(try output(lyre) == ["artifacts": ["metrics": entry(lyre, "metrics", ["b": 2])]])
      #expect(FilePath.names(in: lyre.directory.path("kfp")) == ["metrics", "output.json"])
      let warnings = try warnings(lyre)
      #expect(warnings.count == 2)
      #expect(
        warnings.first
          == "warning mlpipeline-metrics.json: the numberValue of 'a' is not a finite number")
      #expect(
        warnings.last?.hasPrefix("warning mlpipeline-ui-metadata.json: it is not JSON: line 2, ")
          == true)
    }
  }

  @Test("a file that is too long, a pipe or a directory is a warning, and nothing waits for it")
  func hostile() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write(
        "#!/bin/sh\nhead -c 1048577 /dev/zero > mlpipeline-metrics.json\n"
          + "mkfifo mlpipeline-ui-metadata.json\n", to: "in/a.sh")
      let node = NodeDescriptionFile(lyre, file: "a.sh")
      #expect(try await node.run(["--executor-input", input(lyre)]).code == 0)
      let warnings = try warnings(lyre)
      #expect(warnings.count == 2)
      #expect(warnings.first?.hasPrefix("warning the artifact metrics is missing: '") == true)
      #expect(
        warnings.first?.hasSuffix("/mlpipeline-metrics.json' is longer than 1048576 bytes") == true)
      #expect(
        warnings.last?.hasPrefix("warning mlpipeline-ui-metadata.json: it is not JSON") == true)
      #expect(try output(lyre) == ["artifacts": [:]])
    }
  }

  @Test("places that cannot be written are warnings: the node has run")
  func unwritable() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print one"], to: "in/nb.ipynb")
      try lyre.directory.write("a file", to: "file")
      let file = lyre.directory.path("file")
      let node = NodeDescriptionFile(lyre, file: "nb.ipynb")
      let text = input(
        lyre,
        places: [
          "notebook": "oci://b/n", "notebook_html": "\(file)/page", "output": "\(file)/output",
        ])
      #expect(try await node.run(["--executor-input", text]).code == 0)
      #expect(
        try warnings(lyre) == [
          "warning the artifact notebook is missing: Kubeflow Pipelines stores no files at "
            + "'oci://b/n'",
          "warning the artifact notebook_html is missing: '\(file)' cannot be created: "
            + "Not a directory",
          "warning Kubeflow Pipelines does not know of the artifacts: '\(file)' cannot be created: "
            + "Not a directory",
        ])
      #expect(try lyre.ending()["status"] == "succeeded")
    }
  }

  @Test("an input of another form is an error before anything runs")
  func invalid() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write("#!/bin/sh\n", to: "in/a.sh")
      let node = NodeDescriptionFile(lyre, file: "a.sh")
      #expect(
        try await node.run(["--executor-input", #"{"outputs": {"outputFile": 1}}"#])
          == .init(
            2,
            errors: "error: --executor-input: outputs.outputFile: expected a string with an "
              + "absolute path\n"))
      #expect(!FilePath.exists(lyre.directory.path("results")))
    }
  }
}
