import ArgumentParser
import NotebookComparison
import NotebookDocument
import Reports
import RunEvents
import Synchronization
import SystemSupport

/// The options of `lyre test`, checked: a run of notebooks that are not changed, and how to judge
/// it.
struct TestPlan {
  private let plan: RunPlan
  private let settings: TestSettings
  private let isVerbose: Bool
  private let failsFast: Bool

  init(_ options: TestOptions) throws(UsageError) {
    let choices = options.comparison
    try TestPlan.check(choices, isCached: options.reuse.cached)
    var masks: [[UInt8]] = []
    for path in choices.mask { masks.append(try TestPlan.content(path)) }
    let comparison = try TestPlan.comparison(choices, masks)
    var run = try TestPlan.defaults()
    run.notebooks = try NotebookSearch.notebooks(options.paths)
    run.kernel = options.kernel
    run.limits = options.limits
    run.reuse = options.reuse
    run.reporting.jobs = options.reporting.jobs
    run.reporting.files = options.reporting.files
    // Results are written at the end, if at all.
    let stored: StoredOutputs =
      choices.overwrite ? .all : choices.update ? .differing : .none
    run.result.noSave = stored == .none
    run.result.saveEvery = 0
    run.result.recordTiming = false
    // A test is no run of the notebook that its history should show.
    run.record.noRecord = true
    run.record.place = options.record
    plan = try RunPlan(
      run, test: TestInputs(comparison, choices, masks: masks),
      reading: choices.mask.map { ($0, "the masks") }, remote: RemoteFiles(run.storage))
    settings = TestSettings(
      comparison: comparison, stored: stored, kernel: plan.kernelName,
      isQuiet: options.reporting.quiet, progress: options.reporting.progress, events: plan.events,
      junit: plan.report.map { _ in JUnitReport() })
    isVerbose = options.reporting.verbose
    failsFast = options.reporting.failFast
  }

  private static func check(_ options: ComparisonOptions, isCached: Bool) throws(UsageError) {
    guard !(options.outputs && options.markedOutputs) else {
      throw UsageError(message: "use only one of --outputs and --marked-outputs")
    }
    let compares = options.outputs || options.markedOutputs || options.update
    guard compares || options.mask.isEmpty && options.ignore.isEmpty && !options.noBuiltInMasks
    else {
      throw UsageError(
        message: "--mask, --ignore and --no-built-in-masks need --outputs or --marked-outputs")
    }
    if options.overwrite, compares {
      throw UsageError(
        message: "--overwrite compares nothing: it cannot be combined with --outputs, "
          + "--marked-outputs and --update; --update writes the outputs that differ")
    }
    if options.overwrite, isCached {
      throw UsageError(
        message: "--cached and --overwrite cannot be combined: the outputs of notebooks that do "
          + "not run would stay; lyre run --cached compares them")
    }
    guard options.imageTolerance >= 0, options.imageTolerance <= 255 else {
      throw UsageError(message: "--image-tolerance: expected a number from 0 to 255")
    }
    for what in options.ignore
    where !["stdout", "stderr", "images", "error"].contains(what) && !what.contains("/") {
      throw UsageError(
        message: "--ignore: expected stdout, stderr, error, images or a MIME type such as "
          + "text/html, found '\(what)'")
    }
  }

  /// The options of `lyre run` with their default values.
  private static func defaults() throws(UsageError) -> RunOptions {
    do {
      return RunOptions(
        notebooks: ["-"], parameters: try .parse([]), result: try .parse([]),
        kernel: try .parse([]), limits: try .parse([]), cells: try .parse([]),
        reuse: try .parse([]), reporting: try .parse([]), storage: try .parse([]),
        record: try .parse([]))
    } catch {
      throw UsageError(message: KernelOptions.message(for: error))
    }
  }

  private static func comparison(_ options: ComparisonOptions, _ masks: [[UInt8]])
    throws(UsageError) -> DocumentComparison?
  {
    var patterns: [MaskPattern] = []
    for (path, content) in zip(options.mask, masks) {
      do throws(MaskFileError) {
        patterns += try MaskFile.patterns(content)
      } catch {
        throw UsageError(message: "--mask: \(path): \(error)")
      }
    }
    guard options.outputs || options.markedOutputs || options.update else { return nil }
    return DocumentComparison(
      options.markedOutputs ? .marked : .all,
      OutputComparison(
        masks: MaskSet(patterns, usesBuiltIn: !options.noBuiltInMasks),
        ignored: Set(options.ignore), imageTolerance: options.imageTolerance))
  }

  private static func content(_ path: String) throws(UsageError) -> [UInt8] {
    do throws(SystemError) {
      return try fileContent(path, maximum: MaskFile.limit)
    } catch {
      throw UsageError(message: "--mask: '\(path)' cannot be read: \(error)")
    }
  }

  /// Runs the tests, and prints their results: to standard output, or to standard error if events or
  /// the report go to standard output.
  ///
  /// - Returns: the highest exit code.
  func run() async -> ExitCode {
    let start = ContinuousClock.now
    let outcomes = Mutex<[String: TestOutcome]>([:])
    let summary = TestSummary(isVerbose: isVerbose)
    func reporter(of argument: String, shows: Bool) -> TestReporter {
      TestReporter(argument, settings) { [self] outcome in
        outcomes.withLock { $0[argument] = outcome }
        if shows { show(outcome, summary) }
      }
    }
    let ending = await plan.runNotebooks(failsFast: failsFast) { index in
      reporter(of: plan.notebooks[index].argument, shows: true)
    }
    for (argument, _) in plan.notebooks where outcomes.withLock({ $0[argument] == nil }) {
      reporter(of: argument, shows: false).notStarted()
    }
    let all = plan.notebooks.compactMap { notebook in
      outcomes.withLock { $0[notebook.argument] }
    }
    for outcome in all {
      for line in summary.failures(outcome) { write(line) }
    }
    let code = plan.finish(ending, settings.junit)
    if !settings.isQuiet || code != .success {
      write(summary.counts(all, ContinuousClock.now - start))
    }
    return code
  }

  private func write(_ line: VisibleText) {
    if plan.standardOutputIsTaken { Printer.shared.log(line) } else { Printer.shared.print(line) }
  }

  private func show(_ outcome: TestOutcome, _ summary: TestSummary) {
    let isGood = [.passed, .unchanged, .updated, .skipped].contains(outcome.status)
    guard !settings.isQuiet || !isGood else { return }
    write(summary.line(outcome))
    guard isVerbose else { return }
    for detail in outcome.details { write("  \(detail)") }
  }
}
