/// What is run as a process: a program, its arguments and its environment.
public struct ProcessCommand: Sendable {
  /// The file that is run.
  public var executable: String

  /// The arguments, the name of the program first.
  public var arguments: [String]

  /// The environment.
  public var environment: [String: String]

  /// A command.
  ///
  /// - Parameters:
  ///   - executable: the file that is run.
  ///   - arguments: the arguments, the name of the program first.
  ///   - environment: the environment.
  public init(executable: String, arguments: [String], environment: [String: String]) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
  }

  /// Why no system can start it so; nil where it can be tried.
  ///
  /// The system takes texts that end with a NUL byte, and would silently cut one that has it within.
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
