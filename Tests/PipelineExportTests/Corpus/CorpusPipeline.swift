import Glibc
import JSONCore
import KernelTesting
import PipelineExport
import Pipelines
import RealKernels
import SystemSupport

/// A pipeline of ../shared/corpus, and what is made of it for an engine.
struct CorpusPipeline {
  static let folder = RealKernels.repositoryRoot + "/../shared/corpus/pipelines"
  static let isThere = access(folder + "/INDEX.md", R_OK) == 0

  /// Its path in the folder.
  let path: String
  /// The file.
  let bytes: [UInt8]

  /// All of them.
  static func all() throws -> [CorpusPipeline] {
    var paths: [String] = []
    var open = [""]
    while let place = open.popLast() {
      for name in FilePath.names(in: folder + place) {
        if name.hasSuffix(".pipeline") {
          paths.append("\(place)/\(name)")
        } else if !name.contains(".") {
          open.append("\(place)/\(name)")
        }
      }
    }
    return try paths.sorted().map {
      CorpusPipeline(path: String($0.dropFirst()), bytes: try readFile(folder + $0))
    }
  }

  /// The plan for an engine.
  ///
  /// - Throws: an error if it is not a pipeline, not valid, or cannot be exported.
  func plan(_ engine: ExportEngine) throws -> ExportPlan {
    let document = try PipelineDocument(bytes)
    let pipeline = document.pipeline
    let findings = PipelineValidation(for: .export).findings(in: document, files: EveryFile())
    if let error = findings.first(where: { $0.severity == .error }) {
      throw ExportProblem(error.message)
    }
    return try ExportPlan(
      pipeline, for: engine, name: "test", settings: ExportFixture.settings,
      files: CorpusFiles(pipeline))
  }

  /// The file as JSON, if its nodes are in the form of the newest version.
  func source() throws -> SourcePipeline? { try SourcePipeline(JSONValue(parsing: bytes)) }
}

/// The files of a pipeline of the corpus: those that it names are there, and components have the inputs and
/// outputs that its nodes use.
struct CorpusFiles: ExportFiles {
  private let pipeline: Pipeline

  init(_ pipeline: Pipeline) { self.pipeline = pipeline }

  func archive(of node: PipelineNode, made: [String]) throws(ExportProblem)
    -> [NodeArchive.Member]
  {
    [.init(path: PipelinePath.name(node.file ?? ""), sha256: String(repeating: "a", count: 64))]
  }

  func kernel(of node: PipelineNode) -> (name: String?, language: String?) { (nil, nil) }

  func text(_ path: String) throws(ExportProblem) -> String { "the content of \(path)" }

  func definition(of node: PipelineNode) throws(ExportProblem) -> String {
    let inputs = node.component?.inputs ?? []
    var outputs: [String] = []
    for input in pipeline.executableNodes.flatMap({ $0.component?.inputs ?? [] })
    where input.node == node.id {
      var name = input.output ?? ""
      for prefix in ["elyra_", "output_"] where name.hasPrefix(prefix) {
        name.removeFirst(prefix.count)
      }
      if !outputs.contains(name) { outputs.append(name) }
    }
    let definition: JSONValue = [
      "name": "Component",
      "inputs": .array(inputs.map { ["name": .init($0.name), "optional": true] }),
      "outputs": .array(outputs.map { ["name": .init($0)] }),
      "implementation": [
        "container": [
          "image": "any/component:1", "command": ["run"],
          "args": .array(
            inputs.map { ["inputValue": .init($0.name)] }
              + outputs.map { ["outputPath": .init($0)] }),
        ]
      ],
    ]
    return "\(definition)"
  }
}
