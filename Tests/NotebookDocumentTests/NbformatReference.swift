import Glibc
import JSONCore
import KernelTesting
import NotebookDocument
import RealKernels
import Testing

/// The results of nbformat itself, in the test environment.
enum NbformatReference {
  static let python = RealKernels.folder + "/main/bin/python"
  static var isThere: Bool { access(python, X_OK) == 0 || RealKernels.has("xpython") }
  private static let scripts =
    RealKernels.repositoryRoot + "/Tests/NotebookDocumentTests/Reference"

  struct Answer {
    /// The result of `nbformat.write`; nil if nbformat fails.
    var written: [UInt8]?
    /// The notebook as nbformat 4.5, with every id `masked`; nil if nbformat fails.
    var upgraded: [UInt8]?
    /// The result of `isvalid`; nil if it fails.
    var isValid: Bool?
    /// Whether it can be read and is valid as nbformat 4.5.
    var becomesValid: Bool?
  }

  /// The answers for files, in their order.
  ///
  /// - Parameters:
  ///   - paths: the files.
  ///   - wanted: the names of the wanted answers in the script; all if empty.
  static func answers(_ paths: [String], _ wanted: String...) throws -> [Answer] {
    let lines = try lines("nbformat_forms.py", paths, arguments: wanted)
    return try lines.map { line in
      let value = try JSONValue(parsing: line)
      return Answer(
        written: value["written"]?.string.map { Array($0.utf8) },
        upgraded: value["upgraded"]?.string.map { Array($0.utf8) },
        isValid: value["is_valid"]?.bool, becomesValid: value["becomes_valid"]?.bool)
    }
  }

  /// The output of a script that answers each line with a line.
  ///
  /// - Parameters:
  ///   - script: its name in the folder `Reference`.
  ///   - input: the lines, without line endings.
  ///   - arguments: its arguments.
  static func lines(_ script: String, _ input: [String], arguments: [String] = []) throws
    -> [[UInt8]]
  {
    try TemporaryDirectory.with { directory in
      let list = "\(directory.path)/input"
      try NotebookFile(list).write(Array((input.joined(separator: "\n") + "\n").utf8))
      let command = (["'\(python)' '\(scripts)/\(script)'"] + arguments).joined(separator: " ")
      let pipe = try #require(popen("\(command) < '\(list)'", "re"))
      var output: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 1 << 20)
      while case let count = fread(&chunk, 1, chunk.count, pipe), count > 0 {
        output += chunk[..<count]
      }
      try #require(pclose(pipe) == 0)
      let lines = output.split(separator: 0x0A).map(Array.init)
      try #require(lines.count == input.count)
      return lines
    }
  }
}
