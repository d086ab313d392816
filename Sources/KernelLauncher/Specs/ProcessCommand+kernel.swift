import Glibc
public import Processes
import SystemSupport

extension ProcessCommand {
  /// Creates the command that starts a kernel.
  ///
  /// `{connection_file}`, `{resource_dir}` and `{prefix}` are replaced in every argument; `$NAME`
  /// and `${NAME}` in the kernelspec's variables. A `python` is that of the environment that
  /// contains the kernelspec, as jupyter_client uses its own.
  ///
  /// - Parameters:
  ///   - spec: the kernelspec.
  ///   - connectionFile: the path of the connection file.
  ///   - extraArguments: appended to the kernelspec's arguments.
  ///   - additional: variables that take precedence over all others.
  ///   - paths: the active Python environments, and the environment to start from.
  /// - Throws: ``LaunchError`` when the kernelspec has no program, or one that does not exist or
  ///   cannot be run.
  public init(
    _ spec: KernelSpec, connectionFile: String, extraArguments: [String] = [],
    environment additional: [String: String] = [:], paths: JupyterPaths
  ) throws(LaunchError) {
    var environment = paths.environment
    let prefix = ProcessCommand.prefix(of: spec)
    guard let name = spec.argv.first else {
      throw LaunchError(
        .invalidKernelSpec,
        "kernel '\(spec.name)' (\(spec.resourceDirectory)/kernel.json) does not name a program: its argv is "
          + "empty")
    }
    if ProcessCommand.isPython(SystemFiles.name(name)) {
      // With this variable, Python would look for its environment elsewhere.
      environment["PYTHONEXECUTABLE"] = nil
    }
    let original = environment
    for (name, value) in spec.environment {
      environment[name] = ProcessCommand.substitute(value, original)
    }
    environment["JPY_PARENT_PID"] = String(getpid())
    environment.merge(additional) { $1 }

    let substitutions = [
      "connection_file": connectionFile, "resource_dir": spec.resourceDirectory,
      "prefix": prefix ?? paths.prefixes.first?.path ?? "/usr",
    ]
    var arguments = (spec.argv + extraArguments).map { argument in
      ProcessCommand.expandHome(ProcessCommand.fill(argument, substitutions), paths.home)
    }
    // Without duplicates: most kernelspecs belong to the active environment.
    var prefixes = [prefix].compactMap(\.self)
    for active in paths.prefixes.map(\.path) where !prefixes.contains(active) {
      prefixes.append(active)
    }
    let path = environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    guard
      let found = ProcessCommand.locate(
        arguments[0], prefixes: prefixes, path: path)
    else {
      throw LaunchError(
        .programNotFound,
        "kernel '\(spec.name)' (\(spec.resourceDirectory)/kernel.json) runs "
          + "'\(arguments[0])', "
          + (ProcessCommand.obstacle(arguments[0], prefixes, path)
            ?? "which does not exist; looked in "
            + ProcessCommand.places(arguments[0], prefixes, path)))
    }
    // A relative path would be resolved in the kernel's working directory.
    let executable = FilePath.absolute(found)
    // Python finds its environment by the path in `argv[0]`.
    if ProcessCommand.isPython(name) { arguments[0] = executable }
    self.init(executable: executable, arguments: arguments, environment: environment)
  }

  /// The prefix of a kernelspec's environment: `P` of `P/share/jupyter/kernels/N`.
  private static func prefix(of spec: KernelSpec) -> String? {
    let suffix = "/share/jupyter/kernels/"
    guard let range = lastRange(of: suffix, in: spec.resourceDirectory) else { return nil }
    let prefix = String(spec.resourceDirectory[..<range])
    // The user's data directory does not belong to an environment.
    return FilePath.isDirectory("\(prefix)/bin") ? prefix : nil
  }

  private static func lastRange(of text: String, in path: String) -> String.Index? {
    var index = path.endIndex
    while index > path.startIndex {
      index = path.index(before: index)
      if path[index...].hasPrefix(text) { return index }
    }
    return nil
  }

  /// Whether jupyter_client would replace the program by its own Python.
  private static func isPython(_ name: String) -> Bool {
    guard name.hasPrefix("python") else { return false }
    return name.dropFirst("python".count).allSatisfy { $0 == "." || ("0"..."9").contains($0) }
  }

  private static func locate(_ name: String, prefixes: [String], path: String) -> String? {
    if name.contains("/") { return FilePath.isExecutable(name) ? name : nil }
    // Debian has no `python`: the name means any Python 3.
    let names = name == "python" ? ["python", "python3"] : [name]
    for prefix in searched(name, prefixes) {
      for name in names where FilePath.isExecutable("\(prefix)/bin/\(name)") {
        return "\(prefix)/bin/\(name)"
      }
    }
    for name in names {
      if let found = SystemFiles.executable(name, path: path) { return found }
    }
    return nil
  }

  /// The prefixes to search for a program before PATH.
  ///
  /// Wheels install scripts beside the Python of the kernelspec, in an environment that may not be
  /// on PATH. For Python itself, any active environment will do.
  private static func searched(_ name: String, _ prefixes: [String]) -> [String] {
    isPython(name) ? prefixes : Array(prefixes.prefix(1))
  }

  /// Why an existing program cannot be run; nil if there is no such program.
  private static func obstacle(_ name: String, _ prefixes: [String], _ path: String) -> String? {
    let isPath = name.contains("/")
    let directories =
      searched(name, prefixes).map { "\($0)/bin" } + path.split(separator: ":").map(String.init)
    let candidates = isPath ? [name] : directories.map { "\($0)/\(name)" }
    for candidate in candidates {
      var status = stat()
      let number = stat(candidate, &status) == 0 ? 0 : errno
      let place = isPath ? "" : " ('\(candidate)')"
      if number == EACCES, isPath {
        return "which cannot be reached: permission denied for one of the directories on the way"
      }
      if number == ELOOP { return "which is a link to itself\(place)" }
      if number != 0 { continue }
      if status.st_mode & S_IFMT == S_IFREG {
        return
          "which is not executable\(place): permission denied; make it executable with chmod +x"
      }
      if isPath { return "which is not a program" }
    }
    return nil
  }

  private static func places(_ name: String, _ prefixes: [String], _ path: String) -> String {
    if name.contains("/") { return "that place" }
    let directories = searched(name, prefixes).map { "\($0)/bin" }
    return (directories + ["PATH (\(path))"]).joined(separator: ", ")
  }

  /// Replaces `{name}` by its value; unknown names are unchanged.
  static func fill(_ argument: String, _ values: [String: String]) -> String {
    var result = ""
    var rest = argument[...]
    while let open = rest.firstIndex(of: "{") {
      result += rest[..<open]
      rest = rest[open...]
      if let (name, value) = values.first(where: { rest.hasPrefix("{\($0.key)}") }) {
        result += value
        rest = rest.dropFirst(name.count + 2)
      } else {
        result += "{"
        rest = rest.dropFirst()
      }
    }
    return result + rest
  }

  /// Replaces `$name` and `${name}` by their values and `$$` by `$`, as Python's `Template` does;
  /// unknown names are unchanged.
  static func substitute(_ text: String, _ values: [String: String]) -> String {
    var result = ""
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      if rest.hasPrefix("$") {
        result += "$"
        rest = rest.dropFirst()
        continue
      }
      let isBraced = rest.hasPrefix("{")
      let name = rest.dropFirst(isBraced ? 1 : 0).prefix {
        $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")
      }
      let isClosed = !isBraced || rest[name.endIndex...].hasPrefix("}")
      if let first = name.first, !first.isNumber, isClosed, let value = values[String(name)] {
        result += value
        rest = rest[name.endIndex...].dropFirst(isBraced ? 1 : 0)
      } else {
        result += "$"
      }
    }
    return result + rest
  }

  private static func expandHome(_ argument: String, _ home: String) -> String {
    if argument == "~" { return home }
    return argument.hasPrefix("~/") ? home + argument.dropFirst() : argument
  }
}
