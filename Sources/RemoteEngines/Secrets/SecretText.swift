/// A password or token of a configuration: the value itself, or where it is to be found.
///
/// Its description never has the value, so that it can be printed by accident.
package struct SecretText: Sendable, Hashable, CustomStringConvertible {
  /// Where the value is.
  package enum Source: Sendable, Hashable {
    /// In the configuration.
    case clear
    /// In the environment variable with this name.
    case environment(String)
    /// In the file at this path.
    case file(String)
    /// In the output of this command.
    case command(String)
  }

  /// The text as the configuration has it: a secret if the value is in the configuration.
  package let stored: String

  /// Creates a secret from the text of a configuration.
  ///
  /// - Parameter text: the value, or `env:NAME`, `file:PATH` or `command:PROGRAM ARGUMENTS`.
  package init(_ text: String) { stored = text }

  /// Where the value is.
  package var source: Source {
    func rest(_ prefix: String) -> String? {
      stored.hasPrefix(prefix) ? String(stored.dropFirst(prefix.count)) : nil
    }
    if let name = rest("env:") { return .environment(name) }
    if let path = rest("file:") { return .file(path) }
    if let command = rest("command:") { return .command(command) }
    return .clear
  }

  /// Whether the value is somewhere else.
  package var isReference: Bool { source != .clear }

  /// The reference, which is no secret; stars for a value.
  package var description: String { isReference ? stored : "***" }
}

extension SecretText: CustomReflectable {
  /// The same as the description, for `dump` and messages of tests.
  package var customMirror: Mirror { Mirror(self, children: ["text": description]) }
}
