import Glibc
import RunRecord
import SystemSupport

/// The words of a command line that a user is typing, with the quotes of a shell.
struct CommandWords: Sendable {
  /// The words without quotes.
  let words: [String]

  init(_ words: [String]) { self.words = words.map(CommandWords.unquoted) }

  /// The first word that names a pipeline's file.
  var pipeline: String? { words.dropFirst().first { $0.hasSuffix(".pipeline") }.map(expanded) }

  /// The directory of the record of runs, as `--state` or the environment names it.
  var record: String {
    if let named = value(of: "--state") { return FilePath.absolute(expanded(named)) }
    let names = ["XDG_STATE_HOME", "HOME"]
    return PipelineHistory.defaultDirectory(
      environment: names.reduce(into: [:]) { environment, name in
        environment[name] = getenv(name).map { String(cString: $0) }
      })
  }

  /// The run that `lyre pipeline logs RUN` and its like name before a word.
  func run(before place: Int) -> String? {
    words.prefix(max(place, 0)).dropFirst(3).first { $0 == "last" || Int64($0) != nil }
  }

  private func value(of option: String) -> String? {
    for (place, word) in words.enumerated() {
      if word == option, place + 1 < words.count { return words[place + 1] }
      if word.hasPrefix(option + "=") { return String(word.dropFirst(option.count + 1)) }
    }
    return nil
  }

  /// A path with the home directory that the shell would put in place of `~`.
  private func expanded(_ path: String) -> String {
    guard path.hasPrefix("~/"), let home = getenv("HOME") else { return path }
    return String(cString: home) + path.dropFirst()
  }

  /// A word as the shell would pass it on, without the expansion of variables.
  static func unquoted(_ word: String) -> String {
    var result = ""
    var quote: Character?
    var isEscaped = false
    for character in word {
      if isEscaped {
        // In double quotes a backslash stands for itself before most characters.
        if quote == "\"", !"\"\\$`".contains(character) { result.append("\\") }
        result.append(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        isEscaped = true
      } else if character == quote {
        quote = nil
      } else if quote == nil, character == "'" || character == "\"" {
        quote = character
      } else {
        result.append(character)
      }
    }
    return result
  }
}
