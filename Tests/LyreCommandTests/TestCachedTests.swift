import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("lyre test --cached")
struct TestCachedTests {
  /// A test whose output has no times.
  private func test(_ lyre: Lyre, _ options: String...) async throws -> Lyre.Outcome {
    try await lyre.cachedTest(options)
  }

  @Test("leaves a notebook alone that passed, says since when, and counts it on its own")
  func unchanged() async throws {
    try await Lyre.with { lyre in
      for name in ["a.ipynb", "b.ipynb", "c.ipynb"] {
        try lyre.write([StoredCell("print one", "one\n")], to: name)
      }
      let first = try await test(lyre, "-q")
      #expect(first == .init(0))
      try lyre.write([StoredCell("error E v", "")], to: "b.ipynb")
      let second = try await test(lyre)
      #expect(
        second.code == 1 && second.errors == "b.ipynb: started (cell 1 changed)\n", "\(second)")
      #expect(
        second.output.hasPrefix(
          """
          a.ipynb: unchanged since it passed at TIME
          b.ipynb: failed, cell 1 (1 cell in T)
          c.ipynb: unchanged since it passed at TIME

          """), "\(second)")
      #expect(second.output.hasSuffix("2 unchanged, 1 failed in T\n"), "\(second)")
      try lyre.write([StoredCell("print one", "one\n")], to: "b.ipynb")
      let third = try await test(lyre)
      #expect(third.output.hasSuffix("1 passed, 2 unchanged in T\n"), "\(third)")
      #expect(third.errors == "b.ipynb: started (it did not pass the last time)\n")
      let starts = lyre.kernel.starts.count
      #expect(try await test(lyre, "-q") == .init(0))
      #expect(lyre.kernel.starts.count == starts)
      #expect(try await lyre.run(["history"]).output == "")
    }
  }

  @Test("without it everything runs, and a failure ends what counted")
  func withoutIt() async throws {
    try await Lyre.with { lyre in
      let good = try lyre.write([StoredCell("print one", "one\n")])
      for _ in 1...2 {
        #expect(try await lyre.test("nb.ipynb").output.hasPrefix("nb.ipynb: passed"))
      }
      #expect(try await test(lyre).errors.hasSuffix("(no earlier test to compare with)\n"))
      #expect(try await test(lyre).isUnchangedTest)
      // One that passes changes nothing.
      #expect(try await lyre.test("nb.ipynb").code == 0)
      #expect(try await test(lyre).isUnchangedTest)
      try lyre.write([StoredCell("error E v", "")])
      #expect(try await lyre.test("nb.ipynb").code == 1)
      try lyre.directory.write(good, to: "nb.ipynb")
      #expect(try await test(lyre).errors == "nb.ipynb: started (it did not pass the last time)\n")
    }
  }

  @Test("a run is no test, and a test is no run")
  func runs() async throws {
    try await Lyre.with { lyre in
      try lyre.write([StoredCell("print one", "one\n")])
      let run = ["run", "--no-save", "--cached", "nb.ipynb"]
      #expect(try await lyre.run(run).code == 0)
      #expect(try await test(lyre).errors.hasSuffix("(no earlier test to compare with)\n"))
      #expect(try await lyre.run(run).errors.hasPrefix("nb.ipynb: unchanged, as in run "))
      #expect(try await test(lyre).isUnchangedTest)
    }
  }

  /// A test that does not pass.
  struct Bad: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var cells: [StoredCell]
    var options: [String] = []
    var code: Int32
  }

  @Test(
    "a test that did not pass never counts, even if nothing changed",
    arguments: [
      Bad(
        testDescription: "it failed", cells: [StoredCell("print a"), StoredCell("error E v")],
        code: 1),
      Bad(
        testDescription: "an output differed", cells: [StoredCell("print a", "b\n")],
        options: ["--outputs"], code: 1),
      Bad(
        testDescription: "it timed out", cells: [StoredCell("hang")],
        options: ["--timeout", "0.3"], code: 3),
      Bad(
        testDescription: "a time limit was exceeded, and allowed",
        cells: [StoredCell("hang"), StoredCell("print a")],
        options: ["--timeout", "0.3", "--on-timeout", "continue", "--allow-errors"], code: 0),
      Bad(testDescription: "its kernel died", cells: [StoredCell("crash")], code: 4),
      Bad(
        testDescription: "it skipped itself after it had begun",
        cells: [StoredCell("print a"), StoredCell("error Skipped no GPU")], code: 0),
    ])
  func bad(_ bad: Bad) async throws {
    try await Lyre.with { lyre in
      try lyre.write(bad.cells)
      for reason in ["no earlier test to compare with", "it did not pass the last time"] {
        let outcome = try await lyre.cachedTest(bad.options)
        #expect(outcome.code == bad.code, "\(outcome)")
        #expect(outcome.errors.hasPrefix("nb.ipynb: started (\(reason))\n"), "\(outcome)")
      }
    }
  }

  @Test(
    "a test that was stopped does not count, and neither does the one before it",
    arguments: [SIGINT, SIGKILL])
  func stopped(signal: Int32) async throws {
    try await Lyre.with { lyre in
      let good = try lyre.write([StoredCell("print one", "one\n")])
      #expect(try await test(lyre).code == 0)
      try lyre.write([StoredCell("print one\nhang", "one\n")])
      let run = try lyre.start(["test", "--cached", "nb.ipynb", "--events", "e.jsonl"])
      let hasBegun = await eventually { (try? lyre.text(of: "e.jsonl").contains("one")) ?? false }
      #expect(hasBegun)
      run.send(signal: signal)
      _ = await run.result()
      try lyre.directory.write(good, to: "nb.ipynb")
      #expect(try await test(lyre).errors == "nb.ipynb: started (it did not pass the last time)\n")
    }
  }

  @Test("with --update a notebook that was updated runs once more, and then is left alone")
  func update() async throws {
    try await Lyre.with { lyre in
      try lyre.write([StoredCell("print one", "eins\n")])
      let updated = try await test(lyre, "--update")
      #expect(updated.output.hasPrefix("nb.ipynb: updated, cell 1 (1 cell in T)\n"), "\(updated)")
      let bytes = try lyre.directory.read("nb.ipynb")
      let again = try await test(lyre, "--update")
      #expect(again.errors == "nb.ipynb: started (it did not pass the last time)\n")
      #expect(again.output.hasSuffix("1 passed in T\n"), "\(again)")
      #expect(try await test(lyre, "--update").isUnchangedTest)
      // Both compare the same.
      #expect(try await test(lyre, "--outputs").isUnchangedTest)
      #expect(try lyre.directory.read("nb.ipynb") == bytes)
    }
  }

  @Test("--update runs a notebook that passed with cells that have no outputs yet")
  func updateOfUnrun() async throws {
    try await Lyre.with { lyre in
      try lyre.write([
        StoredCell("print one", "one\n"), StoredCell("# NBVAL_SKIP\nprint never"),
        StoredCell("print three"),
      ])
      #expect(try await test(lyre, "--outputs").code == 0)
      #expect(try await test(lyre, "--outputs").isUnchangedTest)
      let updated = try await test(lyre, "--update")
      #expect(updated.errors == "nb.ipynb: started (cell 3 has no stored outputs)\n")
      #expect(try lyre.text(2) == "three\n")
      // What is stored is compared once.
      #expect(
        try await test(lyre, "--outputs").errors
          == "nb.ipynb: started (it did not pass the last time)\n")
      for option in ["--outputs", "--update"] {
        #expect(try await test(lyre, option).isUnchangedTest)
      }
    }
  }

  @Test("in the report its cells pass with a property, and events tell since when")
  func reports() async throws {
    try await Lyre.with { lyre in
      try lyre.write([
        StoredCell("print one", "one\n"),
        StoredCell("print two", "two\n", metadata: ["nbmake": ["post_cell_execute": "print x"]]),
        StoredCell("print never", "", tags: ["skip-execution"]),
      ])
      let options = ["--report", "r.xml", "--events", "e.jsonl"]
      #expect(try await lyre.cachedTest(options).code == 0)
      #expect(try await lyre.cachedTest(options).isUnchangedTest)
      let report = try lyre.text(of: "r.xml")
      #expect(
        report.contains("tests=\"3\" failures=\"0\" errors=\"0\" skipped=\"1\" time=\"0.0\""),
        "\(report)")
      #expect(
        report.matches(of: #/<property name="unchanged_since" value="[-0-9T:.]+Z"/>/#).count == 2)
      let events = try lyre.events()
      #expect(events.map { $0["event"]?.string } == ["run_finished", "test_finished"])
      #expect(events[0]["outcome"] == "cached" && events[0]["cells"] == ["skipped": 3])
      #expect(events[1]["status"] == "unchanged")
      #expect(events[1]["passed_at"]?.string?.hasSuffix("Z") == true)
    }
  }

  @Test(
    "what cannot be compared is refused",
    arguments: [
      (["--overwrite"], "--cached and --overwrite cannot be combined: "),
      (["--existing", "k.json"], "--cached and --existing cannot be combined: "),
      (["--stdin", "inherit"], "--cached and --stdin inherit cannot be combined: "),
      (["--depends", "x/*.csv"], "--depends: no file or folder matches 'x/*.csv'"),
    ])
  func refused(options: [String], message: String) async throws {
    try await Lyre.with { lyre in
      try lyre.write([StoredCell("print one")])
      let outcome = try await lyre.cachedTest(options)
      #expect(outcome.code == 2 && outcome.errors.hasPrefix("Error: \(message)"), "\(outcome)")
      #expect(lyre.kernel.starts.isEmpty)
    }
  }

  @Test("--state moves the record; without a home directory it is needed")
  func state() async throws {
    try await Lyre.with { lyre in
      try lyre.write([StoredCell("print one")])
      let nobody = ["HOME": lyre.directory.path("nobody")]
      let homeless = try await lyre.run(["test", "--cached"], environment: nobody)
      #expect(homeless.code == 2)
      #expect(homeless.errors.contains("name a directory with --state DIR"), "\(homeless)")
      #expect(try await lyre.run(["test"], environment: nobody).code == 0)
      #expect(try await test(lyre, "--state", "state").code == 0)
      #expect(try await test(lyre, "--state", "state").isUnchangedTest)
      #expect(try await test(lyre).errors.hasSuffix("(no earlier test to compare with)\n"))
    }
  }
}

extension Lyre {
  /// Runs `lyre test --cached`; durations and times are replaced.
  func cachedTest(_ options: [String], environment: [String: String] = [:]) async throws -> Outcome
  {
    var outcome = try await run(["test", "--cached"] + options, environment: environment)
    outcome.output = outcome.output.replacing(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/, with: "TIME")
      .replacing(/\d+(\.\d)? s\b/, with: "T")
    return outcome
  }

  /// The events in a file.
  func events(_ name: String = "e.jsonl") throws -> [JSONValue] {
    try text(of: name).split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
  }
}

extension Lyre.Outcome {
  /// Whether one notebook was left alone because it passed before.
  var isUnchangedTest: Bool {
    self
      == .init(
        0, output: "nb.ipynb: unchanged since it passed at TIME\n1 unchanged in T\n")
  }
}
