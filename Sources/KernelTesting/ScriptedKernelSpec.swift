import Glibc
import JSONCore
public import KernelLauncher

/// A kernelspec of the scripted kernel, installed in a test's own directory.
///
/// What the kernels started from it leave behind can be asked for afterwards.
public struct ScriptedKernelSpec: Sendable {
  /// The kernelspec, for `withKernel`.
  public let spec: KernelSpec

  /// Where it is installed.
  public let directory: TemporaryDirectory

  /// What `JUPYTER_PATH` must be for a program to find it.
  public var jupyterPath: String { directory.path }

  /// Installs a kernelspec.
  ///
  /// - Parameters:
  ///   - directory: where; the file is `kernels/NAME/kernel.json` in it.
  ///   - name: its name.
  ///   - options: the kernel's options, as ``ScriptedKernel`` has them.
  ///   - members: further members of `kernel.json`, such as `interrupt_mode`.
  /// - Throws: ``BuiltProduct/Missing``, ``FileFailure`` or `KernelSpec.Invalid`.
  public init(
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
      // Children of the kernel have it as well.
      "env": .object([.init(key: JSONString(Self.mark), value: .init(directory.path))].asObject),
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
    /// Its process.
    public var processID: Int32
    /// Its connection file.
    public var connectionFile: String
  }

  /// The kernels that were started from it, in order.
  public var starts: [Start] {
    guard let bytes = try? directory.read("starts") else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
      guard let space = line.firstIndex(of: " "), let id = Int32(line[..<space]) else { return nil }
      return Start(processID: id, connectionFile: String(line[line.index(after: space)...]))
    }
  }

  /// What is left of the kernels that were started from it: processes, their children, connection
  /// files, their directories, Unix sockets.
  ///
  /// - Parameter seconds: how long a process that was killed may take to be gone.
  /// - Returns: a line for each thing; none when all is well.
  public func leftovers(within seconds: Int = 5) -> [String] {
    let pause = BlockingQueue<Never>()
    // A process that was killed is gone a moment later, when the system has freed its memory.
    for _ in 0..<seconds * 100 where !processes().isEmpty {
      _ = pause.take(withinMilliseconds: 10)
    }
    var lines = processes().map { "process \($0)" }
    let sockets = (try? readFile("/proc/net/unix")).map { String(decoding: $0, as: UTF8.self) }
    for start in starts {
      let folder = start.connectionFile[
        ..<(start.connectionFile.lastIndex(of: "/") ?? start.connectionFile.startIndex)]
      if access(start.connectionFile, F_OK) == 0 { lines.append("file \(start.connectionFile)") }
      if access(String(folder), F_OK) == 0 { lines.append("directory \(folder)") }
      if sockets?.contains("\(folder)/") == true { lines.append("socket in \(folder)") }
    }
    return lines
  }

  /// The processes, with their arguments, that have our mark in their environment.
  private func processes() -> [String] {
    let mark = Array("\(Self.mark)=\(directory.path)".utf8)
    return entries(of: "/proc").compactMap { entry in
      guard Int32(entry) != nil, let environment = try? readFile("/proc/\(entry)/environ"),
        holds(environment, mark)
      else { return nil }
      let arguments = (try? readFile("/proc/\(entry)/cmdline")) ?? []
      let text = arguments.map { $0 == 0 ? UInt8(ascii: " ") : $0 }
      return "\(entry) \(String(decoding: text, as: UTF8.self))"
    }
  }

  /// Whether bytes have others in them; by `memchr`, because every process of the machine is looked
  /// at again and again.
  private func holds(_ bytes: [UInt8], _ wanted: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while rest.count >= wanted.count,
        let base = UnsafeRawBufferPointer(rebasing: rest).baseAddress,
        let found = memchr(base, Int32(wanted[0]), rest.count)
      {
        rest = rest.dropFirst(base.distance(to: UnsafeRawPointer(found)))
        if rest.count >= wanted.count, memcmp(found, wanted, wanted.count) == 0 { return true }
        rest = rest.dropFirst()
      }
      return false
    }
  }

  private static let mark = "SCRIPTED_KERNEL_MARK"
}

extension [JSONObject.Member] {
  fileprivate var asObject: JSONObject { JSONObject(self) }
}
