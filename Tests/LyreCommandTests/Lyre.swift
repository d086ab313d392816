import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

/// The `lyre` command in its own directory, with the scripted kernel as the only kernel of that
/// name.
struct Lyre {
  let directory: TemporaryDirectory
  let kernel: ScriptedKernelSpec

  /// Runs a test with its own directory, and checks that kernels left no process or file.
  static func with(
    kernel options: [String] = [], members: [String: String] = [:],
    sourceLocation: SourceLocation = #_sourceLocation, _ body: (Lyre) async throws -> Void
  ) async throws {
    try await TemporaryDirectory.with { directory in
      let kernel = try ScriptedKernelSpec(in: directory, options: options, members: members)
      try await body(Lyre(directory: directory, kernel: kernel))
      #expect(await kernel.leftovers() == [], sourceLocation: sourceLocation)
    }
  }

  /// Writes a notebook with these code cells.
  ///
  /// - Returns: the content of the file.
  @discardableResult
  func notebook(
    _ sources: [String], to name: String = "nb.ipynb", tags: [Int: String] = [:],
    kernel: String = "scripted", language: String? = nil, timeouts: [Int: Double] = [:]
  ) throws -> [UInt8] {
    let cells = sources.enumerated().map { index, source -> JSONValue in
      var metadata: JSONObject = [:]
      if let timeout = timeouts[index] { metadata["lyre"] = ["timeout": .init(timeout)] }
      if let tag = tags[index] { metadata["tags"] = [.init(tag)] }
      return [
        "cell_type": "code", "execution_count": nil, "id": "cell-\(index)",
        "metadata": .object(metadata), "outputs": [],
        "source": .array(source.isEmpty ? [] : [.init(source)]),
      ]
    }
    var spec: JSONObject = ["display_name": "Scripted", "name": .init(kernel)]
    if let language { spec["language"] = .init(language) }
    let value: JSONValue = [
      "cells": .array(cells), "metadata": ["kernelspec": .object(spec)],
      "nbformat": 4, "nbformat_minor": 5,
    ]
    let bytes = value.serialized(.jupyter) + [0x0A]
    try directory.write(bytes, to: name)
    return bytes
  }

  /// Starts the command in the directory; it is killed if it runs longer than `limit`.
  func start(
    _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:],
    limit: Duration = .seconds(60)
  ) throws -> RunningCommand {
    var all = [
      "PATH": "/usr/bin:/bin", "HOME": directory.path, "JUPYTER_PATH": kernel.jupyterPath,
      "TMPDIR": directory.path, "LANG": "C.UTF-8",
    ]
    all.merge(environment) { $1 }
    return try RunningCommand(
      try BuiltProduct.path("lyre"), arguments, environment: all, directory: directory.path,
      input: input, limit: limit)
  }

  /// Runs lines of a shell in the directory; the command is `$LYRE`.
  func shell(_ lines: String, shell: String = "/bin/bash") async throws -> Outcome {
    let environment = [
      "PATH": "/usr/bin:/bin", "HOME": directory.path, "JUPYTER_PATH": kernel.jupyterPath,
      "TMPDIR": directory.path, "LANG": "C.UTF-8", "LYRE": try BuiltProduct.path("lyre"),
    ]
    let command = try RunningCommand(
      shell, ["-c", lines], environment: environment, directory: directory.path,
      limit: .seconds(60))
    return Outcome(await command.result())
  }

  /// Runs the command to its end.
  func run(
    _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:]
  ) async throws -> Outcome {
    let result = try await start(arguments, input: input, environment: environment).result()
    return Outcome(result)
  }

  /// The end and the output of the command, with the times of cells replaced.
  struct Outcome: Equatable, CustomStringConvertible {
    var code: Int32
    var output: String
    var errors: String

    init(_ code: Int32, output: String = "", errors: String = "") {
      self.code = code
      self.output = output
      self.errors = errors
    }

    init(_ result: RunningCommand.Result) {
      switch result.ending {
      case .exited(let code): self.code = code
      case .killed(let signal): code = -signal
      case .overdue: code = -1000
      }
      output = result.outputText
      errors = Outcome.withoutTimes(result.errorText)
    }

    /// Durations such as `0.2 s` become `T`.
    static func withoutTimes(_ text: String) -> String {
      text.replacing(/\d+\.\d s|\d+ s/, with: "T")
    }

    var description: String { "code \(code)\n--- stdout\n\(output)--- stderr\n\(errors)" }
  }

  /// The cells of a written notebook.
  func cells(_ name: String = "nb.ipynb") throws -> [JSONValue] {
    try JSONValue(parsing: directory.read(name))["cells"]?.array ?? []
  }

  /// The name of the kernel in a notebook.
  func kernelName(_ name: String = "nb.ipynb") throws -> String? {
    let value = try JSONValue(parsing: directory.read(name))
    return value["metadata"]?["kernelspec"]?["name"]?.string
  }

  /// The text of a cell's stream in a written notebook.
  func text(_ index: Int, _ stream: String = "stdout", in name: String = "nb.ipynb") throws
    -> String
  {
    let outputs = try cells(name)[index]["outputs"]?.array ?? []
    return outputs.filter { $0["name"]?.string == stream }
      .flatMap { $0["text"]?.array?.compactMap(\.string) ?? [] }.joined()
  }
}
