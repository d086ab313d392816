import Glibc
import JSONCore
import JupyterProtocol
import RemoteEngines

/// An option whose value is a password or a token.
struct SecretOption {
  private let key: RuntimeKey

  /// - Parameter key: the member that it sets.
  init(_ key: RuntimeKey) { self.key = key }

  /// The text that is written for a value: what standard input has for `-`, else the value itself.
  ///
  /// - Throws: ``UsageError`` if standard input has none.
  func text(_ value: String) async throws(UsageError) -> String {
    guard value == "-" else {
      if !value.isEmpty, !SecretText(value).isReference {
        Printer.shared.log(
          "\("warning:", .yellow) \(key.option): other users of this machine can see the arguments of "
            + "programs, and shells keep them; `-` reads a secret from standard input, and env:NAME, "
            + "file:PATH or command:PROGRAM names another place")
      }
      return value
    }
    let isTerminal = isatty(0) == 1
    let request = InputRequest([
      "prompt": .init(isTerminal ? "\(key.rawValue): " : ""), "password": .init(isTerminal),
    ])
    guard let line = await StandardInput.shared.line(for: request), !line.isEmpty else {
      throw UsageError(message: "\(key.option) -: standard input has no line with the secret")
    }
    return line
  }
}
