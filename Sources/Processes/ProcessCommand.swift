/// A command to run as a process: a program, its arguments and its environment.
public struct ProcessCommand: Sendable {
  /// The file to execute.
  public var executable: String

  /// The arguments, starting with the name of the program.
  public var arguments: [String]

  /// The environment.
  public var environment: [String: String]

  /// Creates a command.
  ///
  /// - Parameters:
  ///   - executable: the file to execute.
  ///   - arguments: the arguments, starting with the name of the program.
  ///   - environment: the environment.
  public init(executable: String, arguments: [String], environment: [String: String]) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
  }

  /// Why no system can run the command; nil if it can be tried.
  ///
  /// System calls take texts that end with a NUL byte, and would silently truncate one that
  /// contains it.
  var problem: String? {
    if arguments.isEmpty { return "it has no arguments, not even the name of its program" }
    func hasNUL(_ text: String) -> Bool { text.utf8.contains(0) }
    if hasNUL(executable) { return "the path of its program contains a NUL byte" }
    if let index = arguments.firstIndex(where: hasNUL) {
      let place = index == 0 ? "the name of its program" : "its argument \(index)"
      return "\(place) contains a NUL byte"
    }
    for (name, value) in environment {
      if name.isEmpty || name.contains("=") || hasNUL(name) {
        let shown = String(decoding: name.utf8.filter { $0 != 0 }, as: UTF8.self)
        return "'\(shown)' cannot be the name of an environment variable"
      }
      if hasNUL(value) { return "the environment variable '\(name)' contains a NUL byte" }
    }
    return nil
  }
}
