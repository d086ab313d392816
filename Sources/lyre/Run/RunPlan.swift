import Glibc
import JSONCore
import KernelClient
import NotebookDocument
import NotebookExecution
import SystemSupport

/// Options that do not go together, or make no sense.
struct UsageError: Error {
  var message: String
}

/// What `lyre run` was asked for, checked: options go in, and each notebook's job comes out.
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
  let events: EventLog?
  let report: OutputFile?
  /// Whether standard output is for a notebook, events or a report, and has no room for what cells
  /// print.
  let standardOutputIsTaken: Bool
  let writesPapermillMetadata: Bool
  let hidesCode: Bool
  let preparesOnly: Bool

  init(_ command: RunCommand) throws(UsageError) {
    let inputs = NotebookInput.expand(command.notebooks)
    parameters = ParameterPlan(
      values: try ParameterSource.values(
        command.parameters,
        standardInputIsFree: !inputs.contains("-") && command.kernel.stdin != "inherit"),
      isStrict: command.parameters.strictParameters)
    var files = CommandFiles()
    for path in command.parameters.parametersFile { files.reads(path, as: "the parameters") }
    if let path = command.kernel.existing { files.reads(path, as: "the connection file") }
    if !["none", "inherit"].contains(command.kernel.stdin) {
      files.reads(command.kernel.stdin, as: "the answers")
    }
    let destinations = try RunPlan.destinations(
      inputs, command.result, parameters.values, &files)
    let eventsPlace = try command.telling.events.map { (path) throws(UsageError) in
      try files.writes(path, option: "--events", replacing: .eventLogs)
    }
    let reportPlace = try command.telling.report.map { (path) throws(UsageError) in
      try files.writes(path, option: "--report", replacing: .otherFiles)
    }
    kernelName = command.kernel.kernel
    kernelFallback = command.kernel.kernelFallback
    existing = command.kernel.existing
    workingDirectory = command.kernel.cwd
    if let directory = workingDirectory, !RunPlan.isDirectory(directory) {
      throw UsageError(message: "--cwd: there is no directory '\(directory)'")
    }
    if existing != nil, kernelName != nil {
      throw UsageError(
        message: "--existing and --kernel cannot be combined")
    }
    kernelConfiguration = KernelConfiguration(
      extraArguments: command.kernel.kernelArg, transport: command.kernel.transport,
      warmStarts: try command.kernel.warmStarts(count: inputs.count),
      encryption: command.kernel.encryption,
      startupTimeout: try RunPlan.limit(command.limits.startupTimeout, "--startup-timeout")
        ?? .seconds(86_400),
      shutdownTimeout: try RunPlan.limit(command.limits.shutdownTimeout, "--shutdown-timeout")
        ?? .seconds(86_400))

    var run = RunConfiguration()
    run.cellTimeout = try RunPlan.limit(command.limits.timeout, "--timeout")
    run.totalTimeout = try RunPlan.limit(command.limits.totalTimeout, "--total-timeout")
    run.onTimeout = command.limits.onTimeout
    run.allowsErrors = command.limits.allowErrors
    run.allowedErrors = Set(command.limits.allowError)
    run.allowsNoErrors = command.limits.forceRaiseErrors
    run.failsOnErrorOutputs = command.limits.strict
    run.outputLimit = try RunPlan.outputLimit(command.result.maxOutput)
    if !command.cells.skipTag.isEmpty { run.skippedTags = Set(command.cells.skipTag) }
    run.onlyTags = Set(command.cells.onlyTag)
    let selection = try command.cells.cells.map(CellSelection.init)
    if let selection { run.selection = { selection.contains($0) } }
    self.selection = selection
    run.keepsOldOutputs = command.result.keepOldOutputs
    run.saveInterval = try RunPlan.limit(command.result.saveEvery, "--save-every")
    run.recordsTiming = command.result.recordTiming
    // Only the event log tells it, and it costs a quarter of what a small cell costs us.
    run.measuresResources = command.telling.events != nil
    run.input = try InputAnswers.provider(command.kernel.stdin, inputs: inputs)
    runConfiguration = run

    guard command.telling.jobs > 0 else {
      throw UsageError(message: "--jobs must be at least 1")
    }
    jobs = min(command.telling.jobs, inputs.count)
    progress = command.telling.quiet ? .none : command.telling.progress
    keepsVersion = command.result.keepVersion
    isQuiet = command.telling.quiet
    isVerbose = command.telling.verbose
    hidesCode = command.result.reportMode
    preparesOnly = command.result.prepareOnly
    writesPapermillMetadata = command.result.papermillMetadata
    standardOutputIsTaken =
      [eventsPlace, reportPlace].contains { $0?.isStandardOutput ?? false }
      || destinations.contains { $0.isStandardOutput }

    // All is well: what is needed is made and opened, and nothing before.
    if let directory = command.result.outputDir { try RunPlan.makeDirectory(directory) }
    notebooks = try zip(inputs, destinations).map { (input, destination) throws(UsageError) in
      (input, try destination.opened())
    }
    do throws(OutputRefusal) {
      report = try reportPlace.map { (place) throws(OutputRefusal) in try OutputFile(place) }
      events = try eventsPlace.map { (place) throws(OutputRefusal) in try EventLog(place) }
    } catch {
      throw UsageError(message: "\(error)")
    }
  }

  private static func limit(_ seconds: Double?, _ option: String) throws(UsageError) -> Duration? {
    guard let seconds else { return nil }
    guard seconds >= 0, seconds < 1e9 else {
      throw UsageError(message: "\(option): expected a number of seconds, 0 for no limit")
    }
    return seconds == 0 ? nil : .seconds(seconds)
  }

  /// The value of `--max-output`: bytes, with k, M or G for thousands of them.
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

  private static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func makeDirectory(_ path: String) throws(UsageError) {
    var partial = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      partial += (partial.isEmpty || partial.hasSuffix("/") ? "" : "/") + part
      mkdir(partial, 0o777)
    }
    if !isDirectory(path) {
      throw UsageError(
        message: "--output-dir: '\(path)' cannot be made: \(String(cString: strerror(errno)))")
    }
  }
}
