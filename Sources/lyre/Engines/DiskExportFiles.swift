import NodeProgram
import NotebookDocument
import NotebookExecution
import PipelineExecution
import PipelineExport
import Pipelines
import SystemSupport

/// The files of an export on this machine.
struct DiskExportFiles: ExportFiles {
  /// The folder of the pipeline.
  let folder: PipelineFolder
  /// The definitions of components, or why there is none, by the ids of their nodes.
  let definitions: [String: Result<String, ExportProblem>]

  func archive(of node: PipelineNode, made: [String]) throws(ExportProblem)
    -> [NodeArchive.Member]
  {
    do throws(TransferProblem) {
      return try archive(node).contents(made: made).map {
        NodeArchive.Member(path: $0.path, sha256: $0.sha256, isExecutable: $0.isExecutable)
      }
    } catch {
      throw ExportProblem(error.description)
    }
  }

  func fileInArchive(of node: PipelineNode) -> String { archive(node).file }

  /// The archive of a node.
  func archive(_ node: PipelineNode) -> ElyraArchive {
    ElyraArchive(node, in: folder.folder, reachesOutside: true)
  }

  func kernel(of node: PipelineNode) -> (name: String?, language: String?) {
    guard let file = node.file,
      let document = try? NotebookDocument(NotebookFile(folder.absolute(file)).read())
    else { return (nil, nil) }
    return (KernelChoice.name(in: document), KernelChoice.language(of: document))
  }

  func text(_ path: String) throws(ExportProblem) -> String {
    do throws(SystemError) {
      return String(
        decoding: try fileContent(folder.absolute(path), maximum: 1 << 20), as: UTF8.self)
    } catch {
      throw ExportProblem("'\(path)', the value of a component's input, cannot be read: \(error)")
    }
  }

  func definition(of node: PipelineNode) throws(ExportProblem) -> String {
    guard let definition = definitions[node.id] else {
      throw ExportProblem("the definition of the component of node '\(node.label)' is not known")
    }
    return try definition.get()
  }
}
