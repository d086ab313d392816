import Glibc
import JSONCore
import KernelClient
import NotebookDocument
import NotebookExecution
import RunRecord
import SystemSupport

/// The options of `lyre run`, checked; it creates the job for each notebook.
struct RunPlan: Sendable {
  let notebooks: [(argument: String, destination: Destination)]
  let kernelName: String?
  let kernelFallback: KernelFallback
  let workingDirectory: String?
  let existing: String?
  let kernelConfiguration: KernelConfiguration
  let selection: CellSelection?
  var runConfiguration: RunConfiguration
  let parameters: ParameterPlan
  let jobs: Int
  let progress: ProgressMode
  let keepsVersion: Bool
  let isQuiet: Bool
  let isVerbose: Bool
  /// Whether an option names the directory of the record.
  let namesRecord: Bool
  let events: EventLog?
  let report: OutputFile?
  /// The pages of the notebooks, in their order; nil if none are written.
  let pages: [OutputFile]?
  /// The record of runs; nil if runs are not recorded.
  let record: NotebookRuns?
  /// How notebooks are compared with their last good runs; nil if runs are not recorded.
  let reuse: ReusePlan?
  /// Whether standard output is used for a notebook, events or a report, and not for the output of
  /// cells.
  let standardOutputIsTaken: Bool
  let writesPapermillMetadata: Bool
  let hidesCode: Bool
  let preparesOnly: Bool
  /// The copies of remote files among the files above.
  let remote: RemoteFiles

  /// Checks the options.
  ///
  /// - Parameters:
  ///   - options: the options.
  ///   - test: what else is compared with earlier tests; nil for runs.
  ///   - others: other files that the command reads, and what they are.
  ///   - remote: the remote files among the options, those that are read already fetched.
  init(
    _ options: RunOptions, test: TestInputs? = nil,
    reading others: [(path: String, name: String)] = [], remote: RemoteFiles
  ) throws(UsageError) {
    self.remote = remote
    let inputs = NotebookInput.expand(options.notebooks)
    parameters = ParameterPlan(
      values: try ParameterSource.values(
        options.parameters,
        standardInputIsFree: !inputs.contains("-") && options.kernel.stdin != "inherit"),
      isStrict: options.parameters.strictParameters)
    var files = CommandFiles()
    for other in others { files.reads(other.path, as: other.name) }
    for path in options.parameters.parametersFile { files.reads(path, as: "the parameters") }
    if let path = options.kernel.existing { files.reads(path, as: "the connection file") }
    if !["none", "inherit"].contains(options.kernel.stdin) {
      files.reads(options.kernel.stdin, as: "the answers")
    }
    let destinations = try RunPlan.destinations(
      inputs, options.result, parameters.values, &files, remote)
    let eventsPlace = try options.reporting.files.events.map { (path) throws(UsageError) in
      let path = try remote.output(path, option: "--events")
      return try files.writes(path, option: "--events", replacing: .eventLogs)
    }
    let reportPlace = try options.reporting.files.report.map { (path) throws(UsageError) in
      let path = try remote.output(path, option: "--report")
      return try files.writes(path, option: "--report", replacing: .otherFiles)
    }
    let pagePlaces = try RunPlan.pages(
      inputs, options.reporting.html, option: "--html", parameters.values, &files, remote)
    if options.result.maxOutput != nil {
      if !remote.isEmpty {
        throw UsageError(
          message:
            "--max-output: the complete outputs go to files beside the result, and cannot go "
            + "to remote places")
      }
      for (input, destination) in zip(inputs, destinations) {
        let path = destination.isStandardOutput ? "notebook" : destination.path(for: input)
        if let path { try files.writesSpools(beside: path) }
      }
    }
    kernelName = options.kernel.kernel
    kernelFallback = options.kernel.kernelFallback
    existing = options.kernel.existing
    workingDirectory = options.kernel.cwd
    if let directory = workingDirectory, !FilePath.isDirectory(directory) {
      throw UsageError(message: "--cwd: there is no directory '\(directory)'")
    }
    if existing != nil, kernelName != nil {
      throw UsageError(
        message: "--existing and --kernel cannot be combined")
    }
    kernelConfiguration = KernelConfiguration(
      extraArguments: options.kernel.kernelArg, transport: options.kernel.transport,
      warmStarts: try options.kernel.warmStarts(count: inputs.count),
      encryption: options.kernel.encryption,
      startupTimeout: try TimeLimit.duration(options.limits.startupTimeout, "--startup-timeout")
        ?? .seconds(86_400),
      shutdownTimeout: try TimeLimit.duration(options.limits.shutdownTimeout, "--shutdown-timeout")
        ?? .seconds(86_400))

    var run = RunConfiguration()
    run.cellTimeout = try TimeLimit.duration(options.limits.timeout, "--timeout")
    run.totalTimeout = try TimeLimit.duration(options.limits.totalTimeout, "--total-timeout")
    run.onTimeout = options.limits.onTimeout
    run.allowsErrors = options.limits.allowErrors
    run.allowedErrors = Set(options.limits.allowError)
    run.forcesErrors = options.limits.forceRaiseErrors
    run.failsOnErrorOutputs = options.limits.strict
    run.outputLimit = try RunPlan.outputLimit(options.result.maxOutput)
    if !options.cells.skipTag.isEmpty { run.skippedTags = Set(options.cells.skipTag) }
    run.onlyTags = Set(options.cells.onlyTag)
    let selection = try options.cells.cells.map(CellSelection.init)
    if let selection { run.selection = { selection.contains($0) } }
    self.selection = selection
    run.keepsOldOutputs = options.result.keepOldOutputs
    run.saveInterval = try TimeLimit.duration(options.result.saveEvery, "--save-every")
    run.recordsTiming = options.result.recordTiming
    // Only for `--events`: it costs a quarter of our time for a small cell.
    run.measuresResources = options.reporting.files.events != nil
    run.input = try InputAnswers.provider(options.kernel.stdin, inputs: inputs)
    runConfiguration = run

    guard options.reporting.jobs > 0 else {
      throw UsageError(message: "--jobs must be at least 1")
    }
    jobs = min(options.reporting.jobs, inputs.count)
    progress = options.reporting.quiet ? .none : options.reporting.progress
    keepsVersion = options.result.keepVersion
    let directory =
      options.result.prepareOnly || !options.record.place.hasPlace
      ? nil : options.record.place.stateDirectory
    record = options.record.noRecord ? nil : directory.map { NotebookRuns(directory: $0) }
    // A test is not in the history, but the last test of a notebook that passed is kept.
    reuse = try ReusePlan(
      options, inputs: inputs, directory: options.record.noRecord && test == nil ? nil : directory,
      test: test)
    if options.reuse.cached, !remote.isEmpty {
      throw UsageError(message: "--cached: files in remote places are not compared; leave it out")
    }
    if options.reuse.cached, !destinations.allSatisfy(\.isKept) {
      throw UsageError(
        message:
          "--cached: a result on standard output or in a pipe is not kept; write it to a file")
    }
    namesRecord = options.record.place.directory != nil
    isQuiet = options.reporting.quiet
    isVerbose = options.reporting.verbose
    hidesCode = options.result.reportMode
    preparesOnly = options.result.prepareOnly
    writesPapermillMetadata = options.result.papermillMetadata
    standardOutputIsTaken =
      ([eventsPlace, reportPlace] + (pagePlaces ?? [])).contains { $0?.isStandardOutput ?? false }
      || destinations.contains { $0.isStandardOutput }

    // Only after all checks have succeeded, directories are created and files opened.
    if let directory = options.result.outputDir, !RemoteFiles.isRemote(directory) {
      try RunPlan.makeDirectory(directory)
    }
    notebooks = try zip(inputs, destinations).map { (input, destination) throws(UsageError) in
      (input, try destination.opened())
    }
    do throws(OutputRefusal) {
      report = try reportPlace.map { (place) throws(OutputRefusal) in try OutputFile(place) }
      pages = try pagePlaces?.map { (place) throws(OutputRefusal) in try OutputFile(place) }
      events = try eventsPlace.map { (place) throws(OutputRefusal) in try EventLog(place) }
    } catch {
      throw UsageError(message: "\(error)")
    }
  }

  /// The value of `--max-output`: bytes, with k, M or G for decimal multiples.
  private static func outputLimit(_ text: String?) throws(UsageError) -> OutputLimit? {
    guard let text else { return nil }
    let units = ["k": 1000, "K": 1000, "M": 1_000_000, "G": 1_000_000_000]
    let unit = text.last.flatMap { units[String($0)] }
    guard let number = Int(unit == nil ? text : String(text.dropLast())), number >= 0,
      case let (bytes, overflow) = number.multipliedReportingOverflow(by: unit ?? 1), !overflow
    else {
      throw UsageError(message: "--max-output: expected bytes, such as 2000, 64k or 10M")
    }
    return OutputLimit(bytes: bytes, stem: nil)
  }

  private static func makeDirectory(_ path: String) throws(UsageError) {
    do throws(SystemError) {
      try FilePath.makeDirectories(path)
    } catch {
      throw UsageError(message: "--output-dir: '\(path)' cannot be made: \(error)")
    }
  }
}
