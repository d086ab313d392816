import Glibc
import JupyterProtocol
import NotebookDocument
import NotebookExecution
import Synchronization

/// The value of `--stdin`: where the answers to `input()` come from.
enum InputAnswers {
  static func provider(_ choice: String, inputs: [String]) throws(UsageError)
    -> RunConfiguration.InputProvider?
  {
    switch choice {
    case "none": return nil
    case "inherit":
      if inputs.contains("-") {
        throw UsageError(message: "--stdin inherit: standard input is the notebook already")
      }
      return { request in await readLine(request) }
    default:
      let content: [UInt8]
      do throws(NotebookError) {
        content = try NotebookFile(choice).read()
      } catch {
        throw UsageError(message: "--stdin: \(choice): \(error.message)")
      }
      let lines = Mutex(lines(content)[...])
      return { _ in lines.withLock { $0.popFirst() } }
    }
  }

  private static func lines(_ content: [UInt8]) -> [String] {
    var lines = content.split(separator: 0x0A, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { String(decoding: $0.last == 0x0D ? $0.dropLast() : $0, as: UTF8.self) }
  }

  /// Asks on the terminal and reads a line of standard input; a secret is not echoed.
  private static func readLine(_ request: InputRequest) async -> String? {
    Printer.shared.error(Array(request.prompt.utf8))
    return await withCheckedContinuation { continuation in
      // A line may take for ever: on a thread of its own.
      let job = InputJob(isSecret: request.isPassword) { continuation.resume(returning: $0) }
      var thread = pthread_t()
      let failure = pthread_create(
        &thread, nil,
        { argument in
          guard let argument else { return nil }
          Unmanaged<InputJob>.fromOpaque(argument).takeRetainedValue().run()
          return nil
        }, Unmanaged.passRetained(job).toOpaque())
      if failure == 0 { pthread_detach(thread) } else { continuation.resume(returning: nil) }
    }
  }
}

/// Reads one line of standard input.
private final class InputJob: Sendable {
  private let isSecret: Bool
  private let done: @Sendable (String?) -> Void

  init(isSecret: Bool, done: @escaping @Sendable (String?) -> Void) {
    self.isSecret = isSecret
    self.done = done
  }

  func run() {
    var before = termios()
    let hidesEcho = isSecret && tcgetattr(0, &before) == 0
    if hidesEcho {
      var silent = before
      silent.c_lflag &= ~UInt32(ECHO)
      tcsetattr(0, TCSAFLUSH, &silent)
    }
    let line = Swift.readLine(strippingNewline: true)
    if hidesEcho {
      tcsetattr(0, TCSAFLUSH, &before)
      Printer.shared.error([0x0A])
    }
    done(line)
  }
}
