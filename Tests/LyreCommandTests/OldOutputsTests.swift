import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

/// A run that fails in a cell in which an earlier run did not.
@Suite("Outputs of an earlier run")
struct OldOutputsTests {
  /// A notebook after a complete run, whose second cell now fails.
  private func prepared(_ lyre: Lyre, second: String = "error E v") async throws {
    try lyre.notebook(["print 1", "print 2", "print 3", "print 4"], tags: [3: "skip-execution"])
    let first = try await lyre.run(["run", "-q", "nb.ipynb", "--skip-tag", "none"])
    #expect(first.code == 0)
    let cells = try lyre.cells().enumerated().map { place, cell -> JSONValue in
      var object = cell.object ?? [:]
      if place == 1 { object["source"] = [.init(second)] }
      return .object(object)
    }
    var notebook = try JSONValue(parsing: lyre.directory.read("nb.ipynb")).object ?? [:]
    notebook["cells"] = .array(cells)
    try lyre.directory.write(JSONValue.object(notebook).serialized(.jupyter), to: "nb.ipynb")
  }

  @Test("are cleared from selected cells that were not reached, in the file and in reports")
  func cleared() async throws {
    try await Lyre.with { lyre in
      try await prepared(lyre)
      let outcome = try await lyre.run([
        "run", "-q", "nb.ipynb", "--events", "events", "--report", "tests.xml",
      ])
      #expect(outcome.code == 1)
      #expect(
        outcome.errors.contains("1 cell was not run; outputs of an earlier run were cleared."))
      let cells = try lyre.cells()
      #expect(cells[2]["outputs"] == [])
      #expect(cells[2]["execution_count"] == .null)
      #expect(cells[2]["metadata"] == [:])
      #expect(try lyre.text(3) == "4\n")
      let log = String(decoding: try lyre.directory.read("events"), as: UTF8.self)
      #expect(log.contains(#""event":"cell_not_run""#))
      #expect(log.contains(#""cell":2,"id":"cell-2","first_line":"print 3","cleared":true"#))
      let report = String(decoding: try lyre.directory.read("tests.xml"), as: UTF8.self)
      #expect(report.contains(#"<skipped message="not run"/>"#))
    }
  }

  @Test("stay with --keep-old-outputs")
  func kept() async throws {
    try await Lyre.with { lyre in
      try await prepared(lyre)
      let before = try lyre.cells()[2]
      let outcome = try await lyre.run(["run", "-q", "nb.ipynb", "--keep-old-outputs"])
      #expect(outcome.code == 1)
      #expect(outcome.errors.contains("1 cell was not run."))
      #expect(try lyre.cells()[2] == before)
    }
  }

  @Test("remain in cells that are not selected")
  func selection() async throws {
    try await Lyre.with { lyre in
      try await prepared(lyre)
      let before = try lyre.cells()[2]
      #expect(try await lyre.run(["run", "-q", "nb.ipynb", "--cells", "1-2"]).code == 1)
      #expect(try lyre.cells()[2] == before)
    }
  }

  @Test("are never in the file after a run was killed, and new outputs are")
  func killed() async throws {
    try await Lyre.with { lyre in
      try await prepared(lyre, second: "print started\nhang")
      let command = try lyre.start([
        "run", "nb.ipynb", "-q", "--events", "-", "--save-every", "0.05",
      ])
      #expect(await command.hasPrinted("started\\n", #""event":"saved""#))
      command.send(signal: SIGKILL)
      _ = await command.result()
      _ = try await lyre.run(["recover", "nb.ipynb"])
      #expect(try lyre.text(0) == "1\n")
      #expect(try lyre.text(1) == "started\n")
      #expect(try lyre.text(2) == "")
      #expect(try lyre.text(3) == "4\n")
    }
  }
}
