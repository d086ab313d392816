import Glibc
import KernelLauncher
import Pipelines
import RunRecord
import SystemSupport

/// Finds where a program looks for its packages.
enum PackagePlaces {
  /// A place to compare.
  enum Place: Sendable {
    /// A file, compared by content.
    case file(String)
    /// A folder of packages.
    case library(String, Kind)
  }

  /// The package manager of a folder.
  enum Kind: Sendable {
    /// pip and similar.
    case python
    /// R.
    case r
    /// conda, which has a package's version and build in its file names.
    case conda

    /// The files that identify the build of a package.
    func records(of name: String) -> [String] {
      switch self {
      case .conda: []
      case .r: ["\(name)/DESCRIPTION"]
      case .python:
        if name.hasSuffix(".dist-info") {
          ["\(name)/RECORD", "\(name)/direct_url.json", "\(name)/METADATA"]
        } else if name.hasSuffix(".egg-info") {
          [name, "\(name)/PKG-INFO"]
        } else {
          // A module without a package, or a file that refers to other folders.
          [".py", ".pth", ".egg-link", ".so"].contains { name.hasSuffix($0) } ? [name] : []
        }
      }
    }
  }

  // MARK: Python

  /// Where a Python looks for its packages: its environment, the base environment if it uses that,
  /// the user's packages, and `PYTHONPATH`.
  static func python(_ executable: String, _ environment: [String: String], folder: String)
    -> [Place]
  {
    let interpreter = interpreter(executable, environment)
    let prefix = PythonPrefix.of(interpreter: interpreter)
    let real = FileLocation.resolved(interpreter)
    let base = PipelinePath.folder(PipelinePath.folder(real))
    let version = version(PipelinePath.name(real))
    var places: [Place] = [.file("\(prefix.path)/pyvenv.cfg")]
    if interpreter != executable { places.append(.file(interpreter)) }
    for name in SystemFolder.names(in: "\(base)/lib") where name.hasPrefix("libpython") {
      places.append(.file("\(base)/lib/\(name)"))
    }
    var roots = [prefix.path]
    if prefix.seesSystemPackages {
      roots += [base, "\(base)/local"]
      if environment["PYTHONNOUSERSITE"] == nil {
        let home = environment["HOME"].map { "\($0)/.local" }
        roots += [environment["PYTHONUSERBASE"] ?? home].compactMap(\.self)
      }
    }
    var seen: Set<FileIdentity> = []
    for root in roots {
      for library in ["lib", "lib64"] {
        for name in SystemFolder.names(in: "\(root)/\(library)")
        where name == "python3" || (version.map { name == "python\($0)" } ?? name.isPython) {
          for kind in ["site-packages", "dist-packages"] {
            let path = "\(root)/\(library)/\(name)/\(kind)"
            guard let number = FileIdentity(path), seen.insert(number).inserted else { continue }
            places.append(.library(path, .python))
          }
        }
      }
    }
    for path in (environment["PYTHONPATH"] ?? "").split(separator: ":") {
      places.append(.library(PipelinePath.joined(folder, String(path)), .python))
    }
    return places + [.library("\(prefix.path)/conda-meta", .conda)]
  }

  /// The files that IPython runs at its start.
  static func ipython(_ environment: [String: String]) -> [Place] {
    let folder = environment["IPYTHONDIR"] ?? "\(environment["HOME"] ?? "")/.ipython"
    let profile = "\(folder)/profile_default"
    let startup = SystemFolder.names(in: "\(profile)/startup").map { "startup/\($0)" }
    return (["ipython_config.py", "ipython_kernel_config.py"] + startup).map {
      .file("\(profile)/\($0)")
    }
  }

  /// The interpreter itself, if the executable is one of pyenv's shims.
  private static func interpreter(_ executable: String, _ environment: [String: String]) -> String {
    guard PipelinePath.folder(executable).hasSuffix("/shims") else { return executable }
    var environment = environment
    for name in ["VIRTUAL_ENV", "CONDA_PREFIX"] { environment[name] = nil }
    environment["PATH"] = PipelinePath.folder(executable) + ":" + (environment["PATH"] ?? "")
    return JupyterPaths(environment: environment).prefixes.first?.interpreter ?? executable
  }

  /// `3.11` for `python3.11`; nil if the name has no minor version.
  private static func version(_ name: String) -> String? {
    let text = name.drop { !$0.isNumber }
    let parts = text.split(separator: ".")
    guard name.hasPrefix("python"), parts.count > 1 else { return nil }
    return parts.prefix(2).joined(separator: ".")
  }

  // MARK: R

  /// Where an R looks for its packages, and the files that it runs at its start.
  static func r(_ executable: String, _ environment: [String: String], folder: String) -> [Place] {
    let real = FileLocation.resolved(executable)
    let root = PipelinePath.folder(PipelinePath.folder(real))
    let homes = [environment["R_HOME"], homeInScript(beside: real), "\(root)/lib/R"]
    let home = homes.lazy.compactMap(\.self).first { FilePath.isDirectory("\($0)/library") }
    let user = environment["HOME"] ?? ""
    var places: [Place] = [
      .file("\(folder)/.Rprofile"), .file("\(folder)/.Renviron"), .file("\(user)/.Rprofile"),
      .file("\(user)/.Renviron"),
    ]
    var libraries: [String] = []
    if let home {
      places += ["bin/exec/R", "lib/libR.so", "etc/Rprofile.site", "etc/Renviron.site"].map {
        .file("\(home)/\($0)")
      }
      libraries += ["\(home)/library", "\(home)/site-library"]
    }
    for name in ["R_LIBS", "R_LIBS_USER", "R_LIBS_SITE"] {
      libraries += (environment[name] ?? "").split(separator: ":").map {
        PipelinePath.joined(folder, String($0))
      }
    }
    libraries += ["/usr/local/lib/R/site-library", "/usr/lib/R/site-library"]
    for name in SystemFolder.names(in: "\(user)/R") where name.hasSuffix("-library") {
      libraries += SystemFolder.names(in: "\(user)/R/\(name)").map { "\(user)/R/\(name)/\($0)" }
    }
    var seen: Set<FileIdentity> = []
    for path in libraries {
      guard let number = FileIdentity(path), seen.insert(number).inserted else { continue }
      places.append(.library(path, .r))
    }
    return places + [.library("\(root)/conda-meta", .conda)]
  }

  /// `R` is a shell script that contains the path of R's home directory.
  private static func homeInScript(beside path: String) -> String? {
    let script = PipelinePath.joined(PipelinePath.folder(path), "R")
    guard let text = SystemFolder.text(of: script, upTo: 65_536) else { return nil }
    let mark = "R_HOME_DIR="
    return text.split(separator: "\n").first { $0.hasPrefix(mark) }
      .map { String($0.dropFirst(mark.count)).filter { $0 != "\"" } }
  }
}

extension String {
  /// Whether it is a folder name of some Python version.
  fileprivate var isPython: Bool { hasPrefix("python") }
}
