import ArgumentParser

/// The command `lyre test`.
struct TestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Run notebooks as tests, without changing them.",
    discussion: """
      A notebook passes if every cell runs without an error; with --outputs also only if the \
      outputs agree with those stored in it. Comments and tags of nbval (NBVAL_IGNORE_OUTPUT, \
      nbval-skip, ...), the tags raises-exception and skip-execution, and nbmake's metadata apply. \
      docs/testing.md describes the comparison.

      EXAMPLES
        lyre test                      all notebooks in this folder and below
        lyre test analysis.ipynb docs -j 4
        lyre test --outputs docs       compare the outputs too
        lyre test --outputs --mask masks.cfg --ignore stderr docs
        lyre test --update docs        store the new outputs where they differ
        lyre test --outputs --cached docs   only what changed since it passed
        lyre test docs -x --timeout 300 --report tests.xml

      EXIT CODES
        0 all passed   1 a cell failed, or outputs differ   2 unusable input
        3 time limit   4 the kernel died   5 no such kernel, or it did not start
        6 not written  129/130/131/143 stopped by a signal
      """)

  @Argument(help: "Notebooks, folders with notebooks, or glob patterns.")
  var paths: [String] = ["."]

  @OptionGroup(title: "Comparison of outputs") var comparison: ComparisonOptions
  @OptionGroup(title: "Kernel") var kernel: KernelOptions
  @OptionGroup(title: "Limits and errors") var limits: LimitOptions
  @OptionGroup(title: "Unchanged notebooks") var reuse: ReuseOptions
  @OptionGroup(title: "Output and reports") var reporting: TestReportingOptions
  @OptionGroup(title: "Record of runs") var record: RecordOptions

  private var options: TestOptions {
    TestOptions(
      paths: paths, comparison: comparison, kernel: kernel, limits: limits, reuse: reuse,
      reporting: reporting, record: record)
  }

  func run() async throws {
    let plan = try UsageError.reported { () throws(UsageError) in try TestPlan(options) }
    try await plan.run().end()
  }
}
