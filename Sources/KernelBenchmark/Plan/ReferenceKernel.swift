import Glibc
import JSONCore
import KernelLauncher
import KernelTesting

/// The scripted kernel as a measure: it does next to nothing, so what is measured with it is the
/// client and the sockets.
///
/// The program that benchmarks runs itself again as this kernel: a process of its own, as any
/// kernel, and nothing that would have to be installed beside.
public enum ReferenceKernel {
  /// What it is called in reports; no kernelspec can have this name.
  public static let name = "(ceiling)"

  /// The first argument that has a program be this kernel.
  public static let argument = "scripted-kernel"

  /// Runs this process as the kernel when its arguments say so.
  ///
  /// To be called before anything else, for the kernel blocks signals for all of its threads.
  ///
  /// - Parameter arguments: the command line, the name of the program first.
  public static func runIfAsked(_ arguments: [String]) {
    guard arguments.dropFirst().first == argument else { return }
    exit(ScriptedKernel.main(Array(arguments.dropFirst(2))))
  }

  /// The kernelspec that runs this program again; nil where its own path cannot be found.
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
