import Glibc
import JSONCore
import KernelLauncher
import KernelTesting

/// The scripted kernel as a baseline: it does almost nothing, so that its figures are those of the
/// client and the sockets.
///
/// The program that runs benchmarks runs itself again as this kernel: in a separate process, like
/// any kernel, and without another program to install.
public enum ReferenceKernel {
  /// Its name in reports, which no kernelspec can have.
  public static let name = "(ceiling)"

  /// The first argument that makes a program run as this kernel.
  public static let argument = "scripted-kernel"

  /// Runs this process as the kernel if its arguments request that.
  ///
  /// Call it before anything else, because the kernel blocks signals for all of its threads.
  ///
  /// - Parameter arguments: the command line, starting with the name of the program.
  public static func runIfAsked(_ arguments: [String]) {
    guard arguments.dropFirst().first == argument else { return }
    exit(ScriptedKernel.main(Array(arguments.dropFirst(2))))
  }

  /// The kernelspec that runs this program again; nil if its own path is unknown.
  static var spec: KernelSpec? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0 else { return nil }
    let program = String(
      decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let json: JSONValue = [
      "argv": [.init(program), .init(argument), "-f", "{connection_file}"],
      "display_name": "Lyre's scripted kernel", "language": "script",
    ]
    return try? KernelSpec(json.serialized(), name: name, resourceDirectory: "/")
  }

  static let snippets = Snippets([
    .value: "result 1",
    .print: "print lyre",
    .streams: "flood {count} 10",
    .displays: "display-flood {count} {size}",
    .text: "flood 1 {size}",
    .wait: "print lyre\nhang",
  ])
}
