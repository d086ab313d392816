import ArgumentParser
import JSONCore
import NotebookExecution
import Pipelines

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

/// What a pipeline is looked at for.
struct PipelineTargetOptions: ParsableArguments {
  @Option(
    name: .customLong("for"),
    help: "Validate for: local (Lyre), elyra (Elyra on this machine) or cluster.")
  var what: Target = .local

  @Option(
    name: .customLong("runtime-config"),
    help: ArgumentHelp(
      "The same as --for cluster; for compatibility with elyra-pipeline.",
      valueName: "name"))
  var runtimeConfiguration: String?

  @Option(
    help: ArgumentHelp(
      "The project's folder; no path may leave it. (default: git's work tree)",
      valueName: "dir"))
  var root: String?

  enum Target: String, ExpressibleByArgument, CaseIterable {
    case local, elyra, cluster
  }

  var target: PipelineTarget {
    if let runtimeConfiguration, runtimeConfiguration != "local" { return .cluster }
    switch what {
    case .local: return .local
    case .elyra: return .elyra
    case .cluster: return .cluster
    }
  }
}

/// Findings as people read them.
enum PipelineFindings {
  /// A line for each, and its remedy below.
  static func lines(_ findings: [Finding]) -> [VisibleText] {
    findings.map { finding -> VisibleText in
      let style: Terminal.Style
      switch finding.severity {
      case .error: style = .red
      case .warning: style = .yellow
      case .information: style = .dim
      }
      let word = finding.severity == .information ? "note" : finding.severity.rawValue
      var line: VisibleText = "\(word, style): "
      if let node = finding.node { line += "\(node): " }
      if let property = finding.property { line += "\(property): " }
      line += "\(finding.message)"
      if !finding.remedy.isEmpty { line += "\n    \(finding.remedy, .dim)" }
      return line
    }
  }
}
