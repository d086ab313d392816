import ArgumentParser
import JSONCore
import NotebookDocument
import NotebookExecution
import Pipelines
import Reports
import SystemSupport

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

  @Option(help: "Write a JUnit report, one case a finding that counts as an error.")
  var report: String?

  /// The file for the report.
  private func reportFile() throws(UsageError) -> OutputFile? {
    guard let report else { return nil }
    var files = CommandFiles()
    for path in pipelines { files.reads(path, as: "the pipeline") }
    let place = try files.writes(report, option: "--report", replacing: .otherFiles)
    guard !place.isStandardOutput || !json else {
      throw UsageError(message: "--json and --report - cannot both go to standard output")
    }
    do throws(OutputRefusal) {
      return try OutputFile(place)
    } catch {
      throw UsageError(message: "--report: \(error)")
    }
  }

  func run() throws {
    let file = try UsageError.reported { () throws(UsageError) in try reportFile() }
    let junit = JUnitReport()
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
        junit.add(pipeline: path, failures: [error.message ?? "cannot be read"])
        if json {
          reports.append(["path": .init(path), "valid": false, "readable": false, "findings": []])
        }
        continue
      }
      let counted = findings.filter { $0.severity == .error || strict && $0.severity == .warning }
      let isThis = counted.isEmpty
      isValid = isValid && isThis
      junit.add(pipeline: path, failures: counted.map(\.description))
      if json {
        reports.append([
          "path": .init(path), "valid": .init(isThis), "readable": true,
          "findings": .array(findings.map { .object($0.json) }),
        ])
      } else {
        let count = findings.count { $0.severity == .error }
        let why =
          count > 0 ? Format.count(count, "error") : Format.count(counted.count, "warning")
        let summary: VisibleText = "\(path): \(isThis ? "valid" : "not valid: \(why)")"
        let lines = PipelineFindings.lines(findings) + [summary]
        if file?.place.isStandardOutput ?? false {
          for line in lines { Printer.shared.log(line) }
        } else {
          Printer.shared.print(lines.joined(separator: "\n"))
        }
      }
    }
    if json {
      let result = reports.count == 1 ? reports[0] : .array(reports)
      Printer.shared.print(json: result)
    }
    if let failure = file?.writeReport(junit.text) {
      Printer.shared.log("error: \(failure)")
      throw ExitRequest(code: .notWritten)
    }
    if !isValid { throw ExitRequest(code: .unusableInput) }
  }
}
