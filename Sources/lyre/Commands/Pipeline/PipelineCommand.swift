import ArgumentParser
import Pipelines

/// The command `lyre pipeline`.
struct PipelineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pipeline",
    abstract: "Run, validate, describe and edit Elyra's pipelines.",
    discussion: """
      Reads `.pipeline` files of every version of Elyra's editor as they are.

      EXAMPLES
        lyre pipeline run analysis.pipeline
        lyre pipeline run analysis.pipeline --cached --html report.html
        lyre pipeline status analysis.pipeline
        lyre pipeline history analysis.pipeline
        lyre pipeline outputs last --to results
        lyre pipeline report last --html report.html
        lyre pipeline validate analysis.pipeline
        lyre pipeline describe analysis.pipeline
        lyre pipeline describe analysis.pipeline --format svg > analysis.svg
        lyre pipeline new analysis.pipeline load.ipynb clean.py report.ipynb
        lyre pipeline migrate old.pipeline
        lyre pipeline export analysis.pipeline --to kfp --bucket pipelines
        lyre pipeline submit analysis.pipeline --runtime-config team --follow
        lyre pipeline cleanup
      """,
    subcommands: [
      RunPipeline.self, StatusOfPipeline.self, ValidatePipeline.self, DescribePipeline.self,
      HistoryOfPipelines.self, PipelineLogs.self, PipelineOutputs.self, ReportOfPipeline.self,
      NewPipeline.self, MigratePipeline.self, ExportPipeline.self, SubmitPipeline.self,
      FollowSubmittedRun.self, StopSubmittedRun.self, RetrySubmittedRun.self,
      ListSubmittedRuns.self, ResultsOfSubmittedRun.self, SchedulesOfPipelines.self,
      CleanUpPipelines.self,
    ])
}
