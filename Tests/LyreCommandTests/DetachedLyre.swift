import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

extension Lyre {
  private static let record = ["--state", "state"]

  /// Runs a command of `lyre pipeline` with a record of the test's own.
  func detached(
    _ command: String, _ arguments: [String] = [], _ more: [String: String] = [:]
  ) async throws -> Outcome {
    try await runElsewhere(["pipeline", command] + arguments + Lyre.record, more)
  }

  /// Gives Slurm the pipeline.
  func detach(_ options: [String] = [], _ more: [String: String] = [:])
    async throws -> Outcome
  {
    try await detached("run", ["p.pipeline", "--slurm", "--detach"] + options, more)
  }

  /// Starts a command of `lyre pipeline`.
  func startDetached(_ arguments: [String], _ more: [String: String] = [:]) throws
    -> RunningCommand
  {
    try start(
      ["pipeline"] + arguments + Lyre.record,
      environment: Elsewhere.variables.merging(more) { $1 })
  }

  /// Runs a line of a shell with Slurm's programs.
  func tool(_ line: String) async throws -> Outcome {
    let command = try RunningCommand(
      "/bin/sh", ["-c", line], environment: Elsewhere.variables, directory: directory.path,
      limit: .seconds(60))
    return Outcome(await command.result())
  }

  /// The numbers and states of this test's jobs that have not ended.
  func jobs() async throws -> [String] {
    try await tool("squeue --noheader --format='%i %T %Z'").output.split(separator: "\n")
      .filter { $0.contains(directory.path) }
      .map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
  }

  /// Whether this test's jobs end soon.
  func hasNoJobs() async throws -> Bool {
    try await eventually { try await jobs().isEmpty }
  }

  /// Whether a file is there.
  func has(_ name: String) -> Bool {
    access(directory.path(name), F_OK) == 0
  }

  /// A program of Slurm in front of the real one.
  ///
  /// - Returns: the variables with which it is found.
  func wrap(_ name: String, _ lines: String) async throws -> [String: String] {
    let path = Elsewhere.variables["PATH"] ?? ""
    let real = try await tool("command -v \(name)").output.split(separator: "\n").first
    try directory.write(
      "#!/bin/sh\ncd '\(directory.path)'\nreal=\(try #require(real))\n\(lines)\n",
      to: "bin/\(name)", mode: 0o755)
    return ["PATH": "\(directory.path("bin")):\(path)"]
  }

  /// Lines of a script that wait until the test has written the file `go`.
  var waiting: String {
    "while ! [ -e '\(directory.path("go"))' ]; do sleep 0.1; done"
  }
}
