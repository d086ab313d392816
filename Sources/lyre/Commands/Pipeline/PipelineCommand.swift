import ArgumentParser
import Pipelines

/// The command `lyre pipeline`.
struct PipelineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pipeline",
    abstract: "Check, show and change Elyra's pipelines.",
    discussion: """
      Reads `.pipeline` files of every version of Elyra's editor as they are.

      EXAMPLES
        lyre pipeline validate analysis.pipeline
        lyre pipeline describe analysis.pipeline
        lyre pipeline describe analysis.pipeline --format svg > analysis.svg
        lyre pipeline new analysis.pipeline load.ipynb clean.py report.ipynb
        lyre pipeline migrate old.pipeline
      """,
    subcommands: [
      ValidatePipeline.self, DescribePipeline.self, NewPipeline.self, MigratePipeline.self,
    ])
}
