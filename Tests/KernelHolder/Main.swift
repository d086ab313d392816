import Glibc
import JSONCore
import JupyterProtocol
import KernelLauncher
import Processes

/// A program for tests: starts a command as a kernel, reports the paths of its files, and ends in
/// the given way without cleaning up.
///
/// Usage: `kernel-holder hang|exit|abort COMMAND…`. The kernel's output is passed on; its first
/// line reports that it is running, and only then does this program end.
@main
struct Main {
  static func main() async throws {
    let file = try ConnectionFile(
      transport: .ipc, kernelName: "test", environment: JupyterPaths().environment)
    let json: JSONValue = [
      "argv": .array(CommandLine.arguments.dropFirst(2).map { .init($0) })
    ]
    let spec = try KernelSpec(json.serialized(), name: "test", resourceDirectory: "/")
    let command = try ProcessCommand(spec, connectionFile: file.path, paths: JupyterPaths())
    say("\(file.path)\n")
    let (lines, lineContinuation) = AsyncStream<[UInt8]>.makeStream()
    let process = try await ChildProcess.launch(
      command,
      onOutput: { stream, bytes in
        if stream == .standardOutput { lineContinuation.yield(bytes) }
      })
    for await bytes in lines {
      say(String(decoding: bytes, as: UTF8.self))
      if bytes.contains(UInt8(ascii: "\n")) { break }
    }
    switch CommandLine.arguments[1] {
    case "exit": exit(3)
    case "abort": abort()
    default: _ = await process.waitForExit()
    }
  }

  private static func say(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(1, bytes, bytes.count)
  }
}
