import ArgumentParser
import SystemSupport

/// Finds mistakes among the arguments that the parser reports in a misleading way.
enum MistakenWords {
  /// Fails if a word in the place of a command names none.
  ///
  /// - Parameters:
  ///   - words: the arguments without the program's name.
  ///   - root: the program's command.
  /// - Throws: ``UsageError`` with the word, and the command that was probably meant.
  static func check(
    _ words: [String], of root: any ParsableCommand.Type
  ) throws(UsageError) {
    var command = root
    var path = ["lyre"]
    for word in words {
      let configuration = command.configuration
      guard !configuration.subcommands.isEmpty, !word.hasPrefix("-"), word != "help" else { return }
      if let next = configuration.subcommands.first(where: { $0._commandName == word }) {
        command = next
        path.append(word)
        continue
      }
      let names = configuration.subcommands.map { $0._commandName }
      let nearest = Spelling.nearest(to: word, among: names, least: 1)
      // Otherwise it may be an argument of that one.
      guard configuration.defaultSubcommand == nil || nearest != nil else { return }
      let text = "there is no command '\((path.dropFirst() + [word]).joined(separator: " "))'"
      throw UsageError(message: "\(text); \(remedy(word, nearest, path))")
    }
  }

  private static func remedy(_ word: String, _ nearest: String?, _ path: [String]) -> String {
    if word.hasSuffix(".pipeline") {
      return "to run a pipeline, use `lyre pipeline run \(word)`"
    }
    if word.hasSuffix(".ipynb") { return "to run a notebook, use `lyre run \(word)`" }
    let command = path.joined(separator: " ")
    guard let nearest else { return "`\(command) --help` lists the commands" }
    return "did you mean `\(command) \(nearest)`?"
  }

  /// The arguments with each negative number attached to the option before it, because the parser
  /// takes it for an option.
  static func joiningNegativeNumbers(_ words: [String]) -> [String] {
    var result: [String] = []
    for (place, word) in words.enumerated() {
      if word == "--" { return result + words[place...] }
      if isNegativeNumber(word), let option = result.last, isOption(option) {
        result[result.count - 1] = "\(option)=\(word)"
      } else {
        result.append(word)
      }
    }
    return result
  }

  private static func isNegativeNumber(_ word: String) -> Bool {
    word.hasPrefix("-") && word.dropFirst().first?.isNumber == true && Double(word) != nil
  }

  private static func isOption(_ word: String) -> Bool {
    word.hasPrefix("-") && !word.contains("=") && !isNegativeNumber(word)
  }
}
