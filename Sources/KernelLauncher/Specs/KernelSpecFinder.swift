import JSONCore
import SystemSupport

/// Finds installed kernels in the same places as Jupyter.
public struct KernelSpecFinder: Sendable {
  /// The directories to search.
  public let paths: JupyterPaths

  /// Creates a finder for an environment, by default that of this process.
  public init(environment: [String: String]? = nil) {
    paths = JupyterPaths(environment: environment)
  }

  /// The directories to search, in order of precedence.
  public var searchedDirectories: [String] { paths.kernelDirectories }

  /// A directory with a `kernel.json` that was found.
  public struct Found: Sendable {
    /// The name that selects it.
    public var name: String

    /// The directory that contains its `kernel.json`.
    public var resourceDirectory: String

    /// The kernelspec, or the reason why it is not usable.
    public var spec: Result<KernelSpec, LaunchError>

    /// The directory of the kernelspec with the same name that takes precedence; nil when this one
    /// is used.
    public var shadowedBy: String?

    /// A warning, as Jupyter gives it, about a name that is not allowed.
    public var warning: String?
  }

  /// Finds all installed kernels, in order of precedence, including shadowed and broken ones.
  public func all() -> [Found] {
    var result: [Found] = []
    // The directory of the first kernelspec of each name.
    var taken: [String: String] = [:]
    for directory in paths.kernelDirectories {
      for entry in FilePath.names(in: directory) {
        let resources = "\(directory)/\(entry)"
        guard FilePath.isFile("\(resources)/kernel.json") else { continue }
        var found = load(entry.lowercased(), resources)
        found.shadowedBy = taken[found.name]
        if found.shadowedBy == nil { taken[found.name] = resources }
        result.append(found)
      }
    }
    if taken["python3"] == nil, let native = nativeKernel() {
      result.append(
        Found(
          name: native.name, resourceDirectory: native.resourceDirectory, spec: .success(native)))
    }
    return result
  }

  /// Finds the usable kernels, in order of precedence.
  public func available() -> [KernelSpec] {
    all().compactMap { found in
      found.shadowedBy == nil ? try? found.spec.get() : nil
    }
  }

  /// Finds the kernel with a name.
  ///
  /// Names are compared in lower case; `python` means `python3`, as in Jupyter.
  ///
  /// - Throws: ``KernelNotFound``.
  public func find(_ name: String) throws(KernelNotFound) -> KernelSpec {
    let wanted = name.lowercased()
    for candidate in wanted == "python" ? ["python3", wanted] : [wanted] {
      for directory in paths.kernelDirectories {
        guard let entry = entry(candidate, in: directory) else { continue }
        switch load(candidate, "\(directory)/\(entry)").spec {
        case .success(let spec): return spec
        case .failure(let reason):
          throw KernelNotFound(
            name: name, installed: available().map(\.name), searched: paths.kernelDirectories,
            broken: "\(directory)/\(entry)/kernel.json: \(reason)")
        }
      }
      if candidate == "python3", let native = nativeKernel() { return native }
    }
    throw KernelNotFound(
      name: name, installed: available().map(\.name), searched: paths.kernelDirectories,
      broken: nil)
  }

  /// The entry of a directory with that kernel's name in any case.
  private func entry(_ name: String, in directory: String) -> String? {
    if FilePath.isFile("\(directory)/\(name)/kernel.json") { return name }
    return FilePath.names(in: directory).first {
      $0.lowercased() == name && FilePath.isFile("\(directory)/\($0)/kernel.json")
    }
  }

  private func load(_ name: String, _ directory: String) -> Found {
    var found = Found(
      name: name, resourceDirectory: directory,
      spec: .failure(LaunchError(.invalidKernelSpec, "kernel.json cannot be read")))
    if let content = SystemFiles.read("\(directory)/kernel.json") {
      found.spec = Result { () throws(LaunchError) in
        let spec = try KernelSpec(content, name: name, resourceDirectory: directory)
        if let provisioner = spec.provisioner {
          throw LaunchError(.invalidKernelSpec, "needs the provisioner '\(provisioner)'")
        }
        return spec
      }
    }
    let allowed = name.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    if !allowed {
      found.warning = "the name may contain only ASCII letters, digits, '-', '.' and '_'"
    }
    return found
  }

  /// The kernel of an active Python that has ipykernel but no kernelspec, as in Jupyter.
  private func nativeKernel() -> KernelSpec? {
    for prefix in paths.prefixes {
      guard let interpreter = prefix.interpreter,
        let package = ipykernel(in: prefix.path)
      else { continue }
      let json: JSONObject = [
        "argv": [.init(interpreter), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3 (ipykernel)", "language": "python",
        "metadata": ["debugger": true],
      ]
      return try? KernelSpec(
        JSONValue.object(json).serialized(), name: "python3",
        resourceDirectory: "\(package)/resources")
    }
    return nil
  }

  private func ipykernel(in prefix: String) -> String? {
    let versions = FilePath.names(in: "\(prefix)/lib").filter { $0.hasPrefix("python3.") }
    var directories = versions.map { "\(prefix)/lib/\($0)/site-packages" }
    if let user = paths.userBase {
      directories += versions.map { "\(user)/lib/\($0)/site-packages" }
    }
    if prefix == "/usr" {
      // Debian's own directories, for pip and for packages.
      directories += versions.map { "/usr/local/lib/\($0)/dist-packages" }
      directories.append("/usr/lib/python3/dist-packages")
    }
    return directories.map { "\($0)/ipykernel" }.first(where: FilePath.isDirectory)
  }
}

/// An error: no usable kernel has this name.
public struct KernelNotFound: Error, Sendable, CustomStringConvertible {
  /// The requested name.
  public var name: String

  /// The names of the usable kernels.
  public var installed: [String]

  /// The directories that were searched.
  public var searched: [String]

  /// Why the kernel with this name is not usable; nil if none has this name.
  public var broken: String?

  /// The kernels to choose from when several fit; otherwise empty.
  public var rivals: [String] = []

  /// The error message, with the alternatives.
  public var description: String {
    if let broken { return "kernel '\(name)' cannot be used: \(broken)" }
    return "no kernel named '\(name)'. \(suggestion)\(installedList)"
  }

  /// A sentence that lists the usable kernels.
  public var installedList: String {
    if installed.isEmpty {
      return "No kernels are installed; `pip install ipykernel` installs one for Python."
    }
    let rest =
      rivals.isEmpty
      ? "" : " Several of them run its language: \(rivals.joined(separator: ", "))."
    return "Installed: \(installed.joined(separator: ", "))." + rest
  }
}
