import Glibc
import SystemSupport

/// Finds the values of secrets, when they are needed.
package struct SecretReader: Sendable {
  /// The environment variables.
  package var environment: [String: String]
  /// How long a command may take: a keyring may ask the user for its password.
  package var commandLimit = Duration.seconds(60)

  /// Creates a reader.
  ///
  /// - Parameter environment: the environment variables.
  package init(environment: [String: String]) { self.environment = environment }

  /// The longest value, in bytes.
  private static let longest = 64 << 10

  /// The value of a secret.
  ///
  /// - Parameters:
  ///   - secret: the secret.
  ///   - name: what it is, for messages: "api_password".
  ///   - place: the file with the configuration.
  ///   - mayRun: whether a command of the configuration may be run: nobody else can have written it.
  /// - Throws: ``EngineError`` if it is not there; the error has no secret.
  package func value(
    of secret: SecretText, named name: String, in place: String, mayRun: Bool
  ) async throws(EngineError) -> String {
    switch secret.source {
    case .clear: return secret.stored
    case .environment(let variable):
      guard let value = environment[variable], !value.isEmpty else {
        throw EngineError(
          .unusable,
          "\(name) is in the environment variable '\(variable)', which is not set; set it, or name "
            + "another place with `lyre runtimes edit`", place: place)
      }
      return value
    case .file(let path): return try content(of: path, name, place)
    case .command(let text):
      guard mayRun else {
        throw EngineError(
          .unusable,
          "\(name) is the output of a command, and other users can write this file; make it your own "
            + "with `chmod go-w`", place: place)
      }
      return try await output(of: text, name, place)
    }
  }

  private func content(of path: String, _ name: String, _ place: String) throws(EngineError)
    -> String
  {
    guard let full = absolute(path) else {
      throw EngineError(
        .unusable, "\(name): 'file:\(path)' needs an absolute path, or one that begins with ~/",
        place: place)
    }
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try fileContent(full, maximum: SecretReader.longest)
    } catch {
      throw EngineError(
        .unusable, "\(name) is in '\(full)', which cannot be read: \(error)", place: place)
    }
    return try line(bytes, name, "the file '\(full)'", place)
  }

  private func absolute(_ path: String) -> String? {
    if path.hasPrefix("/") { return path }
    guard path.hasPrefix("~/"), let home = environment["HOME"], home.hasPrefix("/") else {
      return nil
    }
    return home + path.dropFirst()
  }

  private func output(of text: String, _ name: String, _ place: String) async throws(EngineError)
    -> String
  {
    func failed(_ reason: String) -> EngineError {
      EngineError(.unusable, "\(name): the command '\(text)' failed: \(reason)", place: place)
    }
    guard let words = ShellWords.split(text), let program = words.first else {
      throw EngineError(
        .unusable,
        "\(name): 'command:\(text)' is no command: write its program and arguments as in a shell, "
          + "with closed quotes", place: place)
    }
    guard let path = SecretCommand.path(of: program, environment["PATH"]) else {
      throw failed("there is no program '\(program)' on PATH")
    }
    let bytes: [UInt8]
    do throws(SecretCommand.Failure) {
      bytes = try await SecretCommand.output(
        of: [path] + words.dropFirst(), environment, limit: commandLimit,
        maximum: SecretReader.longest)
    } catch {
      throw failed(error.reason)
    }
    return try line(bytes, name, "the output of '\(text)'", place)
  }

  /// The text without the line ending that editors and programs write behind it.
  private func line(_ bytes: [UInt8], _ name: String, _ what: String, _ place: String)
    throws(EngineError) -> String
  {
    guard var text = String(validating: bytes, as: UTF8.self) else {
      throw EngineError(.unusable, "\(name): \(what) is not text", place: place)
    }
    if text.hasSuffix("\n") || text.hasSuffix("\r\n") { text.removeLast() }
    guard !text.isEmpty, !text.contains(where: \.isNewline) else {
      throw EngineError(
        .unusable, "\(name): \(what) \(text.isEmpty ? "is empty" : "has more than one line")",
        place: place)
    }
    return text
  }
}
