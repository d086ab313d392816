import KernelTesting
import RealKernels
import Testing

@Suite("Notebooks whose kernel is not installed")
struct KernelFallbackTests {
  @Test("run in the only kernel of the language, and keep the kernel's name")
  func only() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1"], kernel: "gone", language: "script")
      let outcome = try await lyre.run(["run", "-q", "nb.ipynb"])
      let warning =
        "warning: nb.ipynb: no kernel named 'gone'; 'scripted' runs script too and is used\n"
      #expect(outcome == .init(0, output: "1\n", errors: warning))
      #expect(try lyre.kernelName() == "gone")
    }
  }

  @Test(
    "are refused with --kernel-fallback never",
    arguments: [["run"], ["run", "-j", "2", "other.ipynb"]])
  func never(words: [String]) async throws {
    try await Lyre.with { lyre in
      let before = try lyre.notebook(["print 1"], kernel: "gone", language: "script")
      try lyre.notebook(["print 2"], to: "other.ipynb")
      let outcome = try await lyre.run(words + ["-q", "nb.ipynb", "--kernel-fallback", "never"])
      #expect(outcome.code == 5)
      #expect(outcome.errors.hasPrefix("error: no kernel named 'gone' (notebook nb.ipynb). "))
      #expect(try lyre.directory.read("nb.ipynb") == before)
    }
  }

  @Test("are refused with --kernel-fallback never by every command of pipelines")
  func pipelines() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1"], kernel: "gone", language: "script")
      try lyre.pipeline([.init(file: "nb.ipynb")])
      for command in ["validate", "run", "status"] {
        let refused = try await lyre.run([
          "pipeline", command, "p.pipeline", "--kernel-fallback", "never",
        ])
        #expect(refused.code == 2, "\(command)")
        #expect((refused.output + refused.errors).contains("gone"), "\(command)")
      }
      #expect(lyre.kernel.starts.isEmpty)
      #expect(try await lyre.run(["pipeline", "validate", "p.pipeline"]).code == 0)
      #expect(try await lyre.run(["pipeline", "run", "-q", "p.pipeline"]).code == 0)
    }
  }

  @Test("are refused if several kernels run the language, with their names")
  func several() async throws {
    try await Lyre.with { lyre in
      _ = try ScriptedKernelSpec(in: lyre.directory, name: "second")
      try lyre.notebook(["print 1"], kernel: "gone", language: "script")
      let outcome = try await lyre.run(["run", "-q", "nb.ipynb"])
      #expect(outcome.code == 5)
      #expect(
        outcome.errors.contains("Several of them run its language: scripted, second."))
      #expect(lyre.kernel.starts.isEmpty)
    }
  }
}
