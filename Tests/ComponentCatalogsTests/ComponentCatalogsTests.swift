import Glibc
import JSONCore
import KernelLauncher
import KernelTesting
import Pipelines
import RealKernels
import Testing

@testable import ComponentCatalogs

@Suite("Components of Elyra's catalogs")
struct ComponentCatalogsTests {
  private static let filter = """
    name: Filter text
    description: |
      Filter input text
      according to the pattern.
    inputs:
    - {name: Text, description: 'The text'}
    - {name: Pattern, type: String, default: '.*', description: 'A "pattern"'}
    - {name: Max Count, type: Integer, default: '3', optional: true}
    - {name: Ratio, type: Float}
    - {name: Verbose, type: Bool, default: 'True'}
    - {name: Options, type: JsonObject, default: '{"a": 1}'}
    - {name: Names, type: List}
    outputs:
    - {name: Filtered text}
    implementation:
      container:
        image: alpine
        command: [sh, -c, 'grep "$0" "$1" > "$2"', {inputValue: Pattern}, {inputPath: Text},
          {outputPath: Filtered text}]
    """

  /// A directory with a data directory `data`, and catalogs in it.
  private func withCatalogs(
    _ catalogs: [String: JSONValue], files: [String: String],
    _ body: (ComponentCatalogs, String) throws -> Void
  ) throws {
    try TemporaryDirectory.with { directory in
      for (name, text) in files { try directory.write(text, to: name) }
      for (name, value) in catalogs {
        let text = String(decoding: value.serialized(), as: UTF8.self)
          .replacing("$DIR", with: directory.path)
        try directory.write(text, to: "data/metadata/component-catalogs/\(name).json")
      }
      let paths = JupyterPaths(environment: [
        "HOME": "\(directory.path)/home", "JUPYTER_DATA_DIR": "\(directory.path)/data",
        "PATH": directory.path,
      ])
      try body(ComponentCatalogs(paths), directory.path)
    }
  }

  private static func catalog(_ type: String, _ metadata: JSONObject, name: String = "My catalog")
    -> JSONValue
  {
    var metadata = metadata
    if metadata["runtime_type"] == nil { metadata["runtime_type"] = "KUBEFLOW_PIPELINES" }
    return [
      "display_name": .init(name), "schema_name": .init(type), "metadata": .object(metadata),
    ]
  }

  @Test("are read from files and directories, with inputs, outputs and the ids that Elyra gives")
  func read() throws {
    try withCatalogs(
      [
        "a": Self.catalog("local-directory-catalog", ["paths": ["$DIR/components"]]),
        "b": Self.catalog(
          "local-file-catalog",
          ["base_path": "$DIR/components", "paths": ["input/input-url.yaml"]],
          name: "Other"),
      ],
      files: [
        "components/filter.yaml": Self.filter, "components/readme.txt": "no",
        "components/input/input-url.yaml": "name: Input\nimplementation: {container: {image: a}}",
      ]
    ) { catalogs, path in
      #expect(catalogs.problems == [])
      #expect(catalogs.components.map(\.name) == ["Filter text", "Input"])
      // The id of a real pipeline of a real catalog.
      #expect(catalogs.components[1].id == "local-file-catalog:fdb001a1cf3d")
      let component = try #require(catalogs.components.first)
      #expect(component.description == "Filter input text according to the pattern.")
      #expect(component.catalog == "My catalog")
      #expect(
        component.inputs.map(\.name) == [
          "text", "pattern", "max_count", "ratio", "verbose", "options", "names",
        ])
      #expect(
        component.inputs.map { $0.widgets.first } == [
          "inputpath", "string", "number", "number", "boolean", "string", "string",
        ])
      #expect(component.inputs.map(\.standard) == [nil, ".*", 3, 0.0, true, "{'a': 1}", "[]"])
      #expect(component.inputs.map(\.isRequired) == [true, true, false, true, true, true, true])
      #expect(component.inputs[1].help == "A \"pattern\" (type: String)")
      #expect(component.outputs.map(\.name) == ["output_filtered_text"])
      #expect(
        component.reference == ["base_dir": .init("\(path)/components"), "path": "filter.yaml"])
    }
  }

  @Test("a node of a component is made as Elyra makes it")
  func node() throws {
    try withCatalogs(
      ["a": Self.catalog("local-directory-catalog", ["paths": ["$DIR/c"]])],
      files: ["c/filter.yaml": Self.filter]
    ) { catalogs, path in
      let component = try #require(catalogs.components.first)
      var document = PipelineDocument(name: "x")
      let created = try document.apply(
        [
          .addNode(
            .component(component.id), flow: nil, at: PipelinePoint(x: 1, y: 2), label: nil,
            operation: nil, properties: [:])
        ], with: PipelineEditContext(components: catalogs.components))
      let node = try #require(document.json["pipelines"]?[0]?["nodes"]?[0])
      #expect(node["id"]?.string == created.first)
      #expect(node["op"]?.string == component.id)
      let data = try #require(node["app_data"]?.object)
      #expect(
        data.map(\.key.string) == [
          "component_parameters", "component_description", "label", "component_source", "ui_data",
        ])
      #expect(
        data["component_source"]?.string
          == #"{"catalog_type": "local-directory-catalog", "component_ref": {"base_dir": "\#(path)/c", "path": "filter.yaml"}}"#
      )
      #expect(
        data["component_parameters"] == [
          "pattern": ["widget": "string", "value": ".*"],
          "max_count": ["widget": "number", "value": 3],
          "ratio": ["widget": "number", "value": 0.0],
          "verbose": ["widget": "boolean", "value": true],
          "options": ["widget": "string", "value": "{'a': 1}"],
          "names": ["widget": "string", "value": "[]"], "output_filtered_text": "",
          "kubernetes_pod_annotations": [], "kubernetes_pod_labels": [],
          "kubernetes_shared_mem_size": [:], "kubernetes_tolerations": [], "mounted_volumes": [],
        ])
      #expect(data["ui_data"]?["label"] == "Filter text")
      #expect(data["ui_data"]?["image"] == "/static/elyra/kubeflow.svg")
      let read = try PipelineDocument(document.serialized()).pipeline.nodes[0]
      #expect(read.kind == .component && read.label == "Filter text")
      #expect(read.component?.outputs == ["filtered_text"])
      #expect(component.json["properties"]?[1]?["widgets"]?[0] == "string")
    }
  }

  @Test("what is not read is reported with the reason, and the rest is read")
  func problems() throws {
    try withCatalogs(
      [
        "1": Self.catalog("url-catalog", ["paths": ["https://x/y.yaml", "file://$DIR/c/ok.yaml"]]),
        "2": Self.catalog(
          "local-file-catalog",
          [
            "runtime_type": "APACHE_AIRFLOW", "paths": ["/x.py"],
          ]),
        "3": Self.catalog("elyra-kfp-examples-catalog", [:]),
        "4": Self.catalog("local-directory-catalog", ["paths": ["$DIR/none"]]),
        "5": Self.catalog(
          "local-directory-catalog", ["paths": ["$DIR/bad"], "include_subdirs": true]),
        "6": "not an object",
      ],
      files: [
        "c/ok.yaml": "name: Ok\nimplementation: {}", "bad/a/1.yaml": "a: [", "bad/2.yaml": "x: 1",
        "bad/3.yaml": "name: N", "bad/4.yaml": "name: N\nimplementation: {}\ninputs: [{}]",
        "bad/5.yaml": "", "bad/6.yaml": "name: Good\nimplementation: {}",
      ]
    ) { catalogs, path in
      #expect(catalogs.components.map(\.name).sorted() == ["Good", "Ok"])
      let text = catalogs.problems.joined(separator: "\n")
      for part in [
        "definitions at URLs are not downloaded (1 of 2)", "Airflow operators are not read",
        "'elyra-kfp-examples-catalog' come from a Python package", "no directory \(path)/none",
        "bad/a/1.yaml: it is not YAML", "bad/2.yaml: the component has no name",
        "bad/3.yaml: the component has no implementation", "bad/4.yaml: an input has no name",
        "bad/5.yaml: expected an object, found null", "is not the configuration of a catalog",
      ] {
        #expect(text.contains(part), "\(part)\n\(text)")
      }
      #expect(catalogs.problems.count == 10)
    }
  }

  @Test("without any catalog there are no components and no problems")
  func none() throws {
    try withCatalogs([:], files: ["x": ""]) { catalogs, _ in
      #expect(catalogs.components.isEmpty && catalogs.problems.isEmpty)
    }
  }
}
