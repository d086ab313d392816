import JSONCore
import Testing

@testable import Pipelines

@Suite("Real pipelines", .enabled(if: PipelineCorpus.isThere, "needs ../shared/corpus"))
struct CorpusTests {
  @Test("are read and come out byte for byte, or are refused with a reason")
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
}
