import JSONCore
import SystemSupport

/// Finds installed kernels exactly where Jupyter finds them.
public struct KernelSpecFinder: Sendable {
  /// Where it looks.
  public let paths: JupyterPaths

  /// A finder for an environment, by default this process's own.
  public init(environment: [String: String]? = nil) {
    paths = JupyterPaths(environment: environment)
  }

  /// The directories that are searched, in the order of precedence.
  public var searchedDirectories: [String] { paths.kernelDirectories }

  /// Something with a `kernel.json` that was found.
  public struct Found: Sendable {
    /// The name it is asked for by.
    public var name: String

    /// The directory that holds its `kernel.json`.
    public var resourceDirectory: String

    /// The kernelspec, or why it cannot be used.
    public var spec: Result<KernelSpec, LaunchError>

    /// The directory of the kernelspec of the same name that is used instead of this one; nil when
    /// this one is used.
    public var shadowedBy: String?

    /// What Jupyter warns about: a name that it does not allow.
    public var warning: String?
  }

  /// Everything that is installed, in the order of precedence, what is shadowed or broken included.
  public func all() -> [Found] {
    var result: [Found] = []
    // By the name, where it was found first.
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

  /// The kernels that can be started, in the order of precedence.
  public func available() -> [KernelSpec] {
    all().compactMap { found in
      found.shadowedBy == nil ? try? found.spec.get() : nil
    }
  }

  /// The kernel of that name.
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

  /// The entry of a directory that is that kernel, whatever its case.
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
      found.warning = "the name may only have letters without accents, digits, '-', '.' and '_'"
    }
    return found
  }

  /// The kernel of an active Python that has ipykernel and no kernelspec, as Jupyter offers it.
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
      // Debian's own places, for pip and for packages.
      directories += versions.map { "/usr/local/lib/\($0)/dist-packages" }
      directories.append("/usr/lib/python3/dist-packages")
    }
    return directories.map { "\($0)/ipykernel" }.first(where: FilePath.isDirectory)
  }
}

/// There is no usable kernel of that name.
public struct KernelNotFound: Error, Sendable, CustomStringConvertible {
  /// The name as it was asked for.
  public var name: String

  /// The names of the kernels that can be used.
  public var installed: [String]

  /// The directories that were searched.
  public var searched: [String]

  /// Where there is a kernel of that name that cannot be used, and why not; nil otherwise.
  public var broken: String?

  /// The kernels that could take its place, where there are several and nothing says which; empty
  /// otherwise.
  public var rivals: [String] = []

  /// What is missing and what there is.
  public var description: String {
    if let broken { return "kernel '\(name)' cannot be used: \(broken)" }
    return "no kernel named '\(name)'. \(suggestion)\(installedList)"
  }

  /// What can be used instead, as a sentence.
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
