import JSONCore
import Testing

@testable import Pipelines

@Suite("The forms of the visual editor")
struct PipelineFormTests {
  private func labels(_ sections: [PipelineForm.Section]) -> [String: String] {
    Dictionary(
      sections.flatMap(\.fields).map { ($0.name, $0.label) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The properties of Elyra 4.1.1: `templates/components/generic_properties_template.jinja2`,
  /// `templates/pipeline/pipeline_properties_template.jinja2` and `pipeline/properties.py`.
  private static let kubernetes = [
    "mounted_volumes": "Data Volumes", "kubernetes_pod_annotations": "Kubernetes Pod Annotations",
    "kubernetes_pod_labels": "Kubernetes Pod Labels",
    "kubernetes_tolerations": "Kubernetes Tolerations",
    "kubernetes_shared_mem_size": "Shared Memory Size",
  ]

  @Test("nodes of files have every property of Elyra, with its label")
  func generic() {
    let expected = [
      "label": "Label", "filename": "Filename", "runtime_image": "Runtime Image",
      "cpu": "CPU request", "cpu_limit": "CPU limit", "memory": "RAM request (GB)",
      "memory_limit": "RAM limit (GB)", "gpu": "GPU", "gpu_vendor": "GPU Vendor",
      "pipeline_parameters": "Pipeline Parameters", "dependencies": "File Dependencies",
      "include_subdirectories": "Include Subdirectories", "outputs": "Output Files",
      "env_vars": "Environment Variables", "kubernetes_secrets": "Kubernetes Secrets",
    ].merging(PipelineFormTests.kubernetes) { $1 }
    #expect(labels(PipelineForm.generic) == expected)
  }

  @Test("components, the pipeline, its defaults and parameters have Elyra's properties")
  func others() {
    let caching = ["disable_node_caching": "Disable node caching"]
    #expect(
      labels(PipelineForm.component)
        == PipelineFormTests.kubernetes.merging(caching) { $1 }.merging(["label": "Label"]) { $1 })
    #expect(
      labels(PipelineForm.pipeline) == [
        "name": "Pipeline Name", "runtime": "Pipeline Runtime",
        "description": "Pipeline Description",
      ])
    #expect(
      labels(PipelineForm.defaults)
        == PipelineFormTests.kubernetes.merging(caching) { $1 }.merging([
          "cos_object_prefix": "Object Storage path prefix", "runtime_image": "Runtime Image",
          "env_vars": "Environment Variables", "kubernetes_secrets": "Kubernetes Secrets",
        ]) { $1 })
    #expect(
      PipelineForm.parameters[0].fields[0].columns.map(\.label) == [
        "Parameter Name", "Description", "Type", "Default Value", "Required",
      ])
  }

  @Test("Lyre's own properties are those that nodes have")
  func lyre() {
    #expect(
      labels(PipelineForm.lyre).keys.sorted() == ["retries", "retry_delay", "timeout"])
  }

  @Test("what nodes inherit is what the pipeline's defaults have")
  func inheritance() {
    let defaults = Set(labels(PipelineForm.defaults).keys).subtracting(["cos_object_prefix"])
    let inherited = Set(
      (PipelineForm.generic + PipelineForm.component).flatMap(\.fields).compactMap(\.inherits))
    #expect(inherited == defaults)
  }

  @Test("every field has a help that is a sentence, and the columns of rows")
  func complete() {
    let forms = [
      PipelineForm.generic, PipelineForm.component, PipelineForm.pipeline, PipelineForm.defaults,
      PipelineForm.parameters, PipelineForm.lyre,
    ]
    for field in forms.joined().flatMap(\.fields) {
      #expect(field.help.hasSuffix(".") && field.help.first?.isUppercase == true, "\(field.name)")
      #expect((field.kind == .rows) == !field.columns.isEmpty, "\(field.name)")
      #expect((field.kind == .choice && field.name != "runtime_image") == !field.choices.isEmpty)
    }
    #expect(PipelineForm.json.map(\.key.string).count == 6)
  }
}
