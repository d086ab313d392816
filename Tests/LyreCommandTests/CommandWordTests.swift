import KernelTesting
import RealKernels
import Testing

@Suite("Mistakes in the words of the command line")
struct CommandWordTests {
  @Test(
    "a word that is not a command is named, with the one that was probably meant",
    arguments: [
      (["runn", "x.ipynb"], "there is no command 'runn'; did you mean `lyre run`?"),
      (["x.ipynb"], "there is no command 'x.ipynb'; to run a notebook, use `lyre run x.ipynb`"),
      (
        ["pipeline", "x.pipeline"],
        "there is no command 'pipeline x.pipeline'; to run a pipeline, use "
          + "`lyre pipeline run x.pipeline`"
      ),
      (
        ["pipeline", "valdate", "x"],
        "there is no command 'pipeline valdate'; did you mean `lyre pipeline validate`?"
      ),
      (["frobnicate"], "there is no command 'frobnicate'; `lyre --help` lists the commands"),
      (
        ["kernels", "shwo"], "there is no command 'kernels shwo'; did you mean `lyre kernels show`?"
      ),
    ])
  func unknownCommand(_ words: [String], _ message: String) async throws {
    try await Lyre.with { lyre in
      let outcome = try await lyre.run(words)
      #expect(outcome.code == 2 && outcome.output.isEmpty, "\(outcome)")
      #expect(outcome.errors.hasPrefix("Error: \(message)\nUsage: lyre "), "\(outcome)")
    }
  }

  @Test("a value may follow -j and -k directly", arguments: [["-j2"], ["-j", "2"], ["-j=2"]])
  func joined(_ jobs: [String]) async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1"])
      let outcome = try await lyre.run(["run", "-q"] + jobs + ["-kscripted", "nb.ipynb"])
      #expect(outcome.code == 0, "\(outcome)")
      #expect(try lyre.text(0) == "1\n")
    }
  }

  @Test(
    "a negative number is a value, and refused as one",
    arguments: [
      (["--timeout", "-5"], "--timeout"), (["--timeout=-5"], "--timeout"),
      (["--save-every", "-1.5"], "--save-every"), (["-j", "-2"], "--jobs"),
    ])
  func negative(_ option: [String], _ name: String) async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1"])
      let outcome = try await lyre.run(["run", "nb.ipynb"] + option)
      #expect(outcome.code == 2, "\(outcome)")
      #expect(outcome.errors.hasPrefix("Error: \(name)"), "\(outcome)")
    }
  }

  @Test("too little address space is refused before anything is started")
  func addressSpace() async throws {
    try await Lyre.with { lyre in
      let program = try BuiltProduct.path("lyre")
      let outcome = Lyre.Outcome(
        try await RunningCommand(
          "/bin/sh", ["-c", "ulimit -v 250000; exec \"$0\" --version", program],
          environment: ["PATH": "/usr/bin:/bin"], directory: lyre.directory.path,
          limit: .seconds(60)
        ).result())
      #expect(outcome.code == 2)
      #expect(
        outcome.errors
          == "error: the limit of address space is 244 MB, and lyre needs 256 MB: raise it with "
          + "`ulimit -v`. Nothing was done.\n")
    }
  }
}
