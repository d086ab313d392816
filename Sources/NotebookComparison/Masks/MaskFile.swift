/// A file of masks in nbval's format: lines `regex: …`, each followed by a line `replace: …`.
///
/// Section names and all other lines are comments, as for nbval.
package enum MaskFile {
  /// More bytes than this are not a list of masks.
  package static let limit = 1 << 20

  /// Reads the masks.
  ///
  /// - Throws: ``MaskFileError`` for a pattern that is not valid, a line without its partner, and a
  ///   file without masks.
  package static func patterns(_ bytes: [UInt8]) throws(MaskFileError) -> [MaskPattern] {
    var patterns: [MaskPattern] = []
    var open: (line: Int, regex: String)?
    let lines = String(decoding: bytes, as: UTF8.self).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      let number = index + 1
      if let regex = value(of: "regex", in: line) {
        if let open { throw lonely(open.line) }
        open = (number, regex)
      } else if let replacement = value(of: "replace", in: line) {
        guard let pair = open else {
          throw MaskFileError(
            line: number, message: "'replace:' does not follow a line with 'regex:'")
        }
        patterns.append(try MaskPattern(pair.regex, replacement, line: pair.line))
        open = nil
      } else if let open {
        throw lonely(open.line)
      }
    }
    if let open { throw lonely(open.line) }
    if patterns.isEmpty {
      throw MaskFileError(
        line: 1,
        message: "there is no mask; a mask is a line 'regex: …' followed by a line 'replace: …'")
    }
    return patterns
  }

  private static func lonely(_ line: Int) -> MaskFileError {
    MaskFileError(
      line: line, message: "'regex:' needs a line with 'replace:' directly below it")
  }

  private static func value(of key: String, in line: Substring) -> String? {
    guard line.hasPrefix(key + ":") else { return nil }
    let rest = line.dropFirst(key.count + 1)
    return String(rest.first == " " ? rest.dropFirst() : rest)
  }
}
