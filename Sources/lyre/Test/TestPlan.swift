import ArgumentParser
import NotebookComparison
import NotebookDocument
import Reports
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
    let comparison = try TestPlan.comparison(options.comparison)
    var run = try TestPlan.defaults()
    run.notebooks = try NotebookSearch.notebooks(options.paths)
    run.kernel = options.kernel
    run.limits = options.limits
    run.reporting.jobs = options.reporting.jobs
    run.reporting.events = options.reporting.events
    run.reporting.report = options.reporting.report
    // Results are written at the end, if at all.
    run.result.noSave = !options.comparison.update
    run.result.saveEvery = 0
    run.result.recordTiming = false
    // A test is no run of the notebook that its history should show.
    run.record.noRecord = true
    plan = try RunPlan(run, reading: options.comparison.mask.map { ($0, "the masks") })
    settings = TestSettings(
      comparison: comparison, updates: options.comparison.update, kernel: plan.kernelName,
      isQuiet: options.reporting.quiet, progress: options.reporting.progress, events: plan.events,
      junit: plan.report.map { _ in JUnitReport() })
    isVerbose = options.reporting.verbose
    failsFast = options.reporting.failFast
  }

  /// The options of `lyre run` with their default values.
  private static func defaults() throws(UsageError) -> RunOptions {
    do {
      return try RunOptions.parse(["-"])
    } catch {
      throw UsageError(message: RunOptions.message(for: error))
    }
  }

  private static func comparison(_ options: ComparisonOptions) throws(UsageError)
    -> DocumentComparison?
  {
    guard !(options.outputs && options.markedOutputs) else {
      throw UsageError(message: "use only one of --outputs and --marked-outputs")
    }
    let compares = options.outputs || options.markedOutputs || options.update
    guard compares || options.mask.isEmpty && options.ignore.isEmpty && !options.noBuiltInMasks
    else {
      throw UsageError(
        message: "--mask, --ignore and --no-built-in-masks need --outputs or --marked-outputs")
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
    var patterns: [MaskPattern] = []
    for path in options.mask { patterns += try masks(path) }
    guard compares else { return nil }
    return DocumentComparison(
      options.markedOutputs ? .marked : .all,
      OutputComparison(
        masks: MaskSet(patterns, usesBuiltIn: !options.noBuiltInMasks),
        ignored: Set(options.ignore), imageTolerance: options.imageTolerance))
  }

  private static func masks(_ path: String) throws(UsageError) -> [MaskPattern] {
    do {
      return try MaskFile.patterns(try fileContent(path, maximum: MaskFile.limit))
    } catch let error as MaskFileError {
      throw UsageError(message: "--mask: \(path): \(error)")
    } catch {
      throw UsageError(message: "--mask: '\(path)' cannot be read: \(error)")
    }
  }

  /// Runs the tests, and prints their results to standard output.
  ///
  /// - Returns: the highest exit code.
  func run() async -> ExitCode {
    let start = ContinuousClock.now
    let outcomes = Mutex<[String: TestOutcome]>([:])
    let summary = TestSummary(isVerbose: isVerbose)
    let ending = await plan.runNotebooks(failsFast: failsFast) { index in
      let argument = plan.notebooks[index].argument
      return TestReporter(argument, settings) { [settings, isVerbose] outcome in
        outcomes.withLock { $0[argument] = outcome }
        TestPlan.show(outcome, summary, settings.isQuiet, isVerbose)
      }
    }
    let all = plan.notebooks.map { notebook in
      outcomes.withLock { $0[notebook.argument] } ?? notStarted(notebook.argument)
    }
    for outcome in all {
      for line in summary.failures(outcome) { Printer.shared.print(line) }
    }
    let code = plan.finish(ending, settings.junit)
    if !settings.isQuiet || code != .success {
      Printer.shared.print(summary.counts(all, ContinuousClock.now - start))
    }
    return code
  }

  private static func show(
    _ outcome: TestOutcome, _ summary: TestSummary, _ isQuiet: Bool, _ isVerbose: Bool
  ) {
    let isGood = [.passed, .updated, .skipped].contains(outcome.status)
    guard !isQuiet || !isGood else { return }
    Printer.shared.print(summary.line(outcome))
    guard isVerbose else { return }
    for detail in outcome.details { Printer.shared.print("  \(detail)") }
  }

  private func notStarted(_ argument: String) -> TestOutcome {
    let name = NotebookInput.name(argument)
    settings.junit?.addNotRun(notebook: name, message: "an earlier notebook failed")
    return TestOutcome(name, .notRun)
  }
}
