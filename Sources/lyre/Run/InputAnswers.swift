import Glibc
import JupyterProtocol
import NotebookDocument
import NotebookExecution
import Synchronization

/// The value of `--stdin`: the source of answers to `input()`.
enum InputAnswers {
  static func provider(_ choice: String, inputs: [String]) throws(UsageError)
    -> RunConfiguration.InputProvider?
  {
    switch choice {
    case "none": return nil
    case "inherit":
      if inputs.contains("-") {
        throw UsageError(message: "--stdin inherit: standard input is already the notebook")
      }
      return { request in await StandardInput.shared.line(for: request) }
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
}
