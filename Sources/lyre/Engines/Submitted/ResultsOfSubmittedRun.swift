import ArgumentParser
import JSONCore
import RemoteEngines
import Reports
import SystemSupport

/// The command `lyre pipeline results`.
struct ResultsOfSubmittedRun: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "results",
    abstract: "List or fetch the files of a run on Kubeflow Pipelines, Airflow or Slurm.",
    discussion: """
      Lists the executed notebooks, their pages and the outputs of the nodes. With --to, they go to a \
      directory; existing files there are not replaced unless they are the same. With \
      --into-notebooks, the results go into the pipeline's own notebooks, unless they have been \
      changed since they were submitted. Nodes on Slurm write outputs and notebooks where they belong, \
      unless they exchange files through --storage; the files of such a run are also the executed \
      notebooks with their parameters, and the logs.

      EXAMPLES
        lyre pipeline results last
        lyre pipeline results 3 --to results
        lyre pipeline results 3 --to . --replace --into-notebooks
        lyre pipeline results 3 --into-notebooks

      EXIT CODES
        0 done   2 no such run, the bucket cannot be read, or a notebook is being run
        6 something was not written
      """)

  @OptionGroup var subject: SubmittedRunArguments

  @Option(
    help: ArgumentHelp("Write the files to this directory.", valueName: "dir"),
    completion: .directory)
  var to: String?

  @Flag(help: "With --to, replace existing files.") var replace = false

  @Flag(help: "Put the results into the pipeline's notebooks.") var intoNotebooks = false

  @Flag(help: "Write the list as JSON.") var json = false

  func validate() throws {
    if json, to != nil || intoNotebooks {
      throw ValidationError(
        "--json lists the files and cannot be combined with --to or --into-notebooks")
    }
    if replace, to == nil { throw ValidationError("--replace needs --to") }
  }

  func run() async throws {
    let run = try SubmittedRun(subject)
    let submission = try run.remembered()
    if submission.isOnSlurm, submission.bucket == nil {
      if intoNotebooks {
        Printer.shared.log("nodes on Slurm write their results into the notebooks themselves")
      }
      return try await finish(run, RunFolder(submission))
    }
    guard let store = try await run.storage() else {
      throw EngineFailure.report(
        EngineError(.missing, "run \(run.name) keeps no files in a bucket: it has components only"))
    }
    let bucket = RunBucket(store, submission)
    if intoNotebooks { try await RunNotebooks(bucket, submission).write() }
    if submission.isOnSlurm {
      try await finish(run, StoredRunFiles(bucket, store, submission))
    } else {
      try await finish(run, bucket)
    }
  }

  private func finish(_ run: SubmittedRun, _ files: some RunFiles) async throws(ExitRequest) {
    if to == nil, intoNotebooks { return }
    let list = try await files.list()
    if let to { try await fetch(list, files, to) } else { show(list, run) }
  }

  private func show(_ files: [RunFile], _ run: SubmittedRun) {
    if json {
      return Printer.shared.print(
        json: .array(files.map { ["name": .init($0.name), "bytes": .init($0.size)] }))
    }
    if files.isEmpty { return Printer.shared.log("run \(run.name) has left no files yet") }
    Printer.shared.print(
      files.map { "\($0.name)  \(Format.bytes(Int64($0.size)))" as VisibleText }
        .joined(separator: "\n"))
  }

  private func fetch(_ files: [RunFile], _ source: some RunFiles, _ folder: String)
    async throws(ExitRequest)
  {
    var code = ExitCode.success
    for file in files {
      guard let path = file.path(below: folder) else {
        Printer.shared.log(
          "\("error:", .red) '\(file.name)' is not a path below a folder; left out")
        code = .notWritten
        continue
      }
      do throws(SystemError) {
        try FilePath.makeDirectories(FilePath.parts(path).directory)
      } catch {
        throw EngineFailure.report(
          EngineError(.file, "the folder for '\(path)' cannot be made: \(error)"))
      }
      if FilePath.exists(path), !replace {
        if try await source.isSame(file, as: path) { continue }
        Printer.shared.log(
          "\("error:", .red) '\(path)' already exists with other content; use --replace, or another "
            + "directory")
        code = .notWritten
        continue
      }
      try await source.fetch(file, to: path)
      Printer.shared.print("\(path)")
    }
    try code.end()
  }
}
