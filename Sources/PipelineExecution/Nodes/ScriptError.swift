/// Finds a script's own error message.
enum ScriptError {
  /// The maximum length of the message.
  private static let limit = 300

  /// The line of the error message, from the end of a script's standard error.
  ///
  /// Python ends with the exception's line, R with `Execution halted` after the error, a shell with
  /// the message of the command that failed: so it is the last meaningful line.
  ///
  /// - Parameter tail: the last lines of standard error.
  /// - Returns: the line without control sequences; nil if there is none.
  static func line(of tail: String) -> String? {
    let lines = tail.split(separator: "\n").map { ControlSequences.removed(from: String($0)) }
    let candidates = lines.filter { line in
      let text = line.trimmed
      return !text.isEmpty && !isNoise(text)
    }
    guard let last = candidates.last else { return nil }
    var result = last.trimmed
    // R puts the message on the line after the call: "Error in f() : " or "Error: ".
    if candidates.count > 1, last.hasPrefix("  ") {
      let before = candidates[candidates.count - 2].trimmed
      if before.hasPrefix("Error"), before.hasSuffix(":") { result = before + " " + result }
    }
    return result.count > limit ? String(result.prefix(limit)) + "…" : result
  }

  /// Whether a line after the error has no information about it.
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
  /// The text without white space at both ends.
  fileprivate var trimmed: String {
    let rest = drop { $0.isWhitespace }
    guard let end = rest.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(rest[...end])
  }
}
