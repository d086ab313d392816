import ArgumentParser

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

      EXIT CODES
        0 all ran   1 a cell failed   2 unusable input   3 time limit
        4 the kernel died   5 no such kernel, or it did not start   6 not written
        129/130/131/143 stopped by a signal
      """)

  @OptionGroup var options: RunOptions

  func run() async throws {
    let plan = try UsageError.reported { () throws(UsageError) in try RunPlan(options) }
    try await plan.run().end()
  }
}
