import NotebookDocument

/// Where commands put what they make of a pipeline.
enum PipelineOutput {
  /// Writes to a file, or to standard output.
  ///
  /// - Parameter path: the file; nil and `-` are standard output.
  /// - Throws: `ExitRequest`, after saying why it could not be written.
  static func write(_ bytes: [UInt8], to path: String?) throws(ExitRequest) {
    guard let path, path != "-" else { return Printer.shared.output(bytes) }
    do throws(NotebookError) {
      try NotebookFile(path).write(bytes)
    } catch {
      Printer.shared.log("error: \(error)")
      throw ExitRequest(code: .notWritten)
    }
  }
}
