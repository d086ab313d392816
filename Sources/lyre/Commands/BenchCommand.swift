import ArgumentParser
import Glibc
import JSONCore
import KernelBenchmark
import KernelClient
import KernelLauncher
import NotebookDocument

/// The command `lyre bench`.
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure kernels: start, latency, throughput, memory.",
    discussion: """
      Measures the kernels in turns, so that their figures can be compared, and as a baseline \
      `(ceiling)`: Lyre itself with a kernel that does almost nothing. Without names, all \
      installed kernels are measured. A round takes about 10 seconds a kernel. docs/bench.md \
      describes the measurements and the JSON.

      EXAMPLES
        lyre bench                              all installed kernels
        lyre bench python3 xpython ir bash      these, side by side
        lyre bench python3 --transport both     over Unix sockets and over TCP
        lyre bench python3 --only start,shutdown,memory --rounds 20
        lyre bench '(ceiling)'                  the client alone
        lyre bench python3 --json > before.json
        lyre bench python3 --compare before.json
        lyre bench python3 ir --plot kernels.svg
        lyre bench octave --snippets octave.json

      EXIT CODES
        0 measured   1 with --compare: a measurement became slower or newly fails
        2 unusable input   5 no such kernel, or one did not start   6 not written
        129/130/131/143 stopped by a signal, after showing what there was
      """)

  enum Transport: String, CaseIterable, ExpressibleByArgument {
    case auto, ipc, tcp, both

    var transports: [KernelConfiguration.Transport] {
      switch self {
      case .auto: [.auto]
      case .ipc: [.ipc]
      case .tcp: [.tcp]
      case .both: [.ipc, .tcp]
      }
    }
  }

  @Argument(help: "Names of kernels. (default: all installed)")
  var kernels: [String] = []

  @Option(
    name: .customLong("only"), parsing: .upToNextOption,
    help: ArgumentHelp(
      "Measure only these, separated by commas: \(BenchCommand.measurementNames).",
      valueName: "what"))
  var selection: [String] = []

  @Option(
    help: ArgumentHelp("Number of rounds. (default: 5; with --time as many as fit)", valueName: "n")
  )
  var rounds: Int?

  @Option(
    help: ArgumentHelp("Stop starting new rounds after this many seconds.", valueName: "seconds"))
  var time: Double?

  @Option(
    help: ArgumentHelp("Limit each measurement to this many seconds.", valueName: "seconds"))
  var limit: Double = 30

  @Option(help: ArgumentHelp("Limit a kernel's start to this many seconds.", valueName: "seconds"))
  var startupTimeout: Double = 60

  @Option(
    help: """
      The sockets: auto (the same as `lyre run`), ipc, tcp or both. With both, Lyre skips ipc for \
      kernels that are not known to support it.
      """)
  var transport: Transport = .auto

  @Flag(inversion: .prefixedNo, help: "Also measure Lyre's own overhead, as a baseline.")
  var ceiling = true

  @Option(
    help: ArgumentHelp(
      "Read code for kernels or languages from a JSON file.",
      valueName: "file"))
  var snippets: String?

  @Flag(help: "Write JSON.") var json = false

  @Option(
    help: ArgumentHelp(
      "Compare with an earlier report of --json.",
      valueName: "old.json"))
  var compare: String?

  @Option(
    help: ArgumentHelp("Ignore smaller changes with --compare.", valueName: "percent"))
  var threshold: Double = 10

  @Option(
    help: ArgumentHelp("Draw the distributions into this .svg or .html file.", valueName: "file"))
  var plot: String?

  private static var measurementNames: String {
    Measurement.allCases.map(\.rawValue).joined(separator: ", ")
  }

  func validate() throws {
    for (name, value) in [
      ("--time", time ?? 1), ("--limit", limit), ("--startup-timeout", startupTimeout),
    ] where !(value > 0 && value < 1e6) {
      throw ValidationError("\(name) must be a number of seconds above 0")
    }
    if let rounds, rounds < 1 { throw ValidationError("--rounds must be 1 or more") }
    guard threshold >= 0, threshold < 1e6 else {
      throw ValidationError("--threshold must be 0 or more")
    }
    if let plot, !plot.hasSuffix(".svg"), !plot.hasSuffix(".html") {
      throw ValidationError("--plot writes .svg and .html files, not '\(plot)'")
    }
    _ = try measurements()
  }

  func run() async throws {
    let picture = try plot.map { (path) throws(ExitRequest) in
      try CommandOutput(
        path, option: "--plot", replacing: .otherFiles,
        reading: [(compare, "the earlier report"), (snippets, "the snippets")]
          .compactMap { path, name in path.map { ($0, name) } })
    }
    let old = try compare.map { try oldReport($0) }
    let configuration = BenchmarkConfiguration(
      subjects: try subjects(), measurements: try measurements(),
      rounds: rounds ?? (time == nil ? 5 : 1000), time: time.map { .seconds($0) },
      limit: .seconds(limit), startupTimeout: .seconds(startupTimeout))
    let (report, signal) = try await BenchRun(configuration: configuration).run()

    var codes: [ExitCode] = []
    if json {
      Printer.shared.print(json: report.json, .compact)
    } else {
      Printer.shared.print(BenchTable(report).text)
    }
    if let old {
      let comparison = Comparison(of: report, to: old, threshold: threshold / 100)
      let text = ComparisonTable(comparison, since: old).text
      // Standard output is reserved for the JSON.
      if json { Printer.shared.log(text) } else { Printer.shared.print(text) }
      if comparison.isWorse { codes.append(.cellFailed) }
    }
    if let plot, let picture {
      let isPage = plot.hasSuffix(".html")
      let drawing = BenchmarkPlot(report)
      do throws(ExitRequest) {
        try picture.write(Array((isPage ? drawing.page : drawing.svg).utf8))
      } catch {
        codes.append(error.code)
      }
    }
    if report.kernels.contains(where: { $0.startFailure != nil }) {
      codes.append(.kernelNotStarted)
    }
    if let signal { codes.append(ExitCode(signal: signal)) }
    try ExitCode.worst(codes).end()
  }

  // MARK: Selected measurements

  private func measurements() throws -> Set<Measurement> {
    let names = selection.flatMap { $0.split(separator: ",") }
    guard !selection.isEmpty else { return Set(Measurement.allCases) }
    return Set(
      try names.map { name in
        guard let measurement = Measurement(rawValue: String(name)) else {
          throw ValidationError(
            "--only: unknown measurement '\(name)'. Known: \(BenchCommand.measurementNames)"
          )
        }
        return measurement
      })
  }

  private func oldReport(_ path: String) throws -> BenchmarkReport {
    do {
      return try BenchmarkReport(parsing: try read(path))
    } catch let error as BenchmarkReport.Invalid {
      throw unusable(path, "\(error)")
    }
  }

  func read(_ path: String) throws -> [UInt8] {
    do {
      return try NotebookFile(path).read()
    } catch {
      let message = error.message.replacing("not a notebook", with: "not a JSON file")
      throw unusable(path, message)
    }
  }

  func unusable(_ path: String, _ reason: String) -> ExitRequest {
    Printer.shared.log("error: \(path): \(reason)")
    return ExitRequest(code: .unusableInput)
  }
}
