import ArgumentParser
import Glibc
import NotebookExecution
import ObjectStorage

/// The command `lyre run`.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run notebooks and write the outputs into them.",
    discussion: """
      Lyre writes outputs into each notebook while it runs and changes nothing else in the file. \
      What cells print also goes to standard output and standard error; Lyre's own messages go \
      to standard error.

      EXAMPLES
        lyre run analysis.ipynb
        lyre run analysis.ipynb -o result.ipynb --timeout 600
        lyre run notebooks/*.ipynb -j 2 --report tests.xml
        lyre run analysis.ipynb --html analysis.html
        lyre run - < analysis.ipynb > result.ipynb
        lyre run sales.ipynb -p region north -p year 2026 -o sales-{region}.ipynb
        lyre run sales.ipynb -f all.yaml -y 'limits: [1, 2.5]' --strict-parameters
        lyre run s3://in/sales.ipynb -o s3://out/sales.ipynb

      EXIT CODES
        0 all ran   1 a cell failed   2 unusable input   3 time limit
        4 the kernel died   5 no such kernel, or it did not start   6 not written
        129/130/131/143 stopped by a signal
      """)

  @Argument(
    help: """
      Notebooks or glob patterns; `-` reads standard input and writes standard output. \
      s3://BUCKET/KEY is an object, also as parameters, result and report; http(s):// can be read.
      """,
    completion: Completions.notebooks)
  var notebooks: [String]

  @OptionGroup(title: "Parameters") var parameters: ParameterOptions
  @OptionGroup(title: "Result") var result: ResultOptions
  @OptionGroup(title: "Kernel") var kernel: KernelOptions
  @OptionGroup(title: "Limits and errors") var limits: LimitOptions
  @OptionGroup(title: "Cells") var cells: CellOptions
  @OptionGroup(title: "Unchanged notebooks") var reuse: ReuseOptions
  @OptionGroup(title: "Output and reports") var reporting: ReportingOptions
  @OptionGroup(title: "Object storage (s3://)") var storage: ObjectStorageOptions
  @OptionGroup(title: "Record of runs") var record: RunRecordOptions

  private var options: RunOptions {
    RunOptions(
      notebooks: notebooks, parameters: parameters, result: result, kernel: kernel, limits: limits,
      cells: cells, reuse: reuse, reporting: reporting, storage: storage, record: record)
  }

  func run() async throws {
    let remote = RemoteFiles(storage)
    defer { remote.remove() }
    let options = try await RunCommand.fetched(self.options, remote)
    let plan = try UsageError.reported { () throws(UsageError) in
      do throws(UsageError) {
        return try RunPlan(options, remote: remote)
      } catch {
        throw UsageError(message: remote.spoken(error.message))
      }
    }
    guard !remote.isEmpty else { return try await plan.run().end() }
    try await RunCommand.reported {
      try await remote.checkBuckets(creating: options.storage.s3CreateBucket)
    }
    let interval = plan.runConfiguration.saveInterval.map { max($0, .seconds(2)) }
    try await remote.storing(every: interval) { await plan.run() }.end()
  }

  /// The options with copies in place of the remote files that are read.
  private static func fetched(_ options: RunOptions, _ remote: RemoteFiles) async throws
    -> RunOptions
  {
    let files = options.notebooks + options.parameters.parametersFile
    guard files.contains(where: RemoteFiles.isRemote) else { return options }
    // The program may be stopped while it waits for a server.
    Signals.handle { signal in
      remote.remove()
      _exit(128 + signal)
    }
    var options = options
    options.notebooks = try await fetched(options.notebooks, "the notebook", remote)
    options.parameters.parametersFile = try await fetched(
      options.parameters.parametersFile, "-f", remote)
    return options
  }

  private static func fetched(_ files: [String], _ option: String, _ remote: RemoteFiles)
    async throws -> [String]
  {
    var paths: [String] = []
    for file in files {
      paths.append(try await reported { try await remote.input(file, option: option) })
    }
    return paths
  }

  /// Runs a function that reaches for remote files, and reports its errors.
  private static func reported<R>(_ body: () async throws -> R) async throws -> R {
    do {
      return try await body()
    } catch let error as UsageError {
      throw ValidationError(error.message)
    } catch let error as ObjectStorageError {
      Printer.shared.log("error: \("\(error)")")
      throw ExitRequest(code: .unusableInput)
    }
  }
}
