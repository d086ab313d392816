import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

/// Real kernels, because only ipykernel can be started warm.
@Suite(
  "Several notebooks with Python kernels",
  .enabled(if: RealKernels.has("python3"), Comment(rawValue: RealKernels.missing)))
struct SeveralNotebooksTests {
  private func notebook(_ code: String, _ kernel: String = "python3") -> [UInt8] {
    let value: JSONValue = [
      "cells": [
        [
          "cell_type": "code", "execution_count": nil, "id": "a", "metadata": [:], "outputs": [],
          "source": [.init(code)],
        ]
      ], "metadata": ["kernelspec": ["display_name": "", "name": .init(kernel)]],
      "nbformat": 4, "nbformat_minor": 5,
    ]
    return value.serialized(.jupyter)
  }

  private func lyre(_ arguments: [String], in directory: TemporaryDirectory) throws
    -> RunningCommand
  {
    var environment = RealKernels.environment
    environment["TMPDIR"] = directory.path
    environment["XDG_RUNTIME_DIR"] = nil
    return try RunningCommand(
      try BuiltProduct.path("lyre"), arguments, environment: environment,
      directory: directory.path)
  }

  @Test(
    "get kernels from one parent, each with its own state, unless --no-warm-start is set",
    arguments: [([], true), (["-j", "2"], true), (["--no-warm-start"], false)])
  func warm(options: [String], isWarm: Bool) async throws {
    try await TemporaryDirectory.with { directory in
      // The seed of hashes is chosen once per program.
      let code = "print('state' in globals(), hash('lyre')); state = 1"
      for name in ["a", "b"] { try directory.write(notebook(code), to: "\(name).ipynb") }
      let result = try await lyre(
        ["run", "-q", "--no-save", "a.ipynb", "b.ipynb"] + options, in: directory
      ).result()
      #expect(result.ending == .exited(0), "\(result.errorText)")
      let lines = result.outputText.split(separator: "\n").map {
        // With -j, each line begins with the notebook's name.
        $0.split(separator: " ").suffix(2).joined(separator: " ")
      }
      try #require(lines.count == 2)
      #expect(lines.allSatisfy { $0.hasPrefix("False ") })
      #expect((lines[0] == lines[1]) == isWarm)
    }
  }

  @Test(
    "print very many lines at once, each with the notebook's name",
    .timeLimit(.minutes(3)))
  func manyLines() async throws {
    try await TemporaryDirectory.with { directory in
      let count = 400_000
      try directory.write(
        notebook("print('\\n'.join(str(i) for i in range(\(count))))"), to: "a.ipynb")
      try directory.write(notebook("print('50%\\r100%\\nlast', end='')"), to: "b.ipynb")
      let result = try await lyre(
        ["run", "-q", "--no-save", "-j", "2", "a.ipynb", "b.ipynb"], in: directory
      ).result()
      #expect(result.ending == .exited(0), "\(result.errorText)")
      let lines = result.outputText.split(separator: "\n")
      let numbers = lines.filter { $0.hasPrefix("a.ipynb | ") }
      #expect(numbers.count == count)
      #expect(numbers.last == "a.ipynb | \(count - 1)")
      // The last state of an overwritten line counts.
      #expect(
        lines.filter { $0.hasPrefix("b.ipynb") } == ["b.ipynb | 100%", "b.ipynb | last"])
    }
  }

  @Test("leave no process or file behind if Lyre is killed")
  func killed() async throws {
    try await TemporaryDirectory.with { directory in
      let code = """
        import os, subprocess, time
        child = subprocess.Popen(["sleep", "1000"])
        print("runs", flush=True)
        time.sleep(1000)
        """
      for name in ["a", "b"] { try directory.write(notebook(code), to: "\(name).ipynb") }
      let command = try lyre(["run", "-q", "-j", "2", "a.ipynb", "b.ipynb"], in: directory)
      // With -j, each line begins with the notebook's name.
      for name in ["a", "b"] { #expect(await command.hasPrinted("\(name).ipynb")) }
      let processes = Self.descendants(of: command.processID)
      #expect(
        processes.count == 9,
        "two kernels, a child of each, what forks kernels, a keeper for each, and the guardian")
      command.send(signal: SIGKILL)
      #expect(await command.result().ending == .killed(signal: SIGKILL))
      _ = await eventually { !processes.contains(where: Self.isRunning) }
      #expect(processes.filter(Self.isRunning) == [])
      _ = await eventually { Self.connections(in: directory).isEmpty }
      #expect(Self.connections(in: directory) == [])
    }
  }

  @Test(
    "are refused if options cannot be combined or do not name modules",
    arguments: [
      (["--preload", "numpy", "--no-warm-start"], "use only one of --preload and --no-warm-start"),
      (["--preload", "import numpy"], "--preload: expected names of modules, as in numpy,pandas"),
    ])
  func usage(options: [String], message: String) async throws {
    try await TemporaryDirectory.with { directory in
      let result = try await lyre(["run", "a.ipynb"] + options, in: directory).result()
      #expect(result.ending == .exited(2))
      #expect(result.errorText.hasPrefix("Error: \(message)"), "\(result.errorText)")
    }
  }

  /// The processes that a program has started, and their descendants.
  private static func descendants(of program: Int32) -> [Int32] {
    let all = names(in: "/proc").compactMap { Int32($0) }
    var found: [Int32] = []
    var parents: Set<Int32> = [program]
    while true {
      let next = all.filter { parents.contains(parent(of: $0) ?? 0) && !found.contains($0) }
      if next.isEmpty { return found }
      found += next
      parents = Set(next)
    }
  }

  private static func parent(of process: Int32) -> Int32? {
    guard let text = try? readFile("/proc/\(process)/stat") else { return nil }
    let fields = String(decoding: text, as: UTF8.self).split(separator: ")").last?.split(
      separator: " ")
    return fields.flatMap { $0.count > 1 ? Int32($0[1]) : nil }
  }

  private static func isRunning(_ process: Int32) -> Bool {
    guard let text = try? readFile("/proc/\(process)/stat") else { return false }
    let state = String(decoding: text, as: UTF8.self).split(separator: ")").last?.dropFirst().first
    return state != "Z" && state != "X"
  }

  private static func connections(in directory: TemporaryDirectory) -> [String] {
    names(in: directory.path).filter { $0.hasPrefix("lyre-") }
  }

  private static func names(in directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names
  }
}
