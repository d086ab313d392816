import ArgumentParser

/// Parameters and their sources; the names are papermill's.
struct ParameterOptions: ParsableArguments {
  @Option(
    name: [.customShort("p"), .customLong("parameters")], parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Set a parameter; numbers, True, False, None, JSON lists and mappings are recognized.",
      valueName: "name> <value"))
  var parameters: [String] = []

  @Option(
    name: [.customShort("r"), .customLong("parameters-raw")], parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Set a parameter to a string.", valueName: "name> <text"))
  var rawParameters: [String] = []

  @Option(
    name: [.customShort("f"), .customLong("parameters-file")],
    help: ArgumentHelp(
      "Read parameters from a YAML or JSON file; `-` is standard input.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml", "json"]))
  var parametersFile: [String] = []

  @Option(
    name: [.customShort("y"), .customLong("parameters-yaml")], parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Set parameters in YAML.", valueName: "yaml"))
  var parametersYaml: [String] = []

  @Option(
    name: [.customShort("b"), .customLong("parameters-base64")],
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Set parameters in base64-encoded YAML.", valueName: "base64"))
  var parametersBase64: [String] = []

  @Flag(help: "Treat a parameter that a notebook does not declare as an error.")
  var strictParameters = false
}

/// Converts papermill's arguments to those of the parser.
enum ParameterArguments {
  /// The separator of a name and its value, which no command line argument can contain.
  static let separator: Character = "\0"

  private static let pairs: Set<String> = ["-p", "-r", "--parameters", "--parameters-raw"]

  /// The arguments of `lyre run`, `lyre pipeline run` and `lyre pipeline submit` with each
  /// `-p NAME VALUE` as an option with one value, and papermill's underscores as dashes.
  ///
  /// - Throws: ``UsageError`` when a name or a value is missing.
  static func joined(_ arguments: [String]) throws(UsageError) -> [String] {
    let commands = [["run"], ["pipeline", "run"], ["pipeline", "submit"]]
    guard commands.contains(where: { arguments.starts(with: $0) }) else { return arguments }
    var result: [String] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--" {
        return result + [argument] + rest
      }
      let option = dashed(argument)
      guard pairs.contains(option) else {
        result.append(option)
        continue
      }
      guard rest.count >= 2, let name = rest.popFirst(), let value = rest.popFirst() else {
        throw UsageError(message: "\(argument): expected a name and a value, as in \(argument) x 1")
      }
      result += [option, "\(name)\(separator)\(value)"]
    }
    return result
  }

  private static func dashed(_ argument: String) -> String {
    guard argument.hasPrefix("--parameters_") else { return argument }
    let name = argument.prefix { $0 != "=" }
    return String(name.map { $0 == "_" ? "-" : $0 }) + argument.dropFirst(name.count)
  }
}
