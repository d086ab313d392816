import ArgumentParser

/// The command `lyre pipeline run`.
struct RunPipeline: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a pipeline: on this machine, in containers, or on a cluster with Slurm.",
    discussion: """
      Nodes start as soon as their dependencies have finished, several at once. Each notebook gets \
      its own kernel, and its outputs in place; scripts' output appears line by line with the \
      node's name. Every node works in the directory of its file. Ctrl-C stops the nodes and saves \
      everything produced so far; a second Ctrl-C kills them.

      Every run is recorded (lyre pipeline history) with the nodes' logs (lyre pipeline logs) and \
      the executed notebooks (lyre pipeline outputs). Parameters (-p) are injected into the \
      executed notebooks only, never into the pipeline's own. If several nodes run one notebook, \
      its file has the result of the last one.

      With --containers or --slurm, or "on": "container" among Lyre's properties of a node, nodes \
      run elsewhere, with the same output, events and reports. Their files are at the same paths \
      there; the program lyre is brought along, so an image needs nothing for it. With --storage \
      each gets the files that it declares from object storage, and leaves its outputs there.

      With --slurm --detach Slurm gets the whole run at once, each node as a job that waits for \
      those before it, and the command ends: lyre pipeline follow shows the run with the reports \
      and the exit code of any other, and lyre pipeline stop stops it. Nodes that do not depend on \
      a failed one still run. --cached, --resume, --retries and --jobs need Lyre to stay. With \
      --storage the nodes give each other their files through the bucket, and lyre pipeline results \
      fetches what they have made.

      EXAMPLES
        lyre pipeline run analysis.pipeline
        lyre pipeline run analysis.pipeline --html report.html
        lyre pipeline run analysis.pipeline --cached     run only what changed
        lyre pipeline run analysis.pipeline --resume     continue the last run
        lyre pipeline run analysis.pipeline --cached --dry-run
        lyre pipeline run analysis.pipeline --from clean -j 4 --keep-going
        lyre pipeline run analysis.pipeline -p year 2026 --report tests.xml
        lyre pipeline run analysis.pipeline --output-dir results
        lyre pipeline run analysis.pipeline --containers     each node in its image
        lyre pipeline run analysis.pipeline --containers --isolate
        lyre pipeline run fit.pipeline --containers=only:fit --volume data=/srv/data
        lyre pipeline run analysis.pipeline --slurm --slurm-partition long
        lyre pipeline run analysis.pipeline --slurm --detach     then follow it
        lyre pipeline run fit.pipeline --slurm --detach --storage s3://runs/weather
        lyre pipeline run analysis.pipeline --containers --storage s3://runs/weather

      EXIT CODES
        0 all ran, or with --detach: all was submitted   1 a node failed
        2 not a valid pipeline, bad usage, or sbatch refuses   3 time limit
        4 a kernel died   5 no such kernel, or it did not start
        6 not written   129/130/131/143 stopped by a signal
      """)

  @Argument(help: "The pipeline's file.", completion: Completions.pipelines)
  var pipeline: String

  @OptionGroup(title: "Nodes") var work: WorkOptions
  @OptionGroup(title: "Parameters") var parameters: ParameterOptions
  @OptionGroup(title: "Limits") var limits: NodeLimitOptions
  @OptionGroup(title: "Containers and clusters") var places: NodePlaceOptions
  @OptionGroup(title: "Object storage") var objects: ObjectStorageOptions
  @OptionGroup(title: "Record of runs") var record: RecordOptions
  @OptionGroup(title: "Output and reports") var reporting: PipelineReportingOptions

  private var options: PipelineRunOptions {
    PipelineRunOptions(
      pipeline: pipeline, work: work, parameters: parameters, limits: limits, places: places,
      objects: objects, record: record, reporting: reporting)
  }

  func run() async throws {
    let plan = try UsageError.reported { () throws(UsageError) in try PipelineRunPlan(options) }
    let code =
      if options.work.dryRun {
        try await PipelinePreview(plan).run()
      } else if options.work.detach {
        try await plan.detach()
      } else {
        try await plan.run()
      }
    try code.end()
  }
}
