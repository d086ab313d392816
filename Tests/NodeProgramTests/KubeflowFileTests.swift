import JSONCore
import Pipelines
import Testing

@testable import NodeProgram

@Suite("Files of nodes that Kubeflow Pipelines shows")
struct KubeflowFileTests {
  /// A file, the metrics in it, and what is said about the rest.
  static let metricFiles: [(String, JSONObject, [String])] = [
    (
      """
      {"metrics": [{"name": "accuracy", "numberValue": 0.90, "format": "PERCENTAGE"},
        {"name": "größe", "numberValue": -12}]}
      """,
      ["accuracy": 0.9, "größe": -12], []
    ),
    (#"{"metrics": []}"#, [:], []),
    (
      """
      {"metrics": [{"name": "a", "numberValue": NaN}, {"name": "b", "numberValue": -Infinity},
        {"name": "c", "numberValue": 1e999}, {"name": "d", "numberValue": "7"}, {"name": "e"},
        {"name": "f", "numberValue": true}]}
      """,
      [:],
      ["a", "b", "c", "d", "e", "f"].map { "the numberValue of '\($0)' is not a finite number" }
    ),
    (
      """
      {"metrics": [{"numberValue": 1}, 2, {"name": "", "numberValue": 3},
        {"name": "ok", "numberValue": 4}]}
      """,
      ["ok": 4], [1, 2, 3].map { "metric \($0) has no name" }
    ),
    (
      """
      {"metrics": [{"name": "a", "numberValue": 1}, {"name": "b", "numberValue": 2},
        {"name": "a", "numberValue": 3}]}
      """,
      ["a": 3, "b": 2], ["'a' is there twice, and the last one is shown"]
    ),
    (
      #"{"metrics": [{"name": "display_name", "numberValue": 1}]}"#, [:],
      ["Kubeflow Pipelines uses the name 'display_name' itself"]
    ),
    ("[1]", [:], ["it has no list 'metrics'"]),
    (#"{"metrics": {"a": 1}}"#, [:], ["it has no list 'metrics'"]),
  ]

  @Test("metrics are finite numbers with a name; the rest is named", arguments: metricFiles.indices)
  func metrics(index: Int) {
    let (text, values, problems) = Self.metricFiles[index]
    let metrics = NodeMetrics(Array(text.utf8))
    #expect(metrics.values.map(\.key) == values.map(\.key))
    #expect(metrics.values.map(\.value.double) == values.map(\.value.double))
    #expect(metrics.problems == problems)
  }

  @Test("what is not JSON has no metrics", arguments: ["", "{", "accuracy=1", "{}x", "\u{0}"])
  func noMetrics(text: String) {
    let metrics = NodeMetrics(Array(text.utf8))
    #expect(metrics.values.isEmpty && metrics.problems.count == 1)
    #expect(metrics.problems.first?.hasPrefix("it is not JSON: line 1, column ") == true)
  }

  @Test("a number keeps its spelling, and more than a thousand metrics are cut")
  func many() {
    let one = NodeMetrics(Array(#"{"metrics": [{"name": "a", "numberValue": 0.10}]}"#.utf8))
    #expect(JSONValue.object(one.values).serialized() == Array(#"{"a":0.10}"#.utf8))
    let list = (0..<1002).map { #"{"name": "m\#($0)", "numberValue": \#($0)}"# }
    let many = NodeMetrics(Array(#"{"metrics": [\#(list.joined(separator: ","))]}"#.utf8))
    #expect(many.values.count == 1000)
    #expect(many.problems == ["only 1000 of its 1002 metrics are shown"])
    let deep = String(repeating: "[", count: 200)
    #expect(NodeMetrics(Array(deep.utf8)).problems.first?.hasPrefix("it is not JSON: ") == true)
  }

  /// An output, and why it is not shown.
  static let outputs: [(JSONValue, String?)] = [
    (["type": "markdown", "storage": "inline", "source": "# x"], nil),
    (["type": "web-app", "storage": "inline", "source": "<p>x</p>"], nil),
    (["type": "web-app", "storage": "s3", "source": "s3://b/k.html"], nil),
    (["type": "tensorboard", "source": "gs://b/logs"], nil),
    (
      ["type": "table", "storage": "inline", "format": "csv", "header": ["a"], "source": "1\n2"],
      nil
    ),
    (
      ["type": "roc", "storage": "inline", "schema": [["name": "fpr"]], "source": "0,0,1"], nil
    ),
    (
      [
        "type": "confusion_matrix", "storage": "inline", "source": "a,a,1", "labels": ["a"],
        "schema": [["name": "target"]],
      ], nil
    ),
    (
      ["type": "video", "source": "x"],
      #"has the type "video", which is none of confusion_matrix, markdown, roc, table, tensorboard, web-app"#
    ),
    (
      ["source": "x"],
      "has the type none, which is none of confusion_matrix, markdown, roc, table, tensorboard, "
        + "web-app"
    ),
    (["type": "markdown", "storage": "inline"], "(markdown) has no source"),
    (["type": "markdown", "storage": "inline", "source": ""], "(markdown) has no source"),
    (
      ["type": "markdown", "source": "report.md"],
      "(markdown) has a source in the container, which Kubeflow Pipelines does not read; write its "
        + "content there, with \"storage\": \"inline\""
    ),
    (
      ["type": "table", "storage": "inline", "header": ["a"], "source": "1"],
      "(table) has no 'format' csv"
    ),
    (
      ["type": "table", "storage": "inline", "format": "csv", "source": "1"],
      "(table) has no 'header'"
    ),
    (["type": "roc", "storage": "inline", "source": "1"], "(roc) has no 'schema'"),
  ]

  @Test("what Kubeflow's page cannot show is left out by name, and the rest is shown")
  func plots() {
    let outputs = Self.outputs.map(\.0)
    let found = NodePlots(JSONValue.object(["outputs": .array(outputs)]).serialized())
    #expect(found.json == ["outputs": .array(Self.outputs.filter { $0.1 == nil }.map(\.0))])
    let expected = Self.outputs.enumerated().compactMap { place, plot in
      plot.1.map { "output \(place + 1) \($0)" }
    }
    #expect(found.problems == expected)
  }

  @Test("a file of another form has nothing to show")
  func noPlots() {
    for (text, problem) in [("{}", "it has no list 'outputs'"), ("7", "it has no list 'outputs'")] {
      let found = NodePlots(Array(text.utf8))
      #expect(found.json == nil && found.problems == [problem])
    }
    let empty = NodePlots(Array(#"{"outputs": []}"#.utf8))
    #expect(empty.json == nil && empty.problems == [])
    let broken = NodePlots(Array(#"{"outputs": [{"type": "markdown", "x": NaN}]}"#.utf8))
    #expect(broken.json == nil)
    #expect(broken.problems.first?.hasPrefix("it is not JSON: line 1, column 40: ") == true)
  }

  @Test("the launcher's message says where artifacts go")
  func input() throws {
    let input = try ExecutorInput(
      """
      {"inputs": {"parameterValues": {"x": 1}}, "outputs": {"artifacts": {
        "metrics": {"artifacts": [{"name": "m", "type": {"schemaTitle": "system.Metrics"},
          "uri": "minio://mlpipeline/v2/p/metrics", "metadata": {}}]},
        "a": {"artifacts": [{"uri": "gs://b/a"}]}, "b": {"artifacts": [{"uri": "s3://b/b"}]},
        "c": {"artifacts": [{"uri": "/tmp/root/c"}]}, "d": {"artifacts": [{"uri": "oci://b/d"}]}},
        "outputFile": "/tmp/kfp_outputs/output_metadata.json"}}
      """)
    #expect(input.outputFile == "/tmp/kfp_outputs/output_metadata.json")
    #expect(
      input.artifacts.mapValues(\.path) == [
        "metrics": "/minio/mlpipeline/v2/p/metrics", "a": "/gcs/b/a", "b": "/s3/b/b",
        "c": "/tmp/root/c", "d": nil,
      ])
    #expect(input.artifacts["metrics"]?.name == "m")
    #expect(try ExecutorInput("{}") == ExecutorInput(#"{"outputs": {}}"#))
  }

  @Test(
    "a message of another form is an error with its place",
    arguments: [
      ("[]", "expected an object, found an array"),
      (
        #"{"outputs": {"artifacts": {"metrics": {}}}}"#,
        "outputs.artifacts.metrics.artifacts: expected a list with an artifact that has a uri"
      ),
      (
        #"{"outputs": {"artifacts": {"metrics": {"artifacts": []}}}}"#,
        "outputs.artifacts.metrics.artifacts: expected a list with an artifact that has a uri"
      ),
      (
        #"{"outputs": {"outputFile": "here"}}"#,
        "outputs.outputFile: expected a string with an absolute path"
      ),
    ])
  func badInput(text: String, message: String) {
    #expect {
      try ExecutorInput(text)
    } throws: { error in
      "\(error)" == message
    }
    #expect(throws: PipelineError.self) { try ExecutorInput("{") }
  }

  @Test("what the launcher is told has only keys that it knows")
  func output() throws {
    var output = ExecutorOutput()
    output.add(.notebook, .init(name: "n", uri: "s3://b/n"))
    output.add(.metrics, .init(name: "m", uri: "s3://b/m"), metadata: ["accuracy": 0.5])
    #expect(
      output.json == [
        "artifacts": [
          "notebook": ["artifacts": [["name": "n", "uri": "s3://b/n"]]],
          "metrics": [
            "artifacts": [["name": "m", "uri": "s3://b/m", "metadata": ["accuracy": 0.5]]]
          ],
        ]
      ])
  }
}
