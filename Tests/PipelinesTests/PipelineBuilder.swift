import JSONCore

@testable import Pipelines

/// Pipelines for tests.
enum PipelineBuilder {
  /// A file with these nodes, each with the places of its parents.
  static func file(parents: [[Int]], ids: [String]? = nil) -> [UInt8] {
    let ids = ids ?? parents.indices.map { "n\($0)" }
    return file(
      nodes: parents.enumerated().map { place, parents in
        node(ids[place], parents: parents.map { ids[$0] })
      })
  }

  static func node(
    _ id: String, file: String? = nil, parents: [String] = [], properties: JSONObject = [:],
    label: String? = nil
  ) -> JSONValue {
    var parameters: JSONObject = [
      "filename": .init(file ?? "\(id).py"), "runtime_image": "owner/image:1",
    ]
    for member in properties { parameters[member.key.string] = member.value }
    return [
      "id": .init(id), "type": "execution_node",
      "op": .init(PipelineOperation.forFile(file ?? "x.py")),
      "app_data": [
        "component_parameters": .object(parameters), "label": .init(label ?? id),
        "ui_data": ["label": .init(label ?? id)],
      ],
      "inputs": [
        [
          "id": "inPort",
          "links": .array(
            parents.map {
              ["id": .init("\($0)-\(id)"), "node_id_ref": .init($0), "port_id_ref": "outPort"]
            }),
        ]
      ],
      "outputs": [["id": "outPort"]],
    ]
  }

  static func file(
    nodes: [JSONValue], flows: [JSONValue] = [], properties: JSONObject = ["name": "test"],
    runtime: String? = nil
  ) -> [UInt8] {
    var data: JSONObject = ["version": 8, "properties": .object(properties)]
    if let runtime { data["runtime_type"] = .init(runtime) }
    let primary: JSONValue = [
      "id": "primary", "nodes": .array(nodes), "app_data": .object(data), "runtime_ref": "",
    ]
    let value: JSONValue = [
      "doc_type": "pipeline", "version": "3.0", "id": "x", "primary_pipeline": "primary",
      "pipelines": .array([primary] + flows), "schemas": [],
    ]
    return value.serialized(.pretty)
  }

  static func graph(parents: [[Int]]) throws -> PipelineGraph {
    try PipelineGraph(PipelineDocument(file(parents: parents)).pipeline)
  }
}

/// Files that exist.
struct FakeFiles: PipelineFiles {
  var files: [String: [UInt8]] = [:]
  var directories: Set<String> = []
  var kernels: [String] = ["python3"]
  var programs: Set<String> = ["python3", "Rscript", "bash"]
  var outside: Set<String> = []
  /// Folders that are links, with their targets.
  var links: [String: String] = [:]
  /// Whether every file exists.
  var hasAll = false

  static let notebook = Array(
    #"{"cells": [], "metadata": {"kernelspec": {"name": "python3"}}, "nbformat": 4}"#.utf8)

  func kind(of path: String) -> PipelineFileKind? {
    if directories.contains(path) { return .directory }
    return files[path] != nil || hasAll ? .file : nil
  }

  func read(_ path: String) -> [UInt8]? {
    files[path] ?? (hasAll ? path.hasSuffix(".ipynb") ? FakeFiles.notebook : [] : nil)
  }

  func hasMatch(_ pattern: String, in folder: String, isRecursive: Bool) -> Bool {
    files.keys.contains {
      isRecursive
        ? PathPattern.matches(pattern, PipelinePath.name($0)) : PathPattern.matches(pattern, $0)
    }
  }

  func location(of path: String) -> String {
    for (link, folder) in links where path.hasPrefix(link + "/") {
      return folder + path.dropFirst(link.count)
    }
    return path
  }

  func isInsideProject(_ path: String) -> Bool? { !outside.contains(path) }

  func kernel(named name: String?, language: String?) -> PipelineKernel {
    if let name, kernels.contains(name) { return .installed }
    if language == "python" || (name == nil && language == nil), let first = kernels.first {
      return .substitute(first)
    }
    return .missing(installed: kernels)
  }

  func hasProgram(_ name: String) -> Bool { programs.contains(PipelinePath.name(name)) }
  func isExecutable(_ path: String) -> Bool { path.hasSuffix(".bin") }
}

/// Pseudo-random numbers, the same each time (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
