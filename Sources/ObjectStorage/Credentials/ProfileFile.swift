/// A file of profiles, `~/.aws/credentials` or `~/.aws/config`: sections with settings, and settings that have
/// settings of their own in indented lines.
struct ProfileFile: Sendable, Hashable {
  /// The settings of each section, by its name without `profile `; nested ones as `s3.addressing_style`.
  private(set) var sections: [String: [String: String]] = [:]

  /// Reads the text of a file; lines that have another form are ignored, as in Amazon's programs.
  init(_ text: String) {
    var section: String?
    var outer: String?
    for line in text.split(whereSeparator: \.isNewline) {
      let content = ProfileFile.trimmed(line)
      guard let first = content.first, first != "#", first != ";" else { continue }
      if first == "[" {
        let name = content.dropFirst().prefix { $0 != "]" }
        section = ProfileFile.name(ProfileFile.trimmed(name))
        outer = nil
        if let section { sections[section, default: [:]].merge([:]) { $1 } }
        continue
      }
      guard let section, let equals = content.firstIndex(of: "=") else { continue }
      let key = ProfileFile.trimmed(content[..<equals]).lowercased()
      let value = ProfileFile.value(content[content.index(after: equals)...])
      let isNested = line.first == " " || line.first == "\t"
      if isNested, let outer {
        sections[section]?["\(outer).\(key)"] = value
      } else {
        sections[section]?[key] = value
        outer = value.isEmpty ? key : nil
      }
    }
  }

  /// The name of a profile: `profile` stands before it in the configuration only.
  private static func name(_ text: Substring) -> String {
    let words = text.split(whereSeparator: \.isWhitespace)
    if words.count > 1, words[0] == "profile" {
      let name = words.dropFirst().joined(separator: " ")
      return name.filter { $0 != "\"" }
    }
    return words.joined(separator: " ")
  }

  /// A value, without a comment: that begins with a blank.
  private static func value(_ text: Substring) -> String {
    var end = text.endIndex
    for mark in ["#", ";"] {
      for blank in [" ", "\t"] {
        if let range = text.firstRange(of: blank + mark) { end = min(end, range.lowerBound) }
      }
    }
    return String(trimmed(text[..<end]))
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}
