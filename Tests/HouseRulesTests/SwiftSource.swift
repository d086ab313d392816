import FoundationEssentials
import Synchronization

/// A source file for the rules: its path, and its lines without comments and string contents.
struct SwiftSource: Sendable {
  /// The path from the root of the repository: `Sources/lyre/Lyre.swift`.
  var path: String
  var lines: [Substring]
  private let text: String

  init(path: String, text: String) {
    self.path = path
    self.text = text
    lines = withoutComments(text, keepsStrings: false)
  }

  /// Its lines without comments, with string contents.
  var linesWithStrings: [Substring] { withoutComments(text, keepsStrings: true) }

  /// The folder under `Sources` or `Tests` that contains it.
  var module: String {
    let components = path.split(separator: "/")
    return components.count > 2 ? String(components[1]) : ""
  }

  /// The numbers, from 1, of the lines for which `matches` returns true.
  func numbers(where matches: (Substring) -> Bool) -> [Int] {
    lines.indices.filter { matches(lines[$0]) }.map { $0 + 1 }
  }

  /// The imported modules, each with its line number, from 1.
  var imports: [(line: Int, module: String)] {
    lines.enumerated().compactMap { index, line in
      let words = line.split(separator: " ")
      guard let word = words.firstIndex(of: "import"), word + 1 < words.count else { return nil }
      // Only attributes and access levels precede `import`; a kind may follow it.
      let kinds: Set<Substring> = ["class", "enum", "func", "let", "protocol", "struct", "var"]
      let name = kinds.contains(words[word + 1]) ? words.last : words[word + 1]
      return name.map { (index + 1, String($0.prefix { $0 != "." })) }
    }
  }

  /// Every Swift file under `folder`, read from disk once.
  static func all(under folder: String, in repository: String) throws -> [SwiftSource] {
    if let known = read.withLock({ $0[folder] }) { return known }
    let sources = try FileManager.default.subpathsOfDirectory(atPath: repository + "/" + folder)
      .filter { $0.hasSuffix(".swift") }
      .sorted()
      .map { name in
        let path = folder + "/" + name
        let text = try String(contentsOfFile: repository + "/" + path, encoding: .utf8)
        return SwiftSource(path: path, text: text)
      }
    read.withLock { $0[folder] = sources }
    return sources
  }

  private static let read = Mutex<[String: [SwiftSource]]>([:])
}

extension Substring {
  /// Whether it contains a text, byte for byte.
  func holds(_ text: String) -> Bool {
    let (line, text) = (Array(utf8), Array(text.utf8))
    guard let first = text.first, line.count >= text.count else { return false }
    return (0...line.count - text.count).contains { place in
      line[place] == first && line[place...].starts(with: text)
    }
  }
}

/// The lines of a text without comments, and without the contents of string literals unless those
/// are kept.
private func withoutComments(_ text: String, keepsStrings: Bool) -> [Substring] {
  var result: [UInt8] = []
  var rest = Array(text.utf8)[...]
  func take(_ count: Int, keeps: Bool) {
    result += rest.prefix(count).filter { keeps || $0 == UInt8(ascii: "\n") }
    rest = rest.dropFirst(count)
  }
  /// Takes everything up to `end`; what is not kept leaves its line breaks.
  func take(to end: String, escapes: Bool, keeps: Bool) {
    while !rest.isEmpty {
      if rest.starts(with: end.utf8) { return take(end.utf8.count, keeps: keeps) }
      take(escapes && rest.first == UInt8(ascii: "\\") ? 2 : 1, keeps: keeps)
    }
  }
  func string(_ start: String, to end: String, escapes: Bool) -> Bool {
    guard rest.starts(with: start.utf8) else { return false }
    take(start.utf8.count, keeps: keepsStrings)
    take(to: end, escapes: escapes, keeps: keepsStrings)
    return true
  }
  let triple = "\"\"\""
  while let byte = rest.first {
    // Most bytes begin nothing.
    let begins =
      byte == UInt8(ascii: "/") || byte == UInt8(ascii: "#") || byte == UInt8(ascii: "\"")
    if begins, rest.starts(with: "//".utf8) {
      rest = rest.drop { $0 != UInt8(ascii: "\n") }
    } else if begins, rest.starts(with: "/*".utf8) {
      take(to: "*/", escapes: false, keeps: false)
    } else if !begins
      || !string("#" + triple, to: triple + "#", escapes: false)
        && !string("#\"", to: "\"#", escapes: false) && !string(triple, to: triple, escapes: true)
        && !string("\"", to: "\"", escapes: true)
    {
      result.append(byte)
      rest.removeFirst()
    }
  }
  return String(decoding: result, as: UTF8.self)
    .split(separator: "\n", omittingEmptySubsequences: false)
}
