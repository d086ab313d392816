/// Where Elyra keeps the files of a pipeline's run in a bucket, so that both can share one.
///
/// The outputs of all nodes are below one prefix, under their paths from the folders of the nodes'
/// files; so are the archives with the nodes' own files, the executed notebooks and the logs.
package struct ElyraLayout: Sendable, Hashable {
  /// The place of the run.
  package let place: FilesPlace

  /// Creates a layout.
  ///
  /// - Parameter place: the common prefix: `[PREFIX/]PIPELINE-MMDDHHMMSS` in Elyra.
  package init(_ place: FilesPlace) { self.place = place }

  /// The name of the archive with a node's own files.
  package static func archiveName(file: String, id: String) -> String {
    "\(stem(file))-\(id).tar.gz"
  }

  /// The name of a file without its folder and extension.
  package static func stem(_ file: String) -> String {
    let name = PipelinePath.name(file)
    guard let point = name.lastIndex(of: "."), point != name.startIndex else { return name }
    return String(name[..<point])
  }

  /// The name of a node's log: Elyra keeps logs of scripts only.
  package static func logName(file: String) -> String { "\(stem(file)).log" }

  /// The name of the page of an executed notebook.
  package static func pageName(file: String) -> String { "\(stem(file)).html" }

  /// What a node of a pipeline has in its archive: its file and its dependencies.
  ///
  /// - Parameter node: the node.
  /// - Returns: paths and patterns, relative to the folder of its file; nil if one leads out of it.
  package static func archived(_ node: PipelineNode) -> [ExchangePattern]? {
    let names = [node.file.map(PipelinePath.name)].compactMap(\.self) + node.dependencies
    let patterns = names.compactMap { ExchangePattern($0) }
    return patterns.count == names.count ? patterns : nil
  }

  /// Describes a node for such a place: its archive is there, and so are the outputs of earlier nodes.
  ///
  /// - Parameters:
  ///   - subject: the run and the node.
  ///   - node: the node.
  ///   - ancestors: the nodes before it, whose outputs it gets.
  ///   - results: where its events and its ending go.
  package func description(
    _ subject: NodeDescription.Subject, _ node: PipelineNode, ancestors: [PipelineNode],
    results: FilesPlace
  ) -> NodeDescription {
    let file = PipelinePath.name(node.file ?? "")
    var description = NodeDescription(
      subject: subject, node: NodeDescription.Work(file: file), results: results)
    let archive = ElyraLayout.archiveName(file: file, id: node.id)
    description.files = [.archive(place.appending(archive), sha256: nil)]
    var inputs: [String] = []
    for output in ancestors.flatMap(\.outputs) where !inputs.contains(output) {
      inputs.append(output)
    }
    if !inputs.isEmpty {
      description.inputs = .init(place: place, patterns: inputs, isElyra: true)
    }
    description.outputs = .init(place: place, patterns: node.outputs, isElyra: true)
    return description
  }
}
