import Glibc
import JSONCore
public import KernelLauncher

/// A kernelspec of the scripted kernel, installed in a test's own directory.
///
/// It can report what its kernels leave behind. It exists in the scope of
/// ``with(options:members:_:)``.
public struct ScriptedKernelSpec: Sendable {
  /// The kernelspec, for `withKernel`.
  public let spec: KernelSpec

  /// The directory in which it is installed.
  package let directory: TemporaryDirectory

  /// The value of `JUPYTER_PATH` with which programs find it.
  public var jupyterPath: String { directory.path }

  /// Installs a kernelspec in a directory of its own while `body` runs.
  ///
  /// - Parameters:
  ///   - options: the kernel's options, see ``ScriptedKernel``.
  ///   - members: further members of `kernel.json`, such as `interrupt_mode`.
  ///   - body: receives the kernelspec.
  /// - Returns: what `body` returns.
  /// - Throws: an error with a description if the kernel's program is not beside the test's or no
  ///   file can be written, and what `body` throws.
  public static func with<Result>(
    options: [String] = [], members: [String: String] = [:],
    _ body: (ScriptedKernelSpec) async throws -> Result
  ) async throws -> Result {
    try await TemporaryDirectory.with { directory in
      try await body(ScriptedKernelSpec(in: directory, options: options, members: members))
    }
  }

  /// Installs a kernelspec.
  ///
  /// - Parameters:
  ///   - directory: the directory, to which `kernels/NAME/kernel.json` is written.
  ///   - name: its name.
  ///   - options: the kernel's options, see ``ScriptedKernel``.
  ///   - members: further members of `kernel.json`, such as `interrupt_mode`.
  /// - Throws: `BuiltProduct.Missing`, `FileFailure` or `LaunchError`.
  package init(
    in directory: TemporaryDirectory, name: String = "scripted", options: [String] = [],
    members: [String: String] = [:]
  ) throws {
    self.directory = directory
    let program = try BuiltProduct.path("scripted-kernel")
    let arguments =
      [program, "-f", "{connection_file}", "--note-start", directory.path("starts")] + options
    var json: JSONObject = [
      "argv": .array(arguments.map { .init($0) }), "display_name": "Scripted",
      "language": "script",
    ]
    for (name, value) in members.sorted(by: { $0.key < $1.key }) { json[name] = .init(value) }
    let bytes = JSONValue.object(json).serialized(.pretty)
    try directory.makeDirectory("kernels")
    let file = try directory.write(bytes, to: "kernels/\(name)/kernel.json")
    spec = try KernelSpec(
      bytes, name: name, resourceDirectory: String(file.dropLast("/kernel.json".count)))
  }

  /// A kernel that was started.
  public struct Start: Sendable, Hashable {
    /// Its process ID.
    public var processID: Int32
    /// Its connection file.
    public var connectionFile: String

    /// Whether any process of its group exists; the kernel leads a group of its own.
    public var isRunning: Bool { kill(-processID, 0) == 0 || errno == EPERM }
  }

  /// The kernels that were started from it, in order.
  public var starts: [Start] {
    guard let bytes = try? directory.read("starts") else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
      guard let space = line.firstIndex(of: " "), let id = Int32(line[..<space]) else { return nil }
      return Start(processID: id, connectionFile: String(line[line.index(after: space)...]))
    }
  }

  /// What the kernels started from it left behind: processes of their groups, connection files and
  /// their directories, Unix sockets.
  ///
  /// - Parameter patience: how long killed processes may take to disappear.
  /// - Returns: a line for each item; empty if nothing is left.
  public func leftovers(after patience: Duration = .seconds(10)) async -> [String] {
    let starts = starts
    // A killed process disappears a moment later, when the system has reaped it. It is not our
    // child, so there is no event for it. The guardian then removes its files.
    _ = await eventually(within: patience) { left(of: starts).isEmpty }
    return left(of: starts)
  }

  private func left(of starts: [Start]) -> [String] {
    var lines = starts.filter(\.isRunning).map { "process group \($0.processID)" }
    let sockets = (try? readFile("/proc/net/unix")).map { String(decoding: $0, as: UTF8.self) }
    for start in starts {
      let file = start.connectionFile
      let folder = String(file[..<(file.lastIndex(of: "/") ?? file.startIndex)])
      if access(file, F_OK) == 0 { lines.append("file \(file)") }
      if access(folder, F_OK) == 0 { lines.append("directory \(folder)") }
      if sockets?.contains("\(folder)/") == true { lines.append("socket in \(folder)") }
    }
    return lines
  }
}
