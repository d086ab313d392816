import Glibc
import NotebookDocument
import Pipelines
import RunViews
import SystemSupport

/// Reads notebooks named on the command line.
enum NotebookInput {
  /// The name of a notebook in messages.
  static func name(_ argument: String) -> String {
    switch argument {
    case "-": "standard input"
    case "": "''"
    default: argument
    }
  }

  /// The absolute path of a file.
  static func absolute(_ path: String) -> String {
    PipelinePath.joined(FilePath.currentDirectory, path)
  }

  /// The path by which the record of runs knows a notebook: absolute, with links followed; `-` as it is.
  static func recordedPath(_ argument: String) -> String {
    RecordedRuns.path(argument)
  }

  /// The bytes of a notebook; `-` is standard input.
  static func bytes(_ argument: String) throws(NotebookError) -> [UInt8] {
    argument == "-" ? try NotebookFile.readAll(0) : try NotebookFile(argument).read()
  }

  /// A notebook; `-` is standard input.
  static func document(_ argument: String) throws(NotebookError) -> NotebookDocument {
    try NotebookDocument(try bytes(argument))
  }

  /// The files named by arguments, with patterns expanded that the shell has not expanded.
  ///
  /// - Returns: the paths; a pattern without matches is unchanged, and will not be found.
  static func expand(_ arguments: [String]) -> [String] {
    arguments.flatMap { argument -> [String] in
      guard argument.contains(where: { "*?[".contains($0) }), access(argument, F_OK) != 0 else {
        return [argument]
      }
      let matches = FilePath.matches(argument)
      return matches.isEmpty ? [argument] : matches
    }
  }

  /// Whether consecutive pieces equal the content of a file.
  static func isSame(_ pieces: [ArraySlice<UInt8>], _ bytes: [UInt8]) -> Bool {
    guard pieces.reduce(0, { $0 + $1.count }) == bytes.count else { return false }
    var position = 0
    for piece in pieces {
      let isEqual = piece.withUnsafeBytes { left in
        bytes.withUnsafeBytes { right in
          guard let left = left.baseAddress, let right = right.baseAddress else { return true }
          return memcmp(left, right + position, piece.count) == 0
        }
      }
      guard isEqual else { return false }
      position += piece.count
    }
    return true
  }
}
