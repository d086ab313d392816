import ArgumentParser
import NotebookDocument
import PipelineExport
import Pipelines
import Reports
import SystemSupport
import YAMLReading

/// The command `lyre pipeline export`.
struct ExportPipeline: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a pipeline in the format of another engine.",
    discussion: """
      Writes a file that Kubeflow Pipelines 2 or Airflow (2.11 or 3) runs: one task for each \
      notebook, script and component, in its own container, with everything that the pipeline's \
      file says about it. \
      Nothing is uploaded or changed elsewhere. Containers run the node with `lyre node`; files \
      go between them through a bucket. No password is in the file: credentials come from a \
      secret of the cluster or from its service account.

      The nodes' own files must be in the bucket before a run: `--archives DIR` writes them below \
      DIR under the names that they have there.

      The same pipeline gives the same file, byte for byte.

      EXAMPLES
        lyre pipeline export weather.pipeline --to kfp --bucket pipelines --secret s3
        lyre pipeline export weather.pipeline --to kfp -o weather.yaml --overwrite \\
          --bucket pipelines --endpoint http://minio:9000 --archives archives
        lyre pipeline export weather.pipeline --to kfp --components components/ -o -
        lyre pipeline export weather.pipeline --to airflow --bucket pipelines --secret s3
        lyre pipeline export weather.pipeline --to airflow --operator docker \\
          --bucket pipelines --schedule "0 6 * * 1"

      EXIT CODES
        0 written   2 the pipeline is not valid, or cannot be expressed   6 it could not be written
      """)

  /// An engine that pipelines are exported to.
  enum Target: String, ExpressibleByArgument, CaseIterable {
    case kfp
    case airflow

    /// The extension of its files.
    var fileExtension: String { self == .kfp ? "yaml" : "py" }
  }

  @Argument(help: "The pipeline.", completion: Completions.pipelines) var pipeline: String

  @Option(help: "The engine: kfp (Kubeflow Pipelines) or airflow.") var to: Target = .kfp

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The file to write; `-` is standard output. (default: beside the pipeline, with .yaml or .py)",
      valueName: "file"))
  var output: String?

  @Flag(help: "Replace the file if it exists.") var overwrite = false

  @Option(
    help: ArgumentHelp(
      "Write the archives with the nodes' files below this folder.", valueName: "dir"),
    completion: .directory)
  var archives: String?

  @OptionGroup(title: "Storage and program") var options: ExportOptions

  @OptionGroup(title: "Airflow") var airflow: AirflowOptions

  @Option(
    help: ArgumentHelp(
      """
      When Airflow runs it: five fields as in cron, or such as @daily. (default: on request)
      """, valueName: "cron"))
  var schedule: String?

  @OptionGroup var source: PipelineSourceOptions

  func run() async throws {
    let exporter = try await PipelineExporter(
      pipeline, root: source.root, components: source.components)
    let settings = try UsageError.reported { () throws(UsageError) in
      if to != .airflow {
        try airflow.refuse()
        if schedule != nil { throw UsageError(message: "--schedule is for Airflow") }
      }
      return try options.settings(
        for: to.rawValue,
        needsBucket: exporter.pipeline.executableNodes.contains(where: \.isGeneric),
        isForCluster: to != .airflow || airflow.isForCluster)
    }
    let target = try refusingToReplace(exporter.input)
    try exporter.validate(isStrict: source.strict)
    let isKubeflow = to == .kfp
    let plan = try exporter.plan(isKubeflow ? .kubeflow : .airflow, settings)
    try write(try isKubeflow ? kubeflow(plan) : airflow(plan), to: target)
    if target != "-" {
      let count = Format.count(plan.nodes.count, "task")
      Printer.shared.log("\(target): \(count) for \(isKubeflow ? "Kubeflow Pipelines" : "Airflow")")
    }
    guard let archives else { return }
    let count = try exporter.writeArchives(plan, below: archives)
    Printer.shared.log(
      "\(archives): \(Format.count(count, "archive")); copy the content of this folder to "
        + "s3://\(settings.bucket)/ before a run")
  }

  private func kubeflow(_ plan: ExportPlan) throws -> String {
    let compiled = try PipelineExporter.reported(pipeline) { () throws(ExportProblem) in
      try KubeflowPipeline(plan)
    }
    try PipelineExporter.report(compiled.findings, of: pipeline, isStrict: source.strict)
    return try compiled.yaml()
  }

  private func airflow(_ plan: ExportPlan) throws -> String {
    let settings = try UsageError.reported { () throws(UsageError) in
      try airflow.settings(schedule: schedule)
    }
    let written = try PipelineExporter.reported(pipeline) { () throws(ExportProblem) in
      try AirflowPipeline(plan, settings)
    }
    try PipelineExporter.report(written.findings, of: pipeline, isStrict: source.strict)
    return written.source
  }

  /// The file to write.
  ///
  /// - Throws: `ExitRequest` if it exists and must not be replaced, after reporting that.
  private func refusingToReplace(_ input: PipelineInput) throws(ExitRequest) -> String {
    let folder = PipelinePath.folder(pipeline)
    let name = folder.isEmpty ? input.name : PipelinePath.joined(folder, input.name)
    let target = output ?? "\(name).\(to.fileExtension)"
    guard target != "-", !overwrite, FilePath.isFile(target) else { return target }
    let message = "'\(target)' exists and is not replaced; add --overwrite, or name another file"
    Printer.shared.log("error: \(message)")
    throw ExitRequest(code: .unusableInput, message: message)
  }

  private func write(_ text: String, to target: String) throws(ExitRequest) {
    let output = try CommandOutput(
      target, option: "--output", replacing: .otherFiles, reading: [(pipeline, "the pipeline")])
    try output.write(Array(text.utf8))
  }
}
