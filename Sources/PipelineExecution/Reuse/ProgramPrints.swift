import Glibc
import JupyterProtocol
import Pipelines
import RunRecord
import Synchronization
import SystemSupport

/// A program that runs a node.
struct RunningProgram: Sendable, Hashable {
  /// The executable, as it is called.
  var executable: String
  /// Its arguments; files that it runs are compared by content.
  var arguments: [String] = []
  /// The language that it runs, in lower case: `python`, `r`, `bash`.
  var language: String
  /// The working directory.
  var folder: String
}

/// Computes hashes of the programs that run nodes and of their packages, each once in a run.
///
/// No program is run for this: it reads the executable, `pyvenv.cfg`, and the records of package
/// managers. The modules of a package are not read; its `RECORD` has their hashes.
final class ProgramPrints: Sendable {
  private let files: FileHashes
  private let known = Mutex<[Key: [String: String]]>([:])
  private let libraries = Mutex<[String: String]>([:])

  private struct Key: Hashable {
    var program: RunningProgram
    var variables: [String?]
  }

  init(files: FileHashes) {
    self.files = files
  }

  /// Environment variables that determine what programs load, and those for sorting, number formats
  /// and time zones.
  static let heededVariables =
    packageVariables + [
      "PYTHONHASHSEED", "PYTHONOPTIMIZE", "PYTHONUTF8", "PYTHONIOENCODING", "R_PROFILE",
      "R_PROFILE_USER", "R_ENVIRON", "R_ENVIRON_USER", "JULIA_PROJECT", "JULIA_LOAD_PATH",
      "JULIA_DEPOT_PATH", "NODE_PATH", "CLASSPATH", "JAVA_TOOL_OPTIONS", "PERL5LIB", "RUBYLIB",
      "OCTAVE_PATH", "LD_LIBRARY_PATH", "LD_PRELOAD", "SOURCE_DATE_EPOCH", "TZ", "LANG", "LC_ALL",
      "LC_COLLATE", "LC_CTYPE", "LC_MONETARY", "LC_NUMERIC", "LC_TIME",
    ]

  /// The variables that determine where packages are found.
  private static let packageVariables = [
    "PYTHONPATH", "PYTHONHOME", "PYTHONNOUSERSITE", "PYTHONUSERBASE", "IPYTHONDIR", "R_HOME",
    "R_LIBS", "R_LIBS_USER", "R_LIBS_SITE", "PYENV_VERSION", "PYENV_ROOT",
  ]

  /// Hashes of the `program` itself and of its `packages`.
  func parts(
    of program: RunningProgram, environment: [String: String], _ watch: HashingWatch
  ) throws(HashingWatch.Stopped) -> [String: String] {
    let key = Key(
      program: program,
      variables: (ProgramPrints.packageVariables + ["HOME", "PATH"]).map { environment[$0] })
    if let parts = known.withLock({ $0[key] }) { return parts }
    var own = ContentHash()
    own.add(FileLocation.resolved(program.executable))
    own.add(try content(program.executable, watch))
    for argument in program.arguments where ProgramPrints.isProgram(argument) {
      own.add(try content(argument, watch))
    }
    var packages = ContentHash()
    var found = false
    for place in places(of: program, environment) {
      switch place {
      case .file(let path):
        let value = try content(path, watch)
        guard value != "missing" else { continue }
        own.add(path)
        own.add(value)
      case .library(let path, let kind):
        guard let value = try library(path, kind, watch) else { continue }
        packages.add(path)
        packages.add(value)
        found = true
      }
    }
    var parts = ["program": own.hexadecimal()]
    if found { parts["packages"] = packages.hexadecimal() }
    known.withLock { $0[key] = parts }
    return parts
  }

  private func content(_ path: String, _ watch: HashingWatch) throws(HashingWatch.Stopped) -> String
  {
    guard FilePath.isFile(path) else { return "missing" }
    return try files.content(of: RawPath(path), watch)
  }

  /// Whether an interpreter's argument is a file that it runs, and not one that it writes.
  private static func isProgram(_ argument: String) -> Bool {
    let endings: Set<String> = [
      "jar", "py", "pyz", "js", "mjs", "ts", "r", "jl", "rb", "pl", "sh", "m", "lua", "so", "dll",
    ]
    return argument.hasPrefix("/") && endings.contains(PipelinePath.suffix(argument))
  }

  private func places(of program: RunningProgram, _ environment: [String: String])
    -> [PackagePlaces.Place]
  {
    let name = program.executable.split(separator: "/").last.map(String.init) ?? ""
    var result: [PackagePlaces.Place] = []
    if name.hasPrefix("python") || name.hasPrefix("xpython") || program.language == "python" {
      result += PackagePlaces.python(program.executable, environment, folder: program.folder)
    }
    if program.arguments.contains(where: { $0.hasPrefix("ipykernel") }) {
      result += PackagePlaces.ipython(environment)
    }
    if ["R", "Rscript"].contains(name) || program.language == "r" {
      result += PackagePlaces.r(program.executable, environment, folder: program.folder)
    }
    // A kernel written in Python runs the program of its language.
    if !["python", "r", ""].contains(program.language), name.hasPrefix("python"),
      let other = ScriptCommand.find([program.language], environment)
    {
      result.append(.file(other))
    }
    return result
  }

  /// The hash of the packages in a folder; nil if there is no such folder.
  private func library(_ path: String, _ kind: PackagePlaces.Kind, _ watch: HashingWatch)
    throws(HashingWatch.Stopped) -> String?
  {
    if let value = libraries.withLock({ $0[path] }) { return value.isEmpty ? nil : value }
    guard FilePath.isDirectory(path) else {
      libraries.withLock { $0[path] = "" }
      return nil
    }
    var hash = ContentHash()
    for name in SystemFolder.names(in: path) where name != "__pycache__" {
      hash.add(name)
      for file in kind.records(of: name) {
        let value = try content("\(path)/\(file)", watch)
        if value != "missing" { hash.add(value) }
      }
    }
    let value = hash.hexadecimal()
    libraries.withLock { $0[path] = value }
    return value
  }
}
