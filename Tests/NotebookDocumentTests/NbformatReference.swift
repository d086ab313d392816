import Glibc
import JSONCore
import KernelTesting
import NotebookDocument
import RealKernels
import Testing

/// What nbformat itself, in the test environment, makes of notebooks.
enum NbformatReference {
  static let python = RealKernels.folder + "/main/bin/python"
  static var isThere: Bool { access(python, X_OK) == 0 || RealKernels.has("xpython") }
  private static let script =
    RealKernels.repositoryRoot + "/Tests/NotebookDocumentTests/Reference/nbformat_forms.py"

  struct Answer {
    /// What `nbformat.write` gives; nil where nbformat fails.
    var written: [UInt8]?
    /// The notebook as nbformat 4.5, every id `masked`; nil where nbformat fails.
    var upgraded: [UInt8]?
    /// What `isvalid` says; nil where it fails.
    var isValid: Bool?
  }

  /// The answers for files, in their order.
  static func answers(_ paths: [String]) throws -> [Answer] {
    try TemporaryDirectory.with { directory in
      let list = "\(directory.path)/paths"
      try NotebookFile(list).write(Array((paths.joined(separator: "\n") + "\n").utf8))
      let pipe = try #require(popen("'\(python)' '\(script)' < '\(list)'", "re"))
      var output: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 1 << 20)
      while case let count = fread(&chunk, 1, chunk.count, pipe), count > 0 {
        output += chunk[..<count]
      }
      try #require(pclose(pipe) == 0)
      let answers = try output.split(separator: 0x0A).map { line in
        let value = try JSONValue(parsing: Array(line))
        return Answer(
          written: value["written"]?.string.map { Array($0.utf8) },
          upgraded: value["upgraded"]?.string.map { Array($0.utf8) },
          isValid: value["is_valid"]?.bool)
      }
      try #require(answers.count == paths.count)
      return answers
    }
  }
}
