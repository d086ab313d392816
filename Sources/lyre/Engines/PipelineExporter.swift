import NodeProgram
import PipelineExecution
import PipelineExport
import Pipelines
import SystemSupport

/// A pipeline on its way to an engine: read, validated, and planned with the files of this machine.
struct PipelineExporter {
  let input: PipelineInput
  let pipeline: Pipeline
  private let document: PipelineDocument
  private let files: DiskExportFiles

  /// Reads a pipeline and the definitions of its components.
  ///
  /// - Parameters:
  ///   - path: the pipeline's file.
  ///   - root: the project's folder; nil for git's work tree.
  ///   - components: further folders with definitions of components.
  /// - Throws: `ExitRequest`, after reporting the error.
  init(_ path: String, root: String? = nil, components: [String] = []) async throws(ExitRequest) {
    input = try PipelineInput(path, root: root)
    document = try input.document()
    pipeline = document.pipeline
    let nodes = pipeline.executableNodes.filter { $0.component != nil }
    let definitions =
      nodes.isEmpty ? [:] : await ComponentLookup(folders: components).definitions(of: nodes)
    files = DiskExportFiles(folder: input.folder, definitions: definitions)
  }

  /// Validates the pipeline for a cluster, and reports what it finds.
  ///
  /// - Parameter isStrict: whether warnings count as errors.
  /// - Throws: `ExitRequest` if it is not valid.
  func validate(isStrict: Bool = false) throws(ExitRequest) {
    let findings = PipelineValidation(for: .export).findings(
      in: document, pipeline, files: input.folder)
    try PipelineExporter.report(
      findings.filter { $0.severity != .information }, of: input.path, isStrict: isStrict)
  }

  /// Reports findings.
  ///
  /// - Throws: `ExitRequest` if there is an error, or with `isStrict` a warning.
  static func report(_ findings: [Finding], of path: String, isStrict: Bool) throws(ExitRequest) {
    for line in PipelineFindings.lines(findings) { Printer.shared.log(line) }
    guard findings.contains(where: { $0.severity == .error || isStrict && $0.severity == .warning })
    else { return }
    let message = "\(path) was not exported"
    Printer.shared.log("error: \(message)")
    throw ExitRequest(code: .unusableInput, message: message)
  }

  /// Plans the tasks for an engine.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func plan(_ engine: ExportEngine, _ settings: ExportSettings) throws(ExitRequest)
    -> ExportPlan
  {
    try PipelineExporter.reported(input.path) { () throws(ExportProblem) in
      try ExportPlan(
        pipeline, for: engine, name: input.name, settings: settings, files: files)
    }
  }

  /// Runs a step, and reports its error.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  static func reported<Value>(_ path: String, _ body: () throws(ExportProblem) -> Value)
    throws(ExitRequest) -> Value
  {
    do throws(ExportProblem) {
      return try body()
    } catch {
      Printer.shared.log("error: \(path): \(error.description)")
      throw ExitRequest(code: .unusableInput, message: error.description)
    }
  }

  /// An archive that a node needs in the bucket.
  struct Archive {
    /// Its key in the bucket.
    var key: String
    /// A node that it belongs to: several may have the same content.
    var node: PipelineNode
    /// The outputs of earlier nodes, which need not exist yet.
    var made: [String]
  }

  /// The archives of a plan, each once.
  func archives(_ plan: ExportPlan) -> [Archive] {
    var keys: Set<String> = []
    return plan.nodes.compactMap { node in
      guard case .file(let work) = node.work else { return nil }
      let key = plan.archiveKey(work.archive)
      guard keys.insert(key).inserted else { return nil }
      return Archive(key: key, node: node.node, made: work.description.inputs?.patterns ?? [])
    }
  }

  /// Writes an archive.
  ///
  /// - Parameters:
  ///   - archive: the archive.
  ///   - path: its file, which is replaced.
  /// - Throws: `TransferProblem`.
  func write(_ archive: Archive, to path: String) throws(TransferProblem) {
    try files.archive(archive.node).write(to: path, made: archive.made)
  }

  /// Writes the archives of a plan below a folder, under their keys in the bucket.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func writeArchives(_ plan: ExportPlan, below folder: String) throws(ExitRequest) -> Int {
    let archives = archives(plan)
    for archive in archives {
      let path = "\(FilePath.absolute(folder))/\(archive.key)"
      var message: String
      do throws(SystemError) {
        try FilePath.makeDirectories(FilePath.parts(path).directory)
        do throws(TransferProblem) {
          try write(archive, to: path)
          continue
        } catch {
          message = error.description
        }
      } catch {
        message = "the folder for '\(path)' cannot be made: \(error)"
      }
      Printer.shared.log("error: \(message)")
      throw ExitRequest(code: .notWritten, message: message)
    }
    return archives.count
  }
}
