import Hashing
import NotebookDocument
import ObjectStorage
import PipelineExecution
import RemoteEngines
import SystemSupport

/// Puts the results of a run into the notebooks of its pipeline.
struct RunNotebooks {
  private let bucket: RunBucket
  private let submission: Submission
  private let folder: PipelineFolder

  /// - Parameters:
  ///   - bucket: what the run has left.
  ///   - submission: the run.
  init(_ bucket: RunBucket, _ submission: Submission) {
    self.bucket = bucket
    self.submission = submission
    folder = PipelineFolder(of: submission.pipeline)
  }

  /// Writes all notebooks that have not been changed since they were submitted; if several nodes run one notebook,
  /// it gets the results of the last one.
  ///
  /// - Throws: `ExitRequest`, after reporting what was not written.
  func write() async throws(ExitRequest) {
    var code = ExitCode.success
    var last: [String: SubmittedNode] = [:]
    for node in submission.nodes where node.results != nil {
      if let file = node.file, file.hasSuffix(".ipynb") { last[file] = node }
    }
    for (file, node) in last.sorted(by: { $0.key < $1.key }) {
      code = max(code, try await write(file, of: node))
    }
    try code.end()
  }

  /// Writes a notebook with the results of a node.
  ///
  /// - Returns: the exit code for it; what was not written is reported.
  private func write(_ file: String, of node: SubmittedNode) async throws(ExitRequest) -> ExitCode {
    let notebook = try await EngineFailure.reportedStorage { () throws(ObjectStorageError) in
      try await bucket.notebook(node.results ?? "")
    }
    guard let notebook else {
      Printer.shared.log("\(file): '\(node.label)' has no results yet")
      return .success
    }
    let path = folder.absolute(file)
    do throws(NotebookError) {
      // Nothing changes it between the look and the write, and a run of it is not disturbed.
      let lock = try NotebookLock(path)
      let current = try? fileContent(path, maximum: 1 << 30)
      if current == notebook {
        Printer.shared.log("\(file): has these results already")
        return .success
      }
      guard let current, hexadecimal(ContentHash.of(current)) == node.digest else {
        Printer.shared.log(
          "\("error:", .red) \(file) has changed since it was submitted and is not replaced; "
            + "`lyre pipeline results \(submission.number) --to DIR` writes the executed notebook "
            + "elsewhere")
        return .notWritten
      }
      // A node can leave anything under this name.
      _ = try NotebookDocument(notebook)
      try lock.write([notebook[...]])
      Printer.shared.print("\(path)")
      return .success
    } catch {
      Printer.shared.log("\("error:", .red) \(error)")
      return error.code == .inUse ? .unusableInput : .notWritten
    }
  }
}
