import JSONCore
import Pipelines
import Testing

@testable import PipelineExport

@Suite("Artifacts in Kubeflow Pipelines")
struct KubeflowArtifactTests {
  private func artifact(_ schema: String) -> JSONValue {
    ["artifactType": ["schemaTitle": .init(schema), "schemaVersion": "0.0.1"]]
  }

  @Test("a notebook leaves itself, its page, metrics and plots; a script only what it writes")
  func artifacts() throws {
    let compiled = try ExportFixture.compiled(
      ExportFixture.pipeline([
        ExportFixture.node("a", file: "a.ipynb"), ExportFixture.node("b", file: "b.sh"),
      ]))
    #expect(
      compiled.component("a")?["outputDefinitions"] == [
        "artifacts": [
          "notebook": artifact("system.Artifact"), "notebook_html": artifact("system.HTML"),
          "metrics": artifact("system.Metrics"),
          "mlpipeline_ui_metadata": artifact("system.Artifact"),
        ]
      ])
    #expect(
      compiled.component("b")?["outputDefinitions"] == [
        "artifacts": [
          "metrics": artifact("system.Metrics"),
          "mlpipeline_ui_metadata": artifact("system.Artifact"),
        ]
      ])
    for name in ["a", "b"] {
      let arguments = compiled.container(name)?["args"]?.array ?? []
      #expect(arguments.suffix(2) == ["--executor-input", "{{$}}"])
    }
  }

  @Test("Airflow, which has no artifacts, is not told of any")
  func airflow() throws {
    let plan = try ExportPlan(
      ExportFixture.pipeline([ExportFixture.node("a", file: "a.ipynb")]), for: .airflow,
      name: "test", settings: ExportFixture.settings, files: FakeExportFiles())
    let text = try AirflowPipeline(plan).source
    #expect(!text.contains("--executor-input"))
  }
}
