import Glibc
import JSONCore
import KernelClient
import NotebookDocument
import NotebookExecution

/// Options that do not go together, or make no sense.
struct UsageError: Error {
  var message: String
}

/// What `lyre run` was asked for, checked: options go in, and each notebook's job comes out.
struct RunPlan: Sendable {
  /// Where a result goes.
  enum Destination: Sendable {
    case inPlace
    case file(String)
    case standardOutput
    case nowhere
  }

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
  let eventsPath: String?
  let reportPath: String?
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
    notebooks = try RunPlan.destinations(inputs, command.result, parameters.values)
    kernelName = command.kernel.kernel
    kernelFallback = command.kernel.kernelFallback
    existing = command.kernel.existing
    workingDirectory = command.kernel.cwd
    if let directory = workingDirectory, !RunPlan.isDirectory(directory) {
      throw UsageError(message: "--cwd: there is no directory '\(directory)'")
    }
    if existing != nil, kernelName != nil {
      throw UsageError(
        message: "--existing uses a kernel that runs already; leave out --kernel")
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
      throw UsageError(message: "--jobs: expected a number from 1 on")
    }
    jobs = min(command.telling.jobs, notebooks.count)
    progress = command.telling.quiet ? .none : command.telling.progress
    keepsVersion = command.result.keepVersion
    isQuiet = command.telling.quiet
    isVerbose = command.telling.verbose
    eventsPath = command.telling.events
    reportPath = command.telling.report
    hidesCode = command.result.reportMode
    preparesOnly = command.result.prepareOnly
    writesPapermillMetadata = command.result.papermillMetadata
    if eventsPath == "-", notebooks.contains(where: { $0.destination.isStandardOutput }) {
      throw UsageError(message: "--events - and a notebook cannot both go to standard output")
    }
  }

  private static func destinations(
    _ inputs: [String], _ options: ResultOptions, _ parameters: JSONObject
  ) throws(UsageError) -> [(argument: String, destination: Destination)] {
    let choices = [options.output != nil, options.outputDir != nil, options.noSave]
    guard choices.filter(\.self).count <= 1 else {
      throw UsageError(message: "use only one of --output, --output-dir and --no-save")
    }
    guard inputs.filter({ $0 == "-" }).count <= 1 else {
      throw UsageError(message: "standard input can be read only once")
    }
    let output = options.output.map(OutputTemplate.init)
    if let output, inputs.count > 1, !output.hasName {
      throw UsageError(
        message: "--output: with several notebooks it needs {name} in it, as in out/{name}.ipynb")
    }
    if options.output == nil, options.outputDir == nil, !options.noSave {
      try refusePapermillOutput(inputs)
    }
    if let directory = options.outputDir { try makeDirectory(directory) }
    let today = OutputTemplate.today
    return try inputs.map { (input) throws(UsageError) in
      if options.noSave { return (input, .nowhere) }
      if let directory = options.outputDir {
        return (input, .file("\(directory)/\(stem(input)).ipynb"))
      }
      if let output {
        if output.text == "-" { return (input, .standardOutput) }
        let path = try output.path(name: stem(input), parameters: parameters, date: today)
        try requireDirectory(of: path)
        return (input, .file(path))
      }
      return (input, input == "-" ? .standardOutput : .inPlace)
    }
  }

  /// The name of a notebook without directory and suffix.
  private static func stem(_ path: String) -> String {
    if path == "-" { return "notebook" }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return name.hasSuffix(".ipynb") ? String(name.dropLast(6)) : name
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

  /// Nobody should learn only after hours of a run that its result has no place.
  private static func requireDirectory(of path: String) throws(UsageError) {
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
    let directory = String(path[..<slash])
    guard isDirectory(directory) else {
      throw UsageError(
        message: "--output: there is no directory '\(directory)'; --output-dir makes one")
    }
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

extension RunPlan.Destination {
  var isStandardOutput: Bool {
    if case .standardOutput = self { true } else { false }
  }

  /// The file that the result of a notebook goes to; nil when it goes to none.
  func path(for argument: String) -> String? {
    switch self {
    case .inPlace: argument
    case .file(let path): path
    case .standardOutput, .nowhere: nil
    }
  }
}
