import Glibc
import KernelLauncher
import Pipelines
import Processes
import SystemSupport

/// Finds the command that runs a script.
enum ScriptCommand {
  /// Why a script cannot be run.
  struct Problem: Error {
    var message: String
  }

  /// The command for a script: Python scripts run with the active environment's Python, R scripts
  /// with Rscript, others directly or with the interpreter in their first line.
  ///
  /// - Parameters:
  ///   - kind: the kind of node.
  ///   - path: the script's absolute path.
  ///   - environment: the script's variables.
  ///   - python: the Python to use instead of the active one.
  static func make(
    _ kind: PipelineNode.Kind, _ path: String, environment: [String: String], python: String?
  ) throws(Problem) -> ProcessCommand {
    let program: [String]
    switch kind {
    case .pythonScript:
      let active = JupyterPaths(environment: environment).prefixes.lazy.compactMap(\.interpreter)
      guard let found = python ?? active.first ?? find(["python3", "python"], environment) else {
        throw Problem(message: "no Python was found to run it; install python3")
      }
      program = [found, path]
    case .rScript:
      guard let found = find(["Rscript"], environment) else {
        throw Problem(message: "no Rscript was found to run it; install R")
      }
      program = [found, path]
    default:
      if access(path, X_OK) == 0 {
        program = [path]
      } else if let words = firstLine(path), let interpreter = words.first {
        guard let found = find([interpreter], environment) else {
          throw Problem(message: "its first line names '\(interpreter)', which does not exist")
        }
        program = [found] + words.dropFirst() + [path]
      } else {
        throw Problem(
          message:
            "Lyre does not know how to run it; start it with a line such as #!/bin/sh, or make it "
            + "executable")
      }
    }
    return ProcessCommand(executable: program[0], arguments: program, environment: environment)
  }

  /// The first of some programs that exists: on `PATH`, or by its path.
  static func find(_ names: [String], _ environment: [String: String]) -> String? {
    for name in names {
      if name.contains("/") {
        if access(name, X_OK) == 0 { return FilePath.absolute(name) }
        continue
      }
      for directory in (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
      {
        let candidate = "\(directory)/\(name)"
        if FilePath.isExecutable(candidate) {
          // A relative entry of PATH is relative to this directory, and the script runs in another
          // one.
          return FilePath.absolute(candidate)
        }
      }
    }
    return nil
  }

  /// The program that the first line of a file names, also through `env`; nil if it names none.
  static func interpreter(of path: String, _ environment: [String: String]) -> String? {
    guard let words = firstLine(path), let first = words.first else { return nil }
    guard first.hasSuffix("/env") else { return find([first], environment) }
    let name = words.dropFirst().joined(separator: " ").split(separator: " ").first {
      !$0.hasPrefix("-") && !$0.contains("=")
    }
    return name.flatMap { find([String($0)], environment) }
  }

  /// The words after `#!` in the first line; nil if it does not start with that.
  private static func firstLine(_ path: String) -> [String]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 1024)
    let count = read(descriptor, &buffer, buffer.count)
    guard count > 2, buffer.starts(with: "#!".utf8) else { return nil }
    let line = buffer[2..<count].prefix { $0 != 0x0A && $0 != 0x0D }
    // The system passes everything after the interpreter as one argument.
    let words = String(decoding: line, as: UTF8.self).split(
      maxSplits: 1, whereSeparator: { $0 == " " || $0 == "\t" })
    return words.map { String($0.drop { $0 == " " || $0 == "\t" }) }.filter { !$0.isEmpty }
  }
}
