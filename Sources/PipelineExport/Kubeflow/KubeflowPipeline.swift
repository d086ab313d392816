package import JSONCore
package import Pipelines
package import YAMLReading

/// A pipeline in the format of Kubeflow Pipelines: the intermediate representation of version 2.
package struct KubeflowPipeline: Sendable {
  /// The document with the pipeline.
  package let spec: JSONValue
  /// The document with what is special to Kubernetes; nil if there is nothing.
  package let platform: JSONValue?
  /// What Kubeflow Pipelines cannot express, and what may surprise.
  package let findings: [Finding]
  private let heading: String

  /// Compiles a plan.
  ///
  /// - Throws: ``ExportProblem`` if something of the pipeline cannot be expressed.
  package init(_ plan: ExportPlan) throws(ExportProblem) {
    var builder = KubeflowBuilder(plan)
    try builder.addNodes()
    spec = builder.spec
    platform = builder.platform
    findings = plan.findings + builder.findings
    heading = KubeflowPipeline.heading(plan)
  }

  /// Both documents as one file.
  ///
  /// - Throws: ``YAMLError``.
  package func yaml() throws(YAMLError) -> String {
    let documents = [spec, platform].compactMap(\.self)
    var texts: [String] = []
    for document in documents { texts.append(try document.yaml()) }
    return heading + texts.joined(separator: "---\n")
  }

  /// A comment for people who find the file.
  private static func heading(_ plan: ExportPlan) -> String {
    func line(_ text: String) -> String {
      let clean = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
      return "# " + String(String.UnicodeScalarView(clean)) + "\n"
    }
    var text = line("\(plan.name): made by Lyre from \(plan.name).pipeline; changes belong there.")
    for parameter in plan.parameters {
      let standard = ParameterValue.standard(of: parameter).map { ", default \($0)" } ?? ""
      let required = parameter.isRequired && standard.isEmpty ? ", required" : ""
      text += line("Parameter \(parameter.name): \(parameter.type)\(standard)\(required)")
    }
    return text
  }
}
