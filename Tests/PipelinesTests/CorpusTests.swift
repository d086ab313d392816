import JSONCore
import Testing

@testable import Pipelines

@Suite("Real pipelines", .enabled(if: PipelineCorpus.isThere, "needs ../shared/corpus"))
struct CorpusTests {
  @Test("are read and written back byte for byte, or rejected with a reason")
  func roundTrip() throws {
    var refused: [String] = []
    var read = 0
    for path in PipelineCorpus.pipelines() {
      let bytes = try PipelineCorpus.bytes(path)
      do throws(PipelineError) {
        let document = try PipelineDocument(bytes)
        #expect(document.serialized() == bytes, "\(path)")
        #expect(!document.pipeline.flows.isEmpty)
        read += 1
      } catch {
        #expect(!error.description.isEmpty)
        refused.append(String(path.split(separator: "/").last ?? ""))
      }
    }
    #expect(read > 150)
    #expect(
      refused.sorted() == [
        "generic_malformed_basic_pipeline_only_notebook.pipeline",
        "nopipes.pipeline", "noprim.pipeline", "notjson.pipeline",
        "pipeline_with_zero_length_pipelines_field.pipeline",
        "pipeline_without_pipelines_field.pipeline", "v9.pipeline", "vx.pipeline",
        "zeropipes.pipeline",
      ])
  }

  @Test("components have their catalog, their inputs, and the sources of those inputs")
  func components() throws {
    let folder = "elyra-ai-elyra/elyra/tests/pipeline/resources/validation_pipelines"
    let bytes = try PipelineCorpus.bytes("\(folder)/kf_inputpath_parameter.pipeline")
    let nodes = try PipelineDocument(bytes).pipeline.executableNodes
    #expect(nodes.allSatisfy { $0.kind == .component })
    #expect(nodes.allSatisfy { $0.component?.catalog == "elyra-kfp-examples-catalog" })
    let paths = nodes.flatMap { node in
      (node.component?.inputs ?? []).compactMap { input in input.node.map { (node, $0) } }
    }
    #expect(!paths.isEmpty)
    #expect(paths.allSatisfy { node, source in node.parents.contains(source) })
  }

  @Test("validation reports inputs that are not outputs of a parent")
  func inputPaths() throws {
    let folder = "elyra-ai-elyra/elyra/tests/pipeline/resources/validation_pipelines"
    for name in ["kf_invalid_inputpath_parameter", "kf_invalid_inputpath_missing_connection"] {
      let findings = PipelineValidation(for: .cluster).findings(
        in: try PipelineCorpus.bytes("\(folder)/\(name).pipeline"), files: FakeFiles(hasAll: true))
      #expect(findings.contains { $0.code == .inputPath }, "\(name): \(findings)")
    }
  }
}
