import ArgumentParser
import JSONCore
import NotebookExecution
import Pipelines
import Reports

/// The command `lyre pipeline validate`.
struct ValidatePipeline: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Validate pipelines.",
    discussion: """
      Prints one finding a line: errors, which prevent a run, then warnings. Paths are relative to \
      the pipeline's own folder, wherever the command runs. The exit code is 2 if there is an error.

      EXAMPLES
        lyre pipeline validate analysis.pipeline
        lyre pipeline validate *.pipeline --json
        lyre pipeline validate analysis.pipeline --for elyra
      """)

  @Argument(help: "The pipelines.") var pipelines: [String]

  @Flag(help: "Write JSON only.") var json = false

  @OptionGroup var target: PipelineTargetOptions

  @Option(help: "If a notebook's kernel is not installed: default (see lyre run) or never.")
  var kernelFallback: KernelFallback = .default

  @Flag(help: "Treat warnings as errors.") var strict = false

  func run() throws {
    var isValid = true
    var reports: [JSONValue] = []
    for path in pipelines {
      let findings: [Finding]
      do throws(ExitRequest) {
        let input = try PipelineInput(
          path, root: target.root, kernelFallback: kernelFallback)
        findings = PipelineValidation(for: target.target).findings(
          in: input.bytes, files: input.folder, locating: input.locating)
      } catch {
        isValid = false
        if json {
          reports.append(["path": .init(path), "valid": false, "readable": false, "findings": []])
        }
        continue
      }
      let isThis =
        !findings.hasErrors && !(strict && findings.contains { $0.severity == .warning })
      isValid = isValid && isThis
      if json {
        reports.append([
          "path": .init(path), "valid": .init(isThis), "readable": true,
          "findings": .array(findings.map { .object($0.json) }),
        ])
      } else {
        let count = findings.count { $0.severity == .error }
        let why =
          count > 0 ? Format.count(count, "error") : Format.count(findings.count, "warning")
        let summary: VisibleText = "\(path): \(isThis ? "valid" : "not valid: \(why)")"
        let lines = PipelineFindings.lines(findings) + [summary]
        Printer.shared.print(lines.joined(separator: "\n"))
      }
    }
    if json {
      let result = reports.count == 1 ? reports[0] : .array(reports)
      Printer.shared.print(json: result)
    }
    if !isValid { throw ExitRequest(code: .unusableInput) }
  }
}
