import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("Reports and comparisons of lyre bench")
struct BenchReportTests {
  @Test("a comparison lists slower and faster measurements, and sets the exit code")
  func comparison() async throws {
    try await Lyre.with { lyre in
      func old(_ value: Double) throws {
        let figures: JSONValue = ["p50": .init(value), "p25": .init(value), "p75": .init(value)]
        let report: JSONValue = [
          "lyre_bench": 1, "date": "2026-01-01T00:00:00Z", "version": "0.0.9",
          "kernels": [
            [
              "name": "scripted", "transport": "tcp",
              "measurements": ["value": figures, "displays": ["p50": 5]],
            ]
          ],
        ]
        try lyre.directory.write(report.serialized(), to: "old.json")
      }
      let arguments = ["--only", "value", "--no-ceiling", "--compare", "old.json"]
      try old(1e-9)
      let slower = try await lyre.bench(arguments)
      #expect(slower.code == 1, "\(slower)")
      #expect(slower.output.contains("Since 2026-01-01T00:00:00Z (Lyre 0.0.9):"))
      #expect(slower.output.contains("slower  scripted tcp  execute `1`"))
      try old(1000)
      let faster = try await lyre.bench(arguments + ["--json"])
      #expect(faster.code == 0, "\(faster)")
      #expect(faster.errors.contains("faster  scripted tcp  execute `1`"))
      #expect(try JSONValue(parsing: Array(faster.output.utf8))["lyre_bench"]?.int == 1)
    }
  }

  @Test("a report compared with itself shows no change")
  func sameReport() async throws {
    try await Lyre.with { lyre in
      let arguments = ["--only", "memory", "--no-ceiling"]
      let first = try await lyre.bench(arguments + ["--json"])
      try lyre.directory.write(first.output, to: "old.json")
      let second = try await lyre.bench(
        arguments + ["--compare", "old.json", "--threshold", "50"])
      #expect(second.code == 0, "\(second)")
      #expect(second.output.contains("1 figure unchanged"))
    }
  }

  @Test("the distributions are drawn as SVG and as a page", arguments: ["svg", "html"])
  func plot(ending: String) async throws {
    try await Lyre.with { lyre in
      let outcome = try await lyre.bench(
        ["--only", "value,streams", "--plot", "plot.\(ending)"])
      #expect(outcome.code == 0, "\(outcome)")
      let text = String(decoding: try lyre.directory.read("plot.\(ending)"), as: UTF8.self)
      #expect(text.hasPrefix(ending == "svg" ? "<svg " : "<!doctype html>"))
      #expect(text.contains("</svg>"))
      for part in ["execute `1`", "small streams", "scripted tcp", "(ceiling) ipc", "p99 "] {
        #expect(text.contains(part), "\(part)")
      }
    }
  }

  @Test("a plot that cannot be written is rejected before anything is measured")
  func unwritablePlot() async throws {
    try await Lyre.with { lyre in
      let options = ["--only", "memory", "--no-ceiling", "--plot"]
      let missing = try await lyre.bench(options + ["no/such/place.svg"])
      #expect(missing == .init(2, errors: "error: --plot: there is no directory 'no/such'\n"))
      try lyre.directory.write("{}", to: "old.svg")
      let own = try await lyre.bench(options + ["old.svg", "--compare", "old.svg"])
      #expect(own.code == 2)
      #expect(own.errors.contains("would overwrite the earlier report 'old.svg'"))
    }
  }
}

@Suite("lyre bench on a terminal")
struct BenchTerminalTests {
  @Test("shows its progress in one line, which is removed at the end")
  func progress() async throws {
    try await Lyre.with { lyre in
      let snippets: JSONValue = ["script": ["wait": "print lyre\nhang"]]
      try lyre.directory.write(snippets.serialized(), to: "snippets.json")
      let terminal = try PseudoTerminal()
      let arguments =
        "bench scripted --no-ceiling --rounds 2 --only control --snippets snippets.json"
      let command = try RunningCommand(
        "/bin/sh",
        [
          "-c", "exec \"$0\" \(arguments) 2> \"$1\"", try BuiltProduct.path("lyre"), terminal.path,
        ],
        environment: [
          "PATH": "/usr/bin:/bin", "HOME": lyre.directory.path, "TERM": "xterm", "LANG": "C.UTF-8",
          "JUPYTER_PATH": lyre.kernel.jupyterPath, "TMPDIR": lyre.directory.path,
        ], directory: lyre.directory.path)
      async let result = command.result()
      var shown: [UInt8] = []
      _ = await eventually {
        shown += terminal.shownBytes()
        return command.hasEnded
      }
      let outcome = await result
      #expect(outcome.ending == .exited(0))
      #expect(outcome.outputText.contains("control, while busy  scripted tcp"))
      while case let more = terminal.shownBytes(), !more.isEmpty { shown += more }
      let text = String(decoding: shown, as: UTF8.self)
      #expect(text.contains("round 1/2  scripted tcp  control, while busy  "))
      #expect(text.contains("round 2/2  scripted tcp  "))
      #expect(text.hasSuffix("\r\u{1B}[1A\u{1B}[1M\u{1B}[K\u{1B}[?25h\u{1B}[?2026l"))
    }
  }
}

extension Lyre {
  /// Code for the scripted kernel, as a user would write it for an unknown kernel.
  private static let snippets: JSONValue = [
    "script": [
      "value": "result 1", "print": "print lyre", "streams": "flood {count} 10",
      "displays": "display-flood {count} {size}", "text": "flood 1 {size}",
      "wait": "print lyre\nhang",
    ]
  ]

  /// Measures the scripted kernel in one round.
  func bench(_ arguments: [String], snippets: JSONValue = Self.snippets) async throws -> Outcome {
    try directory.write(snippets.serialized(), to: "snippets.json")
    return try await run(
      ["bench", "scripted", "--rounds", "1", "--snippets", "snippets.json"] + arguments)
  }
}
