import ArgumentParser
import JSONCore
import KernelLauncher

/// The command `lyre kernels`.
struct KernelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels",
    abstract: "List the installed kernels, or show one.",
    discussion: """
      Lyre searches the same directories as Jupyter. A kernel in an earlier directory shadows \
      one of the same name in a later directory.

      EXAMPLES
        lyre kernels
        lyre kernels show python3
        lyre kernels --json
      """,
    subcommands: [ListKernels.self, ShowKernel.self], defaultSubcommand: ListKernels.self)
}

/// The command `lyre kernels list`.
struct ListKernels: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the installed kernels and where each was found.",
    discussion: """
      EXAMPLES
        lyre kernels list
        lyre kernels list --json
      """)

  @Flag(help: "Write JSON.") var json = false

  func run() throws {
    let finder = KernelSpecFinder()
    let found = finder.all()
    if json {
      printJSON(found)
      return
    }
    guard !found.isEmpty else {
      Printer.shared.log("No kernels are installed. Searched:")
      for directory in finder.searchedDirectories { Printer.shared.log("  \(directory)") }
      return Printer.shared.log("`pip install ipykernel` installs one for Python.")
    }
    let width = found.map { VisibleText($0.name).columns }.max() ?? 0
    for kernel in found {
      var note = ""
      if let shadow = kernel.shadowedBy { note = "  (shadowed by \(shadow))" }
      if case .failure(let reason) = kernel.spec { note += "  (broken: \(reason))" }
      if let warning = kernel.warning { note += "  (\(warning))" }
      let name = VisibleText(kernel.name).padded(to: width)
      Printer.shared.print("\(name)  \(kernel.resourceDirectory)\(note)")
    }
  }

  private func printJSON(_ found: [KernelSpecFinder.Found]) {
    var specs: JSONObject = [:]
    var others: [JSONValue] = []
    for kernel in found {
      var object: JSONObject = ["resource_dir": .init(kernel.resourceDirectory)]
      switch kernel.spec {
      case .success(let spec): object["spec"] = .object(spec.json)
      case .failure(let reason): object["error"] = .init(reason.description)
      }
      if let shadow = kernel.shadowedBy { object["shadowed_by"] = .init(shadow) }
      if let warning = kernel.warning { object["warning"] = .init(warning) }
      if kernel.shadowedBy == nil, case .success = kernel.spec {
        specs[kernel.name] = .object(object)
      } else {
        object["name"] = .init(kernel.name)
        others.append(.object(object))
      }
    }
    let result: JSONValue = ["kernelspecs": .object(specs), "unusable": .array(others)]
    Printer.shared.print(json: result)
  }
}

/// The command `lyre kernels show NAME`.
struct ShowKernel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a kernel's command and location.",
    discussion: """
      EXAMPLES
        lyre kernels show python3
        lyre kernels show ir --json
      """)

  @Argument(help: "The kernel's name.", completion: Completions.kernels) var name: String
  @Flag(help: "Write JSON.") var json = false

  func run() throws {
    let spec: KernelSpec
    do {
      spec = try KernelSpecFinder().find(name)
    } catch {
      Printer.shared.log("error: \(error)")
      throw ExitRequest(code: .kernelNotStarted)
    }
    if json {
      let object: JSONValue = [
        "name": .init(spec.name), "resource_dir": .init(spec.resourceDirectory),
        "spec": .object(spec.json),
      ]
      return Printer.shared.print(json: object)
    }
    var lines: [VisibleText] = [
      "name         \(spec.name)", "shown as     \(spec.displayName)",
      "language     \(spec.language)", "directory    \(spec.resourceDirectory)",
      "command      \(spec.argv.joined(separator: " "))",
      "interrupt    \(spec.interruptMode.rawValue)",
      "transport    \(spec.speaksIPC ? "ipc" : "tcp")",
    ]
    for (name, value) in spec.environment { lines.append("environment  \(name)=\(value)") }
    Printer.shared.print(lines.joined(separator: "\n"))
  }
}
