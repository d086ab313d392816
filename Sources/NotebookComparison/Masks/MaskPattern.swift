import _StringProcessing

/// A regular expression of a mask file, in Python's notation, and what replaces its matches.
package struct MaskPattern: Sendable, Hashable {
  /// The expression as in the file.
  package let regex: String
  /// The line of the expression in its file, from 1.
  package let line: Int

  private let translated: String
  private let replacement: [Part]

  /// A part of a replacement.
  private enum Part: Sendable, Hashable {
    case text(String)
    case group(Int)
    case named(String)
  }

  /// Longer expressions are refused, and deeper ones: the parser works recursively.
  private static let longest = 10_000
  private static let deepest = 50

  /// Creates a mask.
  ///
  /// - Parameters:
  ///   - regex: the expression, as for Python's `re.sub`.
  ///   - replacement: the replacement, as for Python's `re.sub`: with `\1` and `\g<name>`.
  ///   - line: the line of the expression in its file, from 1.
  /// - Throws: ``MaskFileError`` if the expression or the replacement is not valid.
  package init(_ regex: String, _ replacement: String, line: Int) throws(MaskFileError) {
    self.regex = regex
    self.line = line
    translated = try MaskPattern.translated(regex, line: line)
    self.replacement = try MaskPattern.parts(of: replacement, line: line)
    do {
      _ = try Regex(translated)
    } catch {
      throw MaskFileError(line: line, message: "'\(regex)' is not a valid expression: \(error)")
    }
  }

  /// Replaces all matches; its time has no bound, see ``MaskSet``.
  func replaced(in text: String) -> String {
    guard let expression = try? Regex(translated).matchingSemantics(.unicodeScalar) else {
      return text
    }
    return text.replacing(expression) { match in
      replacement.map { part -> Substring in
        switch part {
        case .text(let text): return text[...]
        case .group(let number):
          return match.output.indices.contains(number) ? match.output[number].substring ?? "" : ""
        case .named(let name): return match.output[name]?.substring ?? ""
        }
      }.joined()
    }
  }

  /// The expression in Swift's notation, which knows more operators in brackets than Python's.
  private static func translated(_ regex: String, line: Int) throws(MaskFileError) -> String {
    guard regex.utf8.count <= longest else {
      throw MaskFileError(line: line, message: "the expression is longer than \(longest) bytes")
    }
    var result = String.UnicodeScalarView()
    var rest = Array(regex.unicodeScalars)[...]
    var depth = 0
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\\":
        result.append(scalar)
        // The end of the text.
        if let next = rest.popFirst() { result.append(next == "Z" ? "z" : next) }
      case "[":
        depth += 1
        takeClass(&rest, &result)
        depth -= 1
      case "(":
        depth += 1
        result.append(scalar)
      case ")":
        depth -= 1
        result.append(scalar)
      default: result.append(scalar)
      }
      guard depth <= deepest else {
        throw MaskFileError(
          line: line, message: "the expression has more than \(deepest) nested groups")
      }
    }
    return String(result)
  }

  /// Copies a class of characters, after its opening bracket.
  private static func takeClass(
    _ rest: inout ArraySlice<Unicode.Scalar>, _ result: inout String.UnicodeScalarView
  ) {
    result.append("[")
    if rest.first == "^" { result.append(rest.removeFirst()) }
    if rest.first == "]" {
      rest.removeFirst()
      result += ["\\", "]"]
    }
    while let scalar = rest.popFirst() {
      switch scalar {
      case "]":
        result.append(scalar)
        return
      case "[": result += ["\\", "["]
      case "\\":
        result.append(scalar)
        if let next = rest.popFirst() { result.append(next) }
      case "&", "~":
        // Doubled, they are operators.
        result += ["\\", scalar]
      case "-" where rest.first == "-": result += ["\\", "-"]
      default: result.append(scalar)
      }
    }
  }

  private static func parts(of replacement: String, line: Int) throws(MaskFileError) -> [Part] {
    var parts: [Part] = []
    var rest = replacement[...]
    while let place = rest.firstIndex(of: "\\") {
      if place > rest.startIndex { parts.append(.text(String(rest[..<place]))) }
      rest = rest[place...].dropFirst()
      if rest.hasPrefix("g<"), let end = rest.firstIndex(of: ">") {
        let name = String(rest[..<end].dropFirst(2))
        guard Int(name).map({ $0 >= 0 }) ?? true else {
          throw MaskFileError(line: line + 1, message: "'\\g<\(name)>' is not a group")
        }
        parts.append(Int(name).map { .group($0) } ?? .named(name))
        rest = rest[end...].dropFirst()
      } else if let digits = Optional(rest.prefix(2).prefix { $0.isASCII && $0.isNumber }),
        let number = Int(digits)
      {
        parts.append(.group(number))
        rest = rest.dropFirst(digits.count)
      } else if let next = rest.popFirst() {
        let escapes: [Character: String] = ["n": "\n", "t": "\t", "r": "\r", "\\": "\\"]
        guard let text = escapes[next] ?? (next.isLetter ? nil : "\\\(next)") else {
          throw MaskFileError(line: line + 1, message: "'\\\(next)' has no meaning in 'replace:'")
        }
        parts.append(.text(text))
      } else {
        throw MaskFileError(line: line + 1, message: "'replace:' ends with a lone '\\'")
      }
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    return parts
  }
}
