import JupyterProtocol
import NotebookDocument
import PipelineExecution
import RunRecord
import SystemSupport

/// What is compared to decide whether a notebook is unchanged since its last good run, as far as
/// it is the same for all notebooks of a command.
struct ReusePlan: Sendable {
  /// Whether unchanged notebooks are left alone (`--cached`); if not, good runs with `--depends` are
  /// kept for a later comparison.
  let isAsked: Bool
  let patterns: [DependsPattern]
  /// The names of environment variables to compare.
  let variables: [String]
  /// The options on which the result depends, by name.
  let options: [String: String]
  /// Files that the command itself writes.
  let ownFiles: [String]
  /// The directory of the record of runs, which changes with every run.
  let record: String
  let runs: GoodRuns
  let kernels: KernelPrints
  /// The hashes of large files that several notebooks depend on.
  let files: FileMemory
  /// What else is compared for tests; nil for runs.
  let test: TestInputs?

  /// - Parameters:
  ///   - options: the options of the command.
  ///   - directory: the directory of the record; nil if runs are not recorded.
  ///   - test: what else is compared for tests; nil for runs.
  /// - Throws: ``UsageError``.
  init?(_ options: RunOptions, inputs: [String], directory: String?, test: TestInputs?)
    throws(UsageError)
  {
    let reuse = options.reuse
    if reuse.cached {
      try ReusePlan.check(options, inputs, hasRecord: directory != nil, isTest: test != nil)
    }
    patterns = reuse.depends.map(DependsPattern.init)
    for pattern in patterns where pattern.matches().isEmpty {
      throw UsageError(message: "--depends: no file or folder matches '\(pattern.text)'")
    }
    for name in reuse.dependsVariable where name.isEmpty || name.contains("=") {
      throw UsageError(message: "--depends-variable: '\(name)' is not a valid name")
    }
    guard let directory else { return nil }
    isAsked = reuse.cached
    variables = KernelPrints.heededVariables + reuse.dependsVariable
    // Reads the answers of `--stdin FILE`: only where something is compared, now or later.
    var compared = reuse.cached || !patterns.isEmpty ? ReusePlan.compared(options) : [:]
    if test != nil { compared.merge(ReusePlan.limits(options.limits)) { $1 } }
    self.options = compared
    self.test = test
    ownFiles = [options.reporting.files.events, options.reporting.files.report].compactMap(\.self)
    record = directory
    runs = GoodRuns(directory: directory)
    files = FileMemory()
    kernels = KernelPrints(files: FileHashes(memory: files))
  }

  private static func check(
    _ options: RunOptions, _ inputs: [String], hasRecord: Bool, isTest: Bool
  ) throws(UsageError) {
    let others = [
      ("--no-record", options.record.noRecord && !isTest, "earlier runs are in the record"),
      ("--prepare-only", options.result.prepareOnly, "nothing runs"),
      ("--existing", options.kernel.existing != nil, "the state of a running kernel is unknown"),
      ("--stdin inherit", options.kernel.stdin == "inherit", "later answers are unknown"),
    ]
    for (name, isGiven, reason) in others where isGiven {
      throw UsageError(message: "--cached and \(name) cannot be combined: \(reason)")
    }
    if inputs.contains("-") {
      throw UsageError(message: "--cached: standard input has no earlier run; name a file")
    }
    if !hasRecord {
      throw UsageError(
        message:
          "--cached: the record of earlier runs has no place, because the home directory does "
          + "not exist; name a directory with --state DIR")
    }
  }

  /// The time limits, which decide with others whether a test passes.
  private static func limits(_ options: LimitOptions) -> [String: String] {
    var result: [String: String] = [:]
    if let limit = options.timeout { result["--timeout"] = "\(limit)" }
    if let limit = options.totalTimeout { result["--total-timeout"] = "\(limit)" }
    return result
  }

  /// The options on which the result of a good run depends.
  ///
  /// Limits are left out: a run that exceeds one is not good.
  private static func compared(_ options: RunOptions) -> [String: String] {
    var result: [String: String] = [:]
    func add(_ name: String, _ isGiven: Bool) { if isGiven { result[name] = "on" } }
    func add(_ name: String, _ values: [String]) {
      if !values.isEmpty { result[name] = values.joined(separator: "\0") }
    }
    add("--cells", [options.cells.cells].compactMap(\.self))
    add("--skip-tag", Set(options.cells.skipTag).sorted())
    add("--only-tag", Set(options.cells.onlyTag).sorted())
    add("--allow-errors", options.limits.allowErrors)
    add("--allow-error", Set(options.limits.allowError).sorted())
    add("--force-raise-errors", options.limits.forceRaiseErrors)
    add("--strict", options.limits.strict)
    add("--strict-parameters", options.parameters.strictParameters)
    add("--kernel-arg", options.kernel.kernelArg)
    add("--max-output", [options.result.maxOutput].compactMap(\.self))
    add("--report-mode", options.result.reportMode)
    add("--papermill-metadata", options.result.papermillMetadata)
    add("--no-record-timing", !options.result.recordTiming)
    if options.kernel.stdin != "none" {
      let answers = try? NotebookFile(options.kernel.stdin).read()
      var hash = ContentHash()
      hash.add(answers ?? [])
      result["--stdin"] = hash.hexadecimal()
    }
    return result
  }
}
