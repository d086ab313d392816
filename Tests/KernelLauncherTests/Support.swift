import Glibc
import JSONCore
import KernelLauncher
import Processes
import Synchronization
import Testing

/// Not the type of Swift Testing.
typealias ExitStatus = Processes.ExitStatus

/// A kernelspec that runs a command.
func spec(
  _ argv: [String], environment: JSONObject = [:], in directory: String = "/nowhere"
) throws -> KernelSpec {
  let json: JSONValue = [
    "argv": .array(argv.map { .init($0) }), "env": .object(environment), "language": "test",
  ]
  return try KernelSpec(json.serialized(), name: "test", resourceDirectory: directory)
}

/// The command that runs a program with exactly the given environment.
///
/// `{connection_file}` is not replaced.
func command(
  _ argv: [String], environment: [String: String] = ["PATH": "/usr/bin:/bin"]
) throws -> ProcessCommand {
  try ProcessCommand(
    try spec(argv), connectionFile: "{connection_file}",
    paths: JupyterPaths(environment: environment))
}

/// The command that runs a shell script.
func shell(_ script: String) throws -> ProcessCommand { try command(["sh", "-c", script]) }

/// The output of a process by stream, with the lines received so far.
final class Output: Sendable {
  private let bytes = Mutex<[ChildProcess.OutputStream: [UInt8]]>([:])
  private let chunks: AsyncStream<Void>
  private let arrival: AsyncStream<Void>.Continuation

  init() { (chunks, arrival) = AsyncStream.makeStream() }

  var sink: @Sendable (ChildProcess.OutputStream, [UInt8]) -> Void {
    { stream, new in
      self.bytes.withLock { $0[stream, default: []] += new }
      self.arrival.yield()
    }
  }

  func text(_ stream: ChildProcess.OutputStream = .standardOutput) -> String {
    bytes.withLock { String(decoding: $0[stream] ?? [], as: UTF8.self) }
  }

  /// The lines of standard output, once there are this many.
  func lines(_ count: Int) async -> [String] {
    for await _ in chunks where text().utf8.count(where: { $0 == UInt8(ascii: "\n") }) >= count {
      break
    }
    return text().split(separator: "\n").map(String.init)
  }
}

/// Runs a command to its end.
func run(_ command: ProcessCommand, workingDirectory: String? = nil) async throws
  -> (status: ExitStatus, output: Output)
{
  let output = Output()
  let process = try await ChildProcess.launch(
    command, workingDirectory: workingDirectory, onOutput: output.sink)
  let status = try #require(await process.waitForExit())
  return (status, output)
}

/// Whether a process runs; a dead process that is not yet reaped does not.
func isRunning(_ process: Int32) -> Bool {
  guard let file = fopen("/proc/\(process)/stat", "re") else { return false }
  defer { fclose(file) }
  var buffer = [UInt8](repeating: 0, count: 1024)
  let count = fread(&buffer, 1, buffer.count, file)
  let text = String(decoding: buffer[..<count], as: UTF8.self)
  guard let end = text.lastIndex(of: ")") else { return false }
  return !["Z", "X"].contains(text[end...].dropFirst(2).prefix(1))
}

func mode(of path: String) -> mode_t? {
  var status = stat()
  return stat(path, &status) == 0 ? status.st_mode & 0o777 : nil
}
