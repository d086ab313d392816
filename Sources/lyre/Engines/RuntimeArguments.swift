/// The options of `lyre runtimes` and `lyre images`, also spelled as those of `elyra-metadata`.
enum RuntimeArguments {
  /// The arguments with dashes for the underscores in names of options.
  static func spelled(_ arguments: [String]) -> [String] {
    guard let command = arguments.first, command == "runtimes" || command == "images" else {
      return arguments
    }
    return arguments.map { argument in
      guard argument.hasPrefix("--") else { return argument }
      let name = argument.prefix { $0 != "=" }
      return String(name.replacing("_", with: "-")) + argument.dropFirst(name.count)
    }
  }
}
