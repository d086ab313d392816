import NotebookDocument
import SystemSupport

/// The destination of a command's output, such as a drawing of a pipeline.
struct CommandOutput {
  private let file: OutputFile

  /// Checks and opens the destination.
  ///
  /// - Parameters:
  ///   - path: the file; nil and `-` are standard output.
  ///   - option: the option that names it.
  ///   - replaceable: what may be replaced.
  ///   - inputs: the files that the command reads.
  /// - Throws: `ExitRequest`, after reporting why it cannot be written.
  init(
    _ path: String?, option: String, replacing replaceable: CommandFiles.Replacing,
    reading inputs: [(path: String, name: String)]
  ) throws(ExitRequest) {
    var message: String
    do throws(UsageError) {
      var files = CommandFiles()
      for input in inputs { files.reads(input.path, as: input.name) }
      let place = try files.writes(path ?? "-", option: option, replacing: replaceable)
      do throws(OutputRefusal) {
        file = try OutputFile(place)
        return
      } catch {
        message = "\(option): \(error)"
      }
    } catch {
      message = error.message
    }
    Printer.shared.log("error: \(message)")
    throw ExitRequest(code: .unusableInput)
  }

  /// Whether it is this program's standard output.
  var isStandardOutput: Bool { file.place.isStandardOutput }

  /// Writes the complete output.
  ///
  /// - Throws: `ExitRequest`, after reporting why it could not be written.
  func write(_ bytes: [UInt8]) throws(ExitRequest) {
    do throws(NotebookError) {
      try file.write([bytes[...]])
    } catch {
      Printer.shared.log("error: \(error)")
      throw ExitRequest(code: .notWritten)
    }
  }
}
