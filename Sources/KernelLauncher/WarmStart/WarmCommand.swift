import Glibc
import Processes

/// The command of a kernel known to be ipykernel, in the parts that a warm start needs.
struct WarmCommand: Sendable {
  /// The interpreter and its options, without the module.
  var interpreter: [String]
  /// `ipykernel_launcher` or `ipykernel`.
  var module: String
  /// The arguments after the module.
  var arguments: [String]

  /// One-letter options under which a fork behaves as a new process would.
  private static let flags = Set("BEIsPqO")
  /// The same for the values of `-X`.
  private static let extendedOptions: Set<String> = ["frozen_modules", "utf8"]
  /// Variables that change Python's start or end in a way that a fork does not, or does twice.
  private static let variables = [
    "PYTHONINSPECT", "PYTHONVERBOSE", "PYTHONPROFILEIMPORTTIME", "PYTHONWARNINGS", "PYTHONDEVMODE",
    "PYTHONTRACEMALLOC", "PYTHONDUMPREFS", "PYTHONDEBUG", "COVERAGE_PROCESS_START",
    "COVERAGE_PROCESS_CONFIG",
  ]

  /// Parses a command; nil if a fork could differ from a new process.
  init?(_ command: ProcessCommand) {
    guard let program = command.arguments.first, WarmCommand.isPython(program) else { return nil }
    for name in WarmCommand.variables where command.environment[name]?.isEmpty == false {
      return nil
    }
    for name in ["PYTHONPATH", "PYTHONPYCACHEPREFIX", "PYTHONHOME"] {
      guard let value = command.environment[name], !value.isEmpty else { continue }
      // A relative path depends on the working directory.
      let parts = value.split(separator: ":", omittingEmptySubsequences: false)
      if parts.contains(where: { !$0.hasPrefix("/") }) { return nil }
    }
    interpreter = [program]
    var rest = command.arguments.dropFirst()
    while let option = rest.popFirst() {
      if option == "-m" {
        guard let name = rest.popFirst(), ["ipykernel_launcher", "ipykernel"].contains(name) else {
          return nil
        }
        module = name
        arguments = Array(rest)
        return
      }
      interpreter.append(option)
      if option == "-X" {
        guard let value = rest.popFirst(), WarmCommand.isKnown(value) else { return nil }
        interpreter.append(value)
      } else if option.hasPrefix("-X") {
        guard WarmCommand.isKnown(option.dropFirst(2)) else { return nil }
      } else {
        guard option.count > 1, option.hasPrefix("-"),
          option.dropFirst().allSatisfy({ WarmCommand.flags.contains($0) })
        else { return nil }
      }
    }
    return nil
  }

  private static func isPython(_ program: String) -> Bool {
    let name = SystemFiles.name(program)
    return name.hasPrefix("python")
      && name.dropFirst(6).allSatisfy { $0 == "." || ("0"..."9").contains($0) }
  }

  private static func isKnown(_ option: some StringProtocol) -> Bool {
    extendedOptions.contains(String(option.prefix { $0 != "=" }))
  }
}
