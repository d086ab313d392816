import ArgumentParser
import NotebookDocument
import Pipelines

/// The command `lyre pipeline migrate`.
struct MigratePipeline: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate",
    abstract: "Upgrade pipelines to the newest format version.",
    discussion: """
      Upgrades files as Elyra's editor does when it opens them, but without losing data, and \
      writes them in place. Unchanged parts keep their bytes; files of the newest version are not \
      touched. With --check, nothing is written, and the exit code is 1 if a file would change.

      EXAMPLES
        lyre pipeline migrate old.pipeline
        lyre pipeline migrate --check pipelines/*.pipeline
        lyre pipeline migrate old.pipeline -o new.pipeline
      """)

  @Argument(help: "The pipelines.", completion: Completions.pipelines) var pipelines: [String]

  @Flag(help: "Write nothing; list files of an older version.") var check = false

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write to this file instead; `-` is standard output.", valueName: "path"))
  var output: String?

  func validate() throws {
    if output != nil, pipelines.count > 1 {
      throw ValidationError("--output takes one pipeline; there are \(pipelines.count)")
    }
  }

  func run() throws {
    try ExitCode.worst(pipelines.map(migrate)).end()
  }

  private func migrate(_ path: String) -> ExitCode {
    let input: PipelineInput
    var document: PipelineDocument
    do throws(ExitRequest) {
      input = try PipelineInput(path)
      document = try input.document()
    } catch {
      return error.code
    }
    document.migrate(name: input.name)
    let other: CommandOutput?
    do throws(ExitRequest) {
      other = try (check ? nil : output).map { (output) throws(ExitRequest) in
        try CommandOutput(output, option: "--output", replacing: .pipelines, reading: [])
      }
    } catch {
      return error.code
    }
    let isCurrent = !document.isChanged
    let old: String? =
      document.version < PipelineDocument.currentVersion
      ? "version \(document.versionText)" : document.statesVersion ? nil : "no version"
    if check {
      if isCurrent { return .success }
      Printer.shared.log(
        old.map { "\(path): \($0), not 8" } ?? "\(path): not in the form of version 8")
      return .cellFailed
    }
    if let other, other.isStandardOutput {
      Printer.shared.result(document.serialized())
      return .success
    }
    let target = output ?? path
    if isCurrent, output == nil {
      Printer.shared.log("\(path): already has version 8")
      return .success
    }
    do throws(NotebookError) {
      if let other {
        do throws(ExitRequest) {
          try other.write(document.serialized())
        } catch {
          return error.code
        }
      } else {
        try NotebookFile(target).write(document.serialized())
      }
    } catch {
      Printer.shared.log("\(error)")
      return .notWritten
    }
    if isCurrent {
      Printer.shared.log("\(target): written; it already had version 8")
    } else {
      Printer.shared.log(
        old.map { "\(target): \($0) → 8" } ?? "\(target): repaired; it already had version 8")
    }
    return .success
  }
}
