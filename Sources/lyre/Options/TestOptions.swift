import ArgumentParser
import NotebookComparison

/// All options of `lyre test`.
///
/// The command declares them itself: in debug builds the argument parser checks a group within a group
/// several times over, which took most of the time of short runs.
struct TestOptions {
  var paths: [String]
  var comparison: ComparisonOptions
  var kernel: KernelOptions
  var limits: LimitOptions
  var reuse: ReuseOptions
  var reporting: TestReportingOptions
  var record: RecordOptions
}

/// Whether and how outputs are compared with those stored.
struct ComparisonOptions: ParsableArguments {
  @Flag(help: "Compare the outputs with those stored, in all cells not marked NBVAL_IGNORE_OUTPUT.")
  var outputs = false

  @Flag(help: "Compare the outputs only in cells marked NBVAL_CHECK_OUTPUT.")
  var markedOutputs = false

  @Flag(help: "Write outputs that differ into the notebooks; such cells do not fail.")
  var update = false

  @Flag(help: "Write all outputs into the notebooks, without a comparison.")
  var overwrite = false

  @Option(
    help: ArgumentHelp(
      "Do not compare: stdout, stderr, error, images or a MIME type; repeatable.", valueName: "what"
    ))
  var ignore: [String] = []

  @Option(
    help: ArgumentHelp(
      "Mask what differs from run to run by expressions in this file, in nbval's format; repeatable.",
      valueName: "file"))
  var mask: [String] = []

  @Flag(help: "Mask nothing else: no addresses, times, temporary paths and random ids.")
  var noBuiltInMasks = false

  @Option(
    help: ArgumentHelp(
      "Allow pictures this difference: the root mean square of 0 to 255.", valueName: "number"))
  var imageTolerance = OutputComparison.defaultImageTolerance
}

/// The reports of a test.
struct TestReportingOptions: ParsableArguments {
  @Option(
    name: [.customShort("j", allowingJoined: true), .long],
    help: ArgumentHelp("Run this many notebooks at once.", valueName: "n"))
  var jobs = 1

  @Flag(name: [.customShort("x"), .long], help: "Start no more notebooks after a failure.")
  var failFast = false

  @Option(help: "Show progress: auto, plain or none.")
  var progress: ProgressMode = .auto

  @Flag(name: [.short, .long], help: "Report failures only.")
  var quiet = false

  @Flag(name: [.short, .long], help: "Verbose: also report every cell and complete differences.")
  var verbose = false

  @OptionGroup var files: ReportFileOptions
}
