import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("Real kernels")
struct RealKernelTests {
  private static let fixtures = RealKernels.repositoryRoot + "/Fixtures/notebooks/kernels"

  /// Runs a notebook in a directory with the kernels of the test environment.
  private func lyre(
    _ arguments: [String], in directory: TemporaryDirectory, limit: Duration = .seconds(120)
  ) async throws -> RunningCommand.Result {
    try await RunningCommand(
      try BuiltProduct.path("lyre"), arguments, environment: RealKernels.environment,
      directory: directory.path, limit: limit
    ).result()
  }

  @Test(
    "have the recorded outputs",
    .enabled(if: RealKernels.has("python3"), Comment(rawValue: RealKernels.missing)),
    arguments: [
      ("python3", "python3"), ("python3", "ipykernel6"), ("xpython", "xpython"), ("bash", "bash"),
      ("ir", "ir"), ("deno", "deno"), ("octave", "octave"), ("gnuplot", "gnuplot"),
    ])
  func fixtures(_ notebook: String, _ kernel: String) async throws {
    try await TemporaryDirectory.with { directory in
      let source = try readFile("\(Self.fixtures)/\(notebook).ipynb")
      try directory.write(source, to: "nb.ipynb")
      let result = try await lyre(["run", "-q", "nb.ipynb", "-k", kernel], in: directory)
      #expect(result.ending == .exited(0), "\(result.errorText)")
      let run = try JSONValue(parsing: directory.read("nb.ipynb"))
      let expected = try JSONValue(parsing: readFile("\(Self.fixtures)/\(notebook).expected.ipynb"))
      // Deno sends streams from a task of their own, and on a busy machine the error overtakes them.
      #expect(
        NotebookComparison.difference(run, expected, streamsInOrder: kernel != "deno") == nil)
    }
  }

  @Test(
    "change one line of a notebook in git, as the README shows",
    .enabled(if: RealKernels.has("python3"), Comment(rawValue: RealKernels.missing)))
  func diff() async throws {
    try await TemporaryDirectory.with { directory in
      let before = try readFile(RealKernels.repositoryRoot + "/Fixtures/notebooks/rain.ipynb")
      try directory.write(before, to: "rain.ipynb")
      let result = try await lyre(["run", "-q", "--no-record-timing", "rain.ipynb"], in: directory)
      #expect(result.ending == .exited(0), "\(result.errorText)")
      func lines(_ bytes: [UInt8]) -> [Substring] {
        // The version of Python depends on the machine.
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter {
          !$0.contains("\"version\": \"3.")
        }
      }
      let changes = zip(lines(before), lines(try directory.read("rain.ipynb"))).filter { $0 != $1 }
      #expect(changes.count == 1)
      #expect(changes.first?.0 == #"            "1 wet days, 8.9 mm\n""#)
      #expect(changes.first?.1 == #"            "2 wet days, 11.4 mm\n""#)
    }
  }

  @Test(
    "end when a cell is interrupted by its limit, or are reported dead",
    .enabled(if: RealKernels.has("python3"), Comment(rawValue: RealKernels.missing)),
    arguments: [
      ("python3", "import time; time.sleep(60)", 3),
      ("ipykernel6", "import time; time.sleep(60)", 3),
      ("ir", "Sys.sleep(60)", 3), ("bash", "sleep 60", 3), ("octave", "pause(60)", 3),
      // SIGINT ends these two: with exit code 0 and by the signal.
      ("xpython", "import time; time.sleep(60)", 3),
      ("deno", "await new Promise(r => setTimeout(r, 60000))", 3),
      ("java", "while (true) { Thread.sleep(100); }", 3), ("gnuplot", "pause 60", 3),
    ] as [(String, String, Int32)])
  func interrupt(_ kernel: String, _ code: String, _ exit: Int32) async throws {
    try await TemporaryDirectory.with { directory in
      try directory.write(notebook([code], kernel), to: "nb.ipynb")
      let result = try await lyre(["run", "nb.ipynb", "--timeout", "1.5"], in: directory)
      #expect(result.ending == .exited(exit), "\(result.errorText)")
      #expect(result.errorText.contains("took longer than its limit"), "\(result.errorText)")
    }
  }

  /// Code that requests a line and prints it in brackets, and the outcome without input: the end of
  /// the run, or the code's output.
  ///
  /// The kernels of Bash and gnuplot cannot request input.
  static let questions: [(kernel: String, code: String, none: String?)] = [
    ("python3", python, nil), ("ipykernel6", python, nil), ("xpython", python, nil),
    ("ir", "x <- readline('n? ')\ncat('[', x, ']\\n', sep = '')", "[]\n"),
    ("deno", "console.log(`[${prompt('n?')}]`)", "[null]\n"),
    (
      "java",
      "var r = new java.io.BufferedReader(new java.io.InputStreamReader(System.in));\n"
        + "System.out.println(\"[\" + r.readLine() + \"]\");", "[null]\n"
    ), ("octave", "x = input('n? ', 's');\ndisp(['[' x ']'])", nil),
  ]
  private static let python = "print(f\"[{input('n? ')}]\")"

  @Test(
    "get answers to input requests, and continue or fail without any",
    .enabled(if: RealKernels.has("python3"), Comment(rawValue: RealKernels.missing)),
    arguments: questions)
  func input(_ question: (kernel: String, code: String, none: String?)) async throws {
    try await TemporaryDirectory.with { directory in
      try directory.write(notebook([question.code], question.kernel), to: "nb.ipynb")
      try directory.write("Zoë ☃\n", to: "answers")
      let answered = try await lyre(
        ["run", "-q", "nb.ipynb", "--stdin", "answers", "--timeout", "30"], in: directory)
      #expect(answered.ending == .exited(0), "\(answered.errorText)")
      // Octave writes for a terminal.
      #expect(answered.outputText.replacing("\r\n", with: "\n") == "[Zoë ☃]\n")
      let alone = try await lyre(["run", "-q", "nb.ipynb", "--timeout", "30"], in: directory)
      #expect(alone.ending == .exited(question.none == nil ? 1 : 0), "\(alone.errorText)")
      #expect(alone.outputText == question.none ?? "")
    }
  }

  private func notebook(_ sources: [String], _ kernel: String) -> [UInt8] {
    let cells = sources.enumerated().map { place, source -> JSONValue in
      [
        "cell_type": "code", "execution_count": nil, "id": .init("c\(place)"), "metadata": [:],
        "outputs": [], "source": [.init(source)],
      ]
    }
    let notebook: JSONValue = [
      "cells": .array(cells),
      "metadata": ["kernelspec": ["display_name": "", "name": .init(kernel)]],
      "nbformat": 4, "nbformat_minor": 5,
    ]
    return notebook.serialized(.jupyter)
  }

  @Test(
    "are listed in Jupyter's order",
    .enabled(if: RealKernels.has("python3"), Comment(rawValue: RealKernels.missing)))
  func listing() async throws {
    try await TemporaryDirectory.with { directory in
      let ours = try await lyre(["kernels", "--json"], in: directory)
      let jupyter = try await RunningCommand(
        "\(RealKernels.folder)/main/bin/jupyter", ["kernelspec", "list", "--json"],
        environment: RealKernels.environment, directory: directory.path
      ).result()
      func specs(_ text: [UInt8]) throws -> [String: String] {
        let members = try JSONValue(parsing: text)["kernelspecs"]?.object ?? [:]
        return Dictionary(
          uniqueKeysWithValues: members.map {
            ($0.key.string, $0.value["resource_dir"]?.string ?? "")
          })
      }
      let expected = try specs(jupyter.output)
      #expect(try specs(ours.output) == expected)
      #expect(expected.count > 6)
    }
  }
}
