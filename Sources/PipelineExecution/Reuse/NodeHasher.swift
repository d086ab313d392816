import JSONCore
import JupyterProtocol
import KernelLauncher
import NotebookDocument
import NotebookExecution
import NotebookParameters
import Pipelines
import Processes
import RunRecord
import Synchronization
import SystemSupport

/// Computes the hashes of a node's inputs and outputs.
///
/// It reads files, so call it on a thread of its own.
struct NodeHasher: Sendable {
  let folder: String
  let configuration: PipelineConfiguration
  let scope: ParameterScope
  let files: FileHashes
  let programs: ProgramPrints
  private let variables = VariableHashes()
  /// Protects the hashes of variables' values against guessing.
  let salt: String
  /// The directory of the record of runs, which changes with every run.
  let record: String
  /// The absolute paths of the pipeline's notebooks, whose files get results in every run.
  let notebooks: [String]
  /// Observes every file that is read.
  var watch = HashingWatch()
  /// The digest of the node's image; nil for a node that runs on this machine.
  var image: String?

  init(
    folder: String, configuration: PipelineConfiguration, scope: ParameterScope,
    files: FileHashes, history: PipelineHistory?, nodes: [PipelineNode]
  ) {
    self.folder = folder
    notebooks = nodes.filter { $0.kind == .notebook }.compactMap(\.file).map {
      PipelinePath.joined(folder, $0)
    }
    self.configuration = configuration
    self.scope = scope
    self.files = files
    salt = history?.salt ?? ""
    record = history?.directory ?? ""
    programs = ProgramPrints(files: files)
  }

  /// Returns a copy for one node with its own watch.
  func watched(by watch: HashingWatch) -> NodeHasher {
    var copy = self
    copy.watch = watch
    return copy
  }

  /// Returns a copy for a node that runs in an image; nil for one that runs on this machine.
  func inImage(_ digest: String?) -> NodeHasher {
    var copy = self
    copy.image = digest
    return copy
  }

  /// The current inputs of a node.
  ///
  /// - Parameters:
  ///   - node: the node.
  ///   - parents: the labels of the nodes that it waits for, and tokens that identify their
  ///     results.
  func inputs(of node: PipelineNode, parents: [(label: String, token: String)])
    throws(HashingWatch.Stopped) -> Fingerprint
  {
    var parts = try code(of: node)
    parts[Fingerprint.version.name] = Fingerprint.version.value
    parts["place"] = node.file ?? ""
    try addFiles(of: node, to: &parts)
    // Several parents may have the same label.
    for parent in parents { parts["after \(parent.label)", default: ""] += parent.token }
    for member in scope.values(for: node) {
      parts["parameter \(member.key.string)"] = salted([member.value.serialized()])
    }
    let compared = scope.comparedVariables(
      of: node, base: configuration.environment, isElsewhere: image != nil)
    for (name, value) in compared {
      parts["variable \(name)"] = variables.hash(name, value) {
        salted([Array(name.utf8), Array(value.utf8)])
      }
    }
    return Fingerprint(parts: parts)
  }

  private func salted(_ texts: [[UInt8]]) -> String {
    var hash = ContentHash()
    hash.add(salt)
    for text in texts {
      hash.add("\(text.count)")
      hash.add(text)
    }
    return hash.hexadecimal()
  }

  /// Hashes of what the node runs, and of the program that runs it.
  private func code(of node: PipelineNode) throws(HashingWatch.Stopped) -> [String: String] {
    let path = PipelinePath.joined(folder, node.file ?? "")
    if node.kind == .notebook { return try notebook(path, node) }
    // Whether it is executable already shows in the command below.
    var parts = ["source": FileHashes.withoutMode(try files.hash(of: path, watch))]
    if let image { return parts.merging(NodeHasher.parts(ofImage: image)) { $1 } }
    let environment = scope.environment(of: node, base: configuration.environment)
    guard
      let command = try? ScriptCommand.make(
        node.kind, path, environment: environment, python: configuration.python)
    else {
      parts["kernel"] = "none"
      return parts
    }
    var program = RunningProgram(
      executable: command.executable, language: NodeHasher.language(of: node.kind),
      folder: PipelinePath.folder(path))
    if command.executable == path {
      parts["kernel"] = "itself"
      guard let interpreter = ScriptCommand.interpreter(of: path, environment) else { return parts }
      program.executable = interpreter
    } else {
      parts["kernel"] = command.arguments.dropLast().joined(separator: " ")
    }
    parts.merge(try programs.parts(of: program, environment: environment, watch)) { $1 }
    return parts
  }

  /// What runs a node in a container: nothing of this machine.
  private static func parts(ofImage digest: String) -> [String: String] {
    ["kernel": "in a container", "image": digest]
  }

  private static func language(of kind: PipelineNode.Kind) -> String {
    switch kind {
    case .pythonScript: "python"
    case .rScript: "r"
    default: ""
    }
  }

  private func addFiles(of node: PipelineNode, to parts: inout [String: String])
    throws(HashingWatch.Stopped)
  {
    let path = PipelinePath.joined(folder, node.file ?? "")
    let directory = PipelinePath.folder(path)
    // Determined once, and only if there is a folder.
    var own: Set<FileIdentity>?
    var code: [FileIdentity: @Sendable () -> String?] = [:]
    for pattern in node.dependencies {
      let found = NodeFiles.matches(
        pattern, in: directory, isRecursive: node.includesSubdirectories)
      if found.isEmpty { parts["file \(pattern)"] = "missing" }
      for file in found {
        if own == nil, FilePath.isDirectory(file) {
          (own, code) = (ownFiles(of: node, in: directory), notebookFiles)
        }
        let value = try files.hash(of: file, ignoring: own ?? [], readingAsCode: code, watch)
        let name = PipelinePath.relative(file, to: folder)
        parts["file \(name.isEmpty ? "." : name)"] =
          value == "missing" ? FileHashes.unknown + "it disappeared during the comparison" : value
      }
    }
  }

  /// The pipeline's notebooks; in a folder they are compared by their cells, without the results
  /// that the runs themselves add.
  private var notebookFiles: [FileIdentity: @Sendable () -> String?] {
    var result: [FileIdentity: @Sendable () -> String?] = [:]
    for path in notebooks {
      guard let file = FileIdentity(path) else { continue }
      result[file] = { NotebookPrints.document(path).map(NotebookPrints.text) }
    }
    return result
  }

  /// The files that the node itself writes, which are ignored in a folder.
  private func ownFiles(of node: PipelineNode, in directory: String) -> Set<FileIdentity> {
    var result =
      (record.isEmpty ? [] : [record])
      + node.outputs.flatMap { NodeFiles.matches($0, in: directory) }
    if node.kind == .notebook { result.append(PipelinePath.joined(folder, node.file ?? "")) }
    return Set(result.compactMap { FileIdentity($0) })
  }

  /// The node's declared outputs as they are now, and a notebook's outputs.
  ///
  /// - Parameters:
  ///   - node: the node.
  ///   - executed: the executed notebook, if its results are not in its own file.
  func outputs(of node: PipelineNode, executed: NotebookDocument? = nil)
    throws(HashingWatch.Stopped) -> Fingerprint
  {
    var parts: [String: String] = [:]
    let path = PipelinePath.joined(folder, node.file ?? "")
    let directory = PipelinePath.folder(path)
    for pattern in node.outputs {
      let found = NodeFiles.matches(pattern, in: directory)
      if found.isEmpty { parts["output \(pattern)"] = "missing" }
      for file in found {
        parts["output \(PipelinePath.relative(file, to: folder))"] =
          try files.hash(of: file, watch)
      }
    }
    if node.kind == .notebook {
      // Parsed again, so that numbers are written as in a file.
      let document =
        executed.flatMap { try? NotebookDocument($0.serialized()) }
        ?? NotebookPrints.document(path)
      parts["its results"] = document.map { NotebookPrints.results(of: $0) } ?? "unreadable"
    }
    return Fingerprint(parts: parts)
  }

  /// Hashes of a notebook's code, without anything that a run changes, and of its kernel.
  private func notebook(_ path: String, _ node: PipelineNode)
    throws(HashingWatch.Stopped) -> [String: String]
  {
    guard let document = NotebookPrints.document(path) else {
      return ["source": try files.hash(of: path, watch), "kernel": "none"]
    }
    var parts = ["source": NotebookPrints.code(of: document), "kernel": "none"]
    if let image { return parts.merging(NodeHasher.parts(ofImage: image)) { $1 } }
    guard
      let spec = try? KernelChoice(
        document, asked: nil, fallback: configuration.kernelFallback
      ).spec
    else { return parts }
    parts["kernel"] = NotebookPrints.kernel(spec)
    let environment = scope.environment(of: node, base: configuration.environment)
    parts.merge(
      try programs.parts(of: spec, in: PipelinePath.folder(path), environment: environment, watch)
    ) { $1 }
    return parts
  }
}

/// Hashes of variables, computed once in a run because nodes share most of them.
private final class VariableHashes: Sendable {
  private let known = Mutex<[String: (value: String, hash: String)]>([:])

  func hash(_ name: String, _ value: String, make: () -> String) -> String {
    if let known = known.withLock({ $0[name] }), known.value == value { return known.hash }
    let hash = make()
    known.withLock { $0[name] = (value, hash) }
    return hash
  }
}
