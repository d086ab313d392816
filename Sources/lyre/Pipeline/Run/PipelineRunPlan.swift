import Glibc
import JSONCore
import KernelLauncher
import PipelineExecution
import Pipelines
import RunRecord
import SystemSupport

/// The options of `lyre pipeline run`, checked.
struct PipelineRunPlan {
  let path: String
  let root: String?
  let configuration: PipelineConfiguration
  /// The directory for executed notebooks; nil for results in place.
  let outputDirectory: String?
  /// The files with parameters.
  let parametersFiles: [String]
  let stateDirectory: String
  /// Whether the record of earlier runs is required.
  var needsHistory: Bool { configuration.reuse != .nothing }
  let isStrict: Bool
  /// The object storage through which files of nodes elsewhere go; nil for none.
  let storage: PipelineStorage?
  let reporting: PipelineReporting

  init(_ options: PipelineRunOptions) throws(UsageError) {
    if options.work.detach { try PipelineRunPlan.checkDetachment(options) }
    path = options.pipeline
    root = options.work.root
    var configuration = PipelineConfiguration(environment: JupyterPaths().environment)
    let cores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    configuration.jobs = options.work.jobs ?? cores
    guard configuration.jobs > 0 else {
      throw UsageError(message: "--jobs must be at least 1")
    }
    guard !(options.work.keepGoing && options.work.failFast) else {
      throw UsageError(message: "use only one of --keep-going and --fail-fast")
    }
    configuration.keepsGoing = options.work.keepGoing
    configuration.keepsOldOutputs = options.work.keepOldOutputs
    outputDirectory = options.work.outputDir
    configuration.selection = NodeSelection(
      only: options.work.only, from: options.work.from, until: options.work.until)
    guard !(options.work.cached && options.work.resume) else {
      throw UsageError(
        message: "use only one of --cached and --resume; --cached also skips finished nodes")
    }
    if options.work.cached { configuration.reuse = .unchanged }
    if options.work.resume { configuration.reuse = .lastRun }
    configuration.parameters = try ParameterSource.values(
      options.parameters, standardInputIsFree: true)
    isStrict = options.parameters.strictParameters
    parametersFiles = options.parameters.parametersFile
    configuration.timeout = try TimeLimit.duration(options.limits.timeout, "--timeout")
    guard options.limits.retries >= 0 else {
      throw UsageError(message: "--retries must be at least 0")
    }
    configuration.retries = options.limits.retries
    configuration.kernelFallback = options.limits.kernelFallback
    configuration.startupTimeout =
      try TimeLimit.duration(options.limits.startupTimeout, "--startup-timeout")
      ?? .seconds(86_400)
    if let python = options.work.python, access(python, X_OK) != 0 {
      throw UsageError(message: "--python: '\(python)' cannot be run")
    }
    configuration.python = options.work.python
    configuration.places = try options.places.places()
    storage = try options.places.storage.map { (text) throws(UsageError) in
      try PipelineStorage(text, options.objects)
    }
    self.configuration = configuration
    stateDirectory = options.record.stateDirectory
    var files = CommandFiles()
    files.reads(path, as: "the pipeline")
    for path in options.parameters.parametersFile { files.reads(path, as: "the parameters") }
    reporting = try PipelineReporting(options.reporting, &files)
  }

  init(_ options: PipelineStatusOptions) throws(UsageError) {
    path = options.pipeline
    root = options.root
    var configuration = PipelineConfiguration(environment: JupyterPaths().environment)
    configuration.reuse = .unchanged
    configuration.parameters = try ParameterSource.values(
      options.parameters, standardInputIsFree: true)
    isStrict = options.parameters.strictParameters
    configuration.python = options.python
    configuration.kernelFallback = options.kernelFallback
    configuration.places = try options.places.places()
    self.configuration = configuration
    stateDirectory = options.record.stateDirectory
    reporting = PipelineReporting(json: options.json)
    storage = nil
    outputDirectory = nil
    parametersFiles = options.parameters.parametersFile
  }

  // MARK: Running

  /// A pipeline that can be run.
  struct Ready {
    let input: PipelineInput
    let pipeline: Pipeline
    let graph: PipelineGraph
    /// The output paths of the nodes' notebooks, by the nodes' places.
    let destinations: [Int: String]
  }

  /// Whether the pipeline can be run.
  enum Readiness {
    case ready(Ready)
    /// Why not was reported; has the exit code.
    case refused(ExitCode)
  }

  /// Reads and checks the pipeline.
  func readiness() -> Readiness {
    let input: PipelineInput
    let document: PipelineDocument
    do throws(ExitRequest) {
      input = try PipelineInput(path, root: root, kernelFallback: configuration.kernelFallback)
      document = try input.document()
    } catch {
      return .refused(refuse([error.message ?? "cannot be read"], error.code))
    }
    let pipeline = document.pipeline
    let graph: PipelineGraph
    switch validity(of: document, pipeline, input) {
    case .valid(let valid): graph = valid
    case .refused(let reasons):
      return .refused(refuse(reasons, nodes: pipeline, .unusableInput))
    }
    do throws(UsageError) {
      return .ready(
        Ready(
          input: input, pipeline: pipeline, graph: graph,
          destinations: try self.destinations(pipeline, graph, input)))
    } catch {
      return .refused(fail(error.message, .unusableInput))
    }
  }

  /// The absolute path of the pipeline's file.
  var file: String { PipelinePath.joined(FilePath.currentDirectory, path) }

  /// Runs the pipeline, and returns the exit code.
  func run() async throws -> ExitCode {
    let ready: Ready
    switch readiness() {
    case .ready(let found): ready = found
    case .refused(let code): return code
    }
    let (input, pipeline, graph) = (ready.input, ready.pipeline, ready.graph)
    let lock: PipelineLock?
    do throws(HistoryError) {
      lock = try PipelineLock.take(file)
    } catch {
      return refuse(told: "\(path): \(error)", nodes: pipeline)
    }
    // The reports of the other run may have the same names.
    guard let lock else { return fail(isRunning, .unusableInput) }
    defer { withExtendedLifetime(lock) {} }
    if let reason = await activeHandover() { return fail("\(path): \(reason)", .unusableInput) }
    let history: PipelineHistory?
    var recordLock: PipelineLock?
    defer { withExtendedLifetime(recordLock) {} }
    do throws(HistoryError) {
      let record = try PipelineHistory(directory: stateDirectory)
      recordLock = try record.takeLock(of: PipelineRunner.identity(of: file))
      if recordLock == nil { return fail(isRunning, .unusableInput) }
      history = record
    } catch {
      if needsHistory { return refuse(told: "\(error)", nodes: pipeline) }
      reporting.warn("\(error); this run is not recorded")
      history = nil
    }
    do throws(UsageError) {
      try ResultPlaces.makeDirectories(of: ready.destinations)
    } catch {
      return refuse(told: error.message, nodes: pipeline)
    }
    var configuration = self.configuration(for: graph, input)
    configuration.destinations = ready.destinations
    configuration.subject.pipeline = path
    do throws(UsageError) {
      configuration.storage = try await storage?.open(for: graph, configuration, name: input.name)
    } catch {
      return refuse(told: error.message, nodes: pipeline)
    }
    let reporter: PipelineReporter
    do throws(OutputRefusal) {
      reporter = try PipelineReporter(reporting, pipeline, graph, input, configuration, history)
    } catch {
      return fail("\(error)", .unusableInput)
    }
    let control = PipelineControl()
    Signals.handle { signal in
      Stopping.ask()
      control.stop(signal: signal)
    }
    let runner = PipelineRunner(
      pipeline, graph, name: input.name, file: file, configuration: configuration,
      history: history, control: control, keepUnrecorded: { reporter.keep($1, of: $0) },
      report: { reporter.report($0) })
    do {
      let result = try await runner.run()
      return reporter.finish(result)
    } catch {
      let message = "\(path): \(error)"
      return reporter.abandon(
        PipelineRefusal(
          path: path, reasons: [message], nodes: pipeline.executableNodes.map(\.label),
          code: fail(message, .unusableInput)))
    }
  }

  /// What is said if the lock of the pipeline is taken.
  var isRunning: String {
    "\(path): another run of this pipeline is still running; wait until it has ended"
  }

  /// Reports a pipeline that is not run to programs, after the user was told.
  private func refuse(_ reasons: [String], nodes pipeline: Pipeline? = nil, _ code: ExitCode)
    -> ExitCode
  {
    let nodes = pipeline?.executableNodes.map(\.label) ?? []
    return PipelineRefusal(path: path, reasons: reasons, nodes: nodes, code: code)
      .write(reporting)
  }

  /// Reports a pipeline that is not run to the user and to programs.
  func refuse(told message: String, nodes pipeline: Pipeline) -> ExitCode {
    refuse([message], nodes: pipeline, fail(message, .unusableInput))
  }

  func fail(_ message: String, _ code: ExitCode) -> ExitCode {
    Printer.shared.log("\("error:", .red) \(message)")
    return code
  }
}
