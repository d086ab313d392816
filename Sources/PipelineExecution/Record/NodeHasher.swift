import JSONCore
import JupyterProtocol
import KernelLauncher
import NotebookDocument
import NotebookExecution
import NotebookParameters
import Pipelines

/// Makes the hashes of what a node depends on and of what it made.
///
/// It reads files: for threads of our own.
struct NodeHasher: Sendable {
  let folder: String
  let configuration: PipelineConfiguration
  let files: FileHashes
  /// Makes hashes of variables' values useless to whoever guesses values without it.
  let salt: String

  /// What the node depends on now.
  ///
  /// - Parameters:
  ///   - node: the node.
  ///   - parameters: those that it gets.
  ///   - parents: labels of the nodes that it waits for, and what tells their results apart.
  func inputs(
    of node: PipelineNode, parameters: JSONObject, parents: [(label: String, token: String)]
  ) -> NodeInputs {
    var parts: [String: String] = [:]
    let path = PipelinePath.joined(folder, node.file ?? "")
    let directory = PipelinePath.folder(path)
    if node.kind == .notebook {
      (parts["source"], parts["kernel"]) = notebook(path)
    } else {
      parts["source"] = files.hash(of: path)
      let command = try? ScriptCommand.make(
        node.kind, path, environment: configuration.environment, python: configuration.python)
      parts["kernel"] = command?.executable == path ? "itself" : command?.executable ?? "none"
    }
    for pattern in node.dependencies {
      let found = NodeFiles.matches(
        pattern, in: directory, isRecursive: node.includesSubdirectories)
      if found.isEmpty { parts["file \(pattern)"] = "missing" }
      for file in found {
        parts["file \(PipelinePath.relative(file, to: folder))"] = files.hash(of: file)
      }
    }
    // Several may be called the same.
    for parent in parents { parts["after \(parent.label)", default: ""] += parent.token }
    for member in parameters {
      var hash = ContentHash()
      hash.add(salt)
      hash.add(member.value.serialized())
      parts["parameter \(member.key.string)"] = hash.hexadecimal()
    }
    for variable in node.environment {
      var hash = ContentHash()
      hash.add(salt)
      hash.add(variable.name)
      hash.add(variable.value)
      parts["variable \(variable.name)"] = hash.hexadecimal()
    }
    return NodeInputs(parts: parts)
  }

  /// What is there now of what the node declares to make, and a notebook's outputs.
  func outputs(of node: PipelineNode) -> NodeInputs {
    var parts: [String: String] = [:]
    let path = PipelinePath.joined(folder, node.file ?? "")
    let directory = PipelinePath.folder(path)
    for pattern in node.outputs {
      let found = NodeFiles.matches(pattern, in: directory)
      if found.isEmpty { parts["output \(pattern)"] = "missing" }
      for file in found {
        parts["output \(PipelinePath.relative(file, to: folder))"] = files.hash(of: file)
      }
    }
    if node.kind == .notebook { parts["its results"] = results(path) }
    return NodeInputs(parts: parts)
  }

  /// The code of a notebook, without what runs change, and its kernel.
  private func notebook(_ path: String) -> (source: String, kernel: String) {
    guard let document = document(path) else { return (files.hash(of: path), "none") }
    var hash = ContentHash()
    for cell in document.cells where !cell.tags.contains(ParameterTag.injected) {
      guard cell.kind == .code else { continue }
      hash.add(cell.source)
      for tag in cell.tags { hash.add(tag) }
    }
    let kernel =
      (try? KernelChoice(document, asked: nil)).map {
        ([$0.spec.name] + $0.spec.argv).joined(separator: " ")
      } ?? "none"
    return (hash.hexadecimal(), kernel)
  }

  private func results(_ path: String) -> String {
    guard let document = document(path) else { return "unreadable" }
    var hash = ContentHash()
    for place in 0..<document.cellCount {
      for output in document.outputs(at: place) { hash.add(output.serialized()) }
    }
    return hash.hexadecimal()
  }

  private func document(_ path: String) -> NotebookDocument? {
    try? NotebookDocument(try NotebookFile(path).read())
  }
}
