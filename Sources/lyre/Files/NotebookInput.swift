import Glibc
import NotebookDocument
import SystemSupport

/// Notebooks as they are named on the command line.
enum NotebookInput {
  /// What a notebook is called in messages.
  static func name(_ argument: String) -> String {
    switch argument {
    case "-": "standard input"
    case "": "''"
    default: argument
    }
  }

  /// The bytes of a notebook; `-` is standard input.
  static func bytes(_ argument: String) throws(NotebookError) -> [UInt8] {
    argument == "-" ? try NotebookFile.readAll(0) : try NotebookFile(argument).read()
  }

  /// A notebook; `-` is standard input.
  static func document(_ argument: String) throws(NotebookError) -> NotebookDocument {
    try NotebookDocument(try bytes(argument))
  }

  /// The files that arguments name, patterns that no shell has expanded among them.
  ///
  /// - Returns: the paths; a pattern that fits nothing stays as it is and will not be found.
  static func expand(_ arguments: [String]) -> [String] {
    arguments.flatMap { argument -> [String] in
      guard argument.contains(where: { "*?[".contains($0) }), access(argument, F_OK) != 0 else {
        return [argument]
      }
      let matches = FilePath.matches(argument)
      return matches.isEmpty ? [argument] : matches
    }
  }

  /// Whether stretches of bytes, one after the other, are what a file holds.
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
