import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("Saving")
struct SavingTests {
  /// A notebook whose cells print and wait a little, with this many additional bytes.
  private func notebook(_ lyre: Lyre, _ name: String, cells: Int, ballast: Int, milliseconds: Int)
    throws
  {
    let bytes = try lyre.notebook(
      (0..<cells).map { "print begun \($0)\nsleep \(milliseconds)\nprint done \($0)" }, to: name)
    guard var value = try JSONValue(parsing: bytes).object else { return }
    value["metadata"] = [
      "kernelspec": value["metadata"]?["kernelspec"] ?? .null,
      "ballast": .init(String(repeating: "0123456789", count: ballast / 10)),
    ]
    try lyre.directory.write(JSONValue.object(value).serialized(.jupyter) + [0x0A], to: name)
  }

  @Test("outputs are on disk within two seconds during the run")
  func intermediate() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print first", "print second\nhang"])
      let command = try lyre.start(["run", "--events", "-", "nb.ipynb"])
      #expect(await command.hasPrinted("second", "\"saved\""))
      #expect(try lyre.text(0) == "first\n")
      #expect(try lyre.text(1) == "second\n")
      command.send(signal: SIGINT)
      #expect(Lyre.Outcome(await command.result()).code == 130)
    }
  }

  @Test("a killed run of a large notebook leaves its outputs for lyre recover")
  func recover() async throws {
    try await Lyre.with { lyre in
      // So large that it is not rewritten within the first seconds.
      try notebook(lyre, "nb.ipynb", cells: 1, ballast: 30_000_000, milliseconds: 60_000)
      let before = try lyre.directory.read("nb.ipynb")
      let command = try lyre.start(["run", "-v", "--save-every", "0.1", "nb.ipynb"])
      #expect(await command.hasPrinted("begun"))
      #expect(await command.hasWritten("saved"))
      #expect(
        try await lyre.run(["recover", "nb.ipynb"])
          == .init(
            2,
            errors: "nb.ipynb: 'nb.ipynb' is already being run by process \(command.processID); "
              + "wait until that run has ended, or stop it\n"))
      command.send(signal: SIGKILL)
      _ = await command.result()
      #expect(try lyre.directory.read("nb.ipynb") == before)
      #expect(
        try await lyre.run(["recover", "nb.ipynb"])
          == .init(
            0,
            errors: "nb.ipynb: recovered the outputs of an interrupted run: outputs of 1 cell\n"))
      #expect(try lyre.text(0) == "begun 0\n")
      #expect(
        try await lyre.run(["recover", "nb.ipynb"])
          == .init(0, errors: "nb.ipynb: nothing to recover\n"))
    }
  }

  @Test(
    "killed at any moment of 200 runs, the file is intact, and the next run leaves no other file")
  func killed() async throws {
    try await Lyre.with { lyre in
      let names = ["a.ipynb", "b.ipynb"]
      for name in names {
        // Half of the size from which saves first go to the journal, so that both ways are used.
        try notebook(lyre, name, cells: 8, ballast: 1_000_000, milliseconds: 30)
      }
      let sources = try lyre.cells("a.ipynb").map { $0["source"] }
      // On a busy machine a run takes longer.
      try notebook(lyre, "whole/a.ipynb", cells: 8, ballast: 1_000_000, milliseconds: 30)
      let whole = try await ContinuousClock().measure {
        _ = try await lyre.run(["run", "-q", "--save-every", "0.02", "whole/a.ipynb"])
      }
      let moment = max(whole * 1.1, .milliseconds(800)) / 200
      var sawOutputs = 0
      for round in 0..<100 {
        // From before the kernel's start to after the end of the run.
        let commands = try names.enumerated().map { number, name in
          try lyre.start(
            ["run", "-q", "--save-every", "0.02", name],
            limit: moment * (round * 2 + number))
        }
        for command in commands { _ = await command.result() }
        for name in names {
          let cells = try lyre.cells(name)
          try #require(cells.map { $0["source"] } == sources, "\(name) in round \(round)")
          if !(cells[0]["outputs"]?.array ?? []).isEmpty { sawOutputs += 1 }
        }
      }
      #expect(sawOutputs > 0)
      for name in names {
        #expect(try await lyre.run(["run", "-q", name]).code == 0)
        #expect(try lyre.text(7, in: name) == "begun 7\ndone 7\n")
      }
      // The guardian removes the files of a killed run, and other processes may slow it down.
      #expect(
        await eventually { lyre.directory.entries.filter { $0.contains(".ipynb") } == names },
        "\(lyre.directory.entries)")
    }
  }

  @Test("a result that cannot be written is stored elsewhere, and the message says where")
  func vanishedDirectory() async throws {
    try await Lyre.with { lyre in
      _ = try lyre.directory.makeDirectory("gone")
      try lyre.notebook(["print 1\nhang"], to: "gone/nb.ipynb")
      let command = try lyre.start(["run", "gone/nb.ipynb"])
      #expect(await command.hasPrinted("1"))
      unlink(lyre.directory.path("gone/nb.ipynb"))
      rmdir(lyre.directory.path("gone"))
      command.send(signal: SIGINT)
      let outcome = Lyre.Outcome(await command.result())
      #expect(
        outcome.errors.contains(
          "warning: gone/nb.ipynb: 'gone/nb.ipynb' cannot be written: No such file or directory; "
            + "the result is in '\(lyre.directory.path("nb.lyre.ipynb"))'"))
      #expect(outcome.code == 130)
      #expect(try lyre.text(0, in: "nb.lyre.ipynb") == "1\n")
    }
  }

  @Test(
    "a full disk loses nothing: neither the notebook nor the result",
    .enabled(if: SmallDisk.canMount, SmallDisk.missing))
  func fullDisk() async throws {
    try await SmallDisk.with { lyre in
      let before = try lyre.notebook(["flood 20000 10"], to: "disk/nb.ipynb")
      // Without saves during the run, parts of which might fit.
      let outcome = try await lyre.run(["run", "-q", "--save-every", "0", "disk/nb.ipynb"])
      let place = lyre.directory.path("nb.lyre.ipynb")
      #expect(
        outcome.errors.hasSuffix(
          "warning: disk/nb.ipynb: 'disk/nb.ipynb' cannot be written: No space left on device; "
            + "the result is in '\(place)'\n"))
      #expect(outcome.code == 6)
      #expect(try lyre.directory.read("disk/nb.ipynb") == before)
      #expect(try lyre.text(0, in: "nb.lyre.ipynb").count > 100_000)
      #expect(try lyre.directory.read("disk/nb.ipynb") == before)
    }
  }
}
