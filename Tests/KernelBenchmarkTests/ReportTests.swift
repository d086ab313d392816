import JSONCore
import KernelBenchmark
import Testing

@Suite("Reports of benchmarks")
struct ReportTests {
  /// Figures with quartiles at 0.9 and 1.1 times the median.
  private static func figures(_ median: Double) -> Figures {
    Figures(
      count: 5, minimum: median * 0.8, lowerQuartile: median * 0.9, median: median,
      upperQuartile: median * 1.1, p90: median * 1.2, p99: median * 1.3, maximum: median * 1.4,
      mean: median, distribution: [.init(value: median, count: 5)])
  }

  private static func report(_ results: [Measurement: KernelReport.Outcome]) -> BenchmarkReport {
    BenchmarkReport(
      version: "1", date: "2026-01-01T00:00:00Z", machine: Machine(),
      kernels: [
        KernelReport(
          name: "python3", displayName: "Python 3", language: "python",
          implementation: "ipython 9", transport: "ipc", rounds: 5, results: results)
      ])
  }

  @Test("a report is read back unchanged")
  func roundTrip() throws {
    let report = Self.report([
      .start: .measured(Self.figures(0.4)), .streams: .measured(Self.figures(12_345)),
      .control: .failed("no answer on control while a cell runs"),
    ])
    #expect(try BenchmarkReport(parsing: report.json.serialized()) == report)
  }

  @Test(
    "a change counts if it is large and significant; its unit determines which way is worse",
    arguments: [
      (Measurement.start, 1.0, 1.5, Comparison.Verdict.slower),
      (.start, 1.5, 1.0, .faster),
      (.start, 1.0, 1.05, .same),
      // More than the threshold, but the interquartile ranges overlap.
      (.start, 1.0, 1.15, .same),
      (.streams, 1000, 1500, .faster),
      (.streams, 1500, 1000, .slower),
      (.memory, 1000, 2000, .slower),
    ])
  func verdicts(
    measurement: Measurement, before: Double, now: Double, verdict: Comparison.Verdict
  ) {
    let comparison = Comparison(
      of: Self.report([measurement: .measured(Self.figures(now))]),
      to: Self.report([measurement: .measured(Self.figures(before))]), threshold: 0.1)
    #expect(comparison.changes.map(\.verdict) == [verdict])
    #expect(comparison.isWorse == (verdict == .slower))
  }

  @Test("a new failure is worse; a measurement without an earlier figure is not a change")
  func broken() {
    let now = Self.report([.start: .failed("it died"), .info: .measured(Self.figures(1))])
    let old = Self.report([.start: .measured(Self.figures(1)), .info: .failed("no answer")])
    let comparison = Comparison(of: now, to: old, threshold: 0.1)
    #expect(comparison.changes.map(\.verdict) == [.broken("it died")])
    #expect(comparison.isWorse)
  }

  @Test(
    "an invalid report is rejected",
    arguments: ["", "[]", "{}", #"{"lyre_bench": 1}"#, #"{"lyre_bench": 2, "kernels": []}"#])
  func refused(text: String) {
    #expect(throws: BenchmarkReport.Invalid.self) {
      try BenchmarkReport(parsing: Array(text.utf8))
    }
  }

  @Test("a plot has a panel for each measurement with figures, and no markup from other sources")
  func picture() {
    var report = Self.report([
      .value: .measured(Self.figures(0.001)), .streams: .failed("<b>&"),
    ])
    report.kernels[0].name = "<script>"
    let svg = BenchmarkPlot(report).svg
    #expect(svg.contains("execute `1`"))
    #expect(!svg.contains("small streams"))
    #expect(!svg.contains("<script>") && svg.contains("&lt;script&gt;"))
    #expect(BenchmarkPlot(report).page.hasPrefix("<!doctype html>"))
  }

  @Test(
    "in a plot each kernel has one colour, the baseline has none, and a failed kernel has no rows")
  func pictureOfSeveral() {
    var report = Self.report([.value: .measured(Self.figures(0.001))])
    var (overTCP, ceiling, broken) = (report.kernels[0], report.kernels[0], report.kernels[0])
    overTCP.transport = "tcp"
    ceiling.name = ReferenceKernel.name
    broken.name = "broken"
    broken.results = [.start: .failed("no such file"), .value: .failed("it did not start")]
    report.kernels += [overTCP, ceiling, broken]
    let svg = BenchmarkPlot(report).svg
    let swatches = svg.matches(of: /width="10" height="10" fill="(#\w+)"/).map { $0.1 }
    #expect(swatches.count == 4)
    #expect(swatches[0] == swatches[1] && Set(swatches).count == 3)
    #expect(svg.contains(">did not start: no such file<"))
    #expect(!svg.contains("it did not start"))
    #expect(svg.contains("<title>python3 tcp: min 800 µs, p25 900 µs, p50 1.00 ms,"))
  }
}

@Suite("Snippets")
struct SnippetsTests {
  @Test("only placeholders are replaced")
  func filling() {
    let snippets = Snippets([.streams: "for i in 1..{count} { print(f'{n}') }"])
    #expect(snippets.code(.streams, count: 7) == "for i in 1..7 { print(f'{n}') }")
    #expect(snippets.code(.value) == nil)
  }

  @Test(
    "an invalid file is rejected with the place",
    arguments: [
      ("1", "expected an object by kernel or language, not"),
      (#"{"r": 1}"#, "'r': expected an object by purpose"),
      (#"{"r": {"speed": ""}}"#, "'r': unknown purpose 'speed'; known: value,"),
      (#"{"r": {"value": 1}}"#, "'r', 'value': expected a string"),
      ("{", "not JSON:"),
    ])
  func refused(text: String, message: String) {
    let error = #expect(throws: Snippets.Invalid.self) { try Snippets.read(Array(text.utf8)) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test(
    "there is code for all documented languages, in every spelling",
    arguments: ["python", "Python", "R", "julia", "bash", "javascript", "typescript"])
  func builtIn(language: String) {
    let snippets = Snippets.builtIn(language)
    for purpose in Snippets.Purpose.allCases {
      #expect(snippets.code(purpose) != nil, "\(purpose)")
    }
    for purpose in Snippets.Purpose.allCases {
      #expect(snippets.code(purpose)?.contains("{count}") != true)
      #expect(snippets.code(purpose)?.contains("{size}") != true)
      #expect(snippets.code(purpose)?.contains("{seconds}") != true)
    }
  }
}
