import NotebookDocument
import NotebookExecution
import PipelineExecution
import Pipelines

/// A pipeline named on the command line.
struct PipelineInput {
  /// The path as given.
  let path: String
  let bytes: [UInt8]
  let folder: PipelineFolder

  /// Reads the file.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  init(_ path: String, root: String? = nil, kernelFallback: KernelFallback = .default)
    throws(ExitRequest)
  {
    self.path = path
    do throws(NotebookError) {
      bytes = try NotebookFile(path).read()
    } catch {
      let message = InputHint.pipeline(path, error).message
        .replacing("not a notebook", with: "not a pipeline")
      Printer.shared.log("error: \(path): \(message)")
      throw ExitRequest(code: .unusableInput, message: message)
    }
    folder = PipelineFolder(of: path, root: root, kernelFallback: kernelFallback)
  }

  /// The name that users know the pipeline by: its file name without the extension.
  var name: String {
    let name = PipelinePath.name(path)
    let suffix = ".pipeline"
    return name.hasSuffix(suffix) && name != suffix ? String(name.dropLast(suffix.count)) : name
  }

  /// The document; errors are reported.
  func document() throws(ExitRequest) -> PipelineDocument {
    do throws(PipelineError) {
      return try PipelineDocument(bytes, locating: locating)
    } catch {
      let error = InputHint.pipeline(path, error)
      Printer.shared.log("error: \(path): \(error)")
      throw ExitRequest(code: .unusableInput, message: "\(error)")
    }
  }

  /// See ``PipelineFolder/locating``.
  var locating: @Sendable (String) -> String { folder.locating }
}
