/// What a script says about its own failure.
enum ScriptError {
  /// How much of a line is of use in a message.
  private static let limit = 300

  /// The line that names the error, of the end of what a script wrote to standard error.
  ///
  /// Python ends with the exception's line, R with `Execution halted` after the error, a shell with
  /// the message of the command that failed: so the last line that says something.
  ///
  /// - Parameter tail: the last lines of standard error.
  /// - Returns: the line without control sequences; nil when there is none.
  static func line(of tail: String) -> String? {
    let lines = tail.split(separator: "\n").map { ControlSequences.removed(from: String($0)) }
    let candidates = lines.filter { line in
      let text = line.trimmed
      return !text.isEmpty && !isNoise(text)
    }
    guard let last = candidates.last else { return nil }
    var result = last.trimmed
    // R puts the message below the call that it is about: "Error in f() : " or "Error: ".
    if candidates.count > 1, last.hasPrefix("  ") {
      let before = candidates[candidates.count - 2].trimmed
      if before.hasPrefix("Error"), before.hasSuffix(":") { result = before + " " + result }
    }
    return result.count > limit ? String(result.prefix(limit)) + "…" : result
  }

  /// Lines that stand below the error, and say nothing about it.
  private static func isNoise(_ line: String) -> Bool {
    let beginnings = [
      "Execution halted", "Calls:", "Warning message:", "Stack trace:", "sys:1:", "During startup",
      "For more information", "If you suspect this is an IPython",
    ]
    return line.allSatisfy { $0 == "^" || $0 == "~" || $0 == " " }
      || beginnings.contains { line.hasPrefix($0) }
  }
}

extension String {
  /// Without spaces at both ends.
  fileprivate var trimmed: String {
    let rest = drop { $0.isWhitespace }
    guard let end = rest.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(rest[...end])
  }
}
