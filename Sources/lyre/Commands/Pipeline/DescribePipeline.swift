import ArgumentParser
import JSONCore
import Pipelines

/// The command `lyre pipeline describe`.
struct DescribePipeline: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "Show a pipeline's nodes, files and graph.",
    discussion: """
      Invalid pipelines are shown as far as possible; `lyre pipeline validate` reports what is \
      wrong. Pictures go to standard output, or to a file with --output.

      EXAMPLES
        lyre pipeline describe analysis.pipeline
        lyre pipeline describe analysis.pipeline --json
        lyre pipeline describe analysis.pipeline --format svg -o analysis.svg
        lyre pipeline describe analysis.pipeline --format mermaid >> README.md
      """)

  @Argument(help: "The pipeline.", completion: Completions.pipelines) var pipeline: String

  @Flag(help: "Write JSON; the same as --format json.") var json = false

  @Option(help: "Output format: text, json, mermaid, dot (Graphviz) or svg.") var format: Format?

  @Option(name: .shortAndLong, help: ArgumentHelp("Write to this file.", valueName: "path"))
  var output: String?

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, mermaid, dot, svg
  }

  func validate() throws {
    if json, let format, format != .json {
      throw ValidationError("--json and --format \(format.rawValue) exclude each other")
    }
  }

  func run() throws {
    let target = try CommandOutput(
      output, option: "--output", replacing: .otherFiles, reading: [(pipeline, "the pipeline")])
    let input = try PipelineInput(pipeline)
    let pipeline = try input.document().pipeline
    let drawing = PipelineDrawing(pipeline, title: input.name)
    let text: String
    switch json ? .json : format ?? .text {
    case .text:
      let isTerminal = target.isStandardOutput && Printer.shared.terminal.outputIsTerminal
      text =
        PipelineSummary(pipeline, input)
        .lines(drawing, width: isTerminal ? Terminal.size.columns : 100).map(\.text)
        .joined(separator: "\n") + "\n"
    case .json:
      let object = JSONValue.object(PipelineSummary(pipeline, input).json)
      if target.isStandardOutput { return Printer.shared.print(json: object) }
      text = String(decoding: object.serialized(.pretty), as: UTF8.self) + "\n"
    case .mermaid: text = drawing.mermaid
    case .dot: text = drawing.dot
    case .svg: text = drawing.svg()
    }
    guard target.isStandardOutput else { return try target.write(Array(text.utf8)) }
    // Control characters in it are made visible.
    Printer.shared.print("\(lines: text.hasSuffix("\n") ? String(text.dropLast()) : text)")
  }
}
