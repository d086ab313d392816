import PipelineExecution
import Pipelines
import SystemSupport

extension PipelineRunPlan {
  /// The output paths of the nodes' notebooks, by the nodes' places.
  ///
  /// - Throws: ``UsageError`` if a result or a report would replace a file that nodes run, need or
  ///   produce, or another output.
  func destinations(
    _ pipeline: Pipeline, _ graph: PipelineGraph, _ input: PipelineInput
  ) throws(UsageError) -> [Int: String] {
    let reports = [
      ("--events", reporting.events), ("--report", reporting.report), ("--html", reporting.html),
    ].compactMap { option, place in place.map { (option, $0) } }
    guard outputDirectory != nil || !reports.isEmpty else { return [:] }
    var files = CommandFiles()
    files.reads(path, as: "the pipeline")
    for path in parametersFiles { files.reads(path, as: "the parameters") }
    var claims: [NodeClaim] = []
    for node in pipeline.executableNodes {
      guard let file = node.file else { continue }
      let whole = input.folder.absolute(file)
      files.reads(whole, as: "the file of a node")
      let folder = PipelinePath.folder(whole)
      let real = FilePath.real(folder) ?? folder
      for (paths, name) in [(node.dependencies, "a dependency"), (node.outputs, "an output")] {
        for path in paths {
          let claim = NodeClaim(
            path: path, folder: real, isRecursive: node.includesSubdirectories,
            name: "\(name) of node '\(node.label)'")
          files.reads(PipelinePath.joined(folder, path), as: "\(name) of a node")
          claims.append(claim)
        }
      }
    }
    for (option, place) in reports where place.isFile {
      try files.writes(place, as: "\(option) '\(place.path)'")
      let target = FilePath.target(place.path)
      if let claim = claims.first(where: { $0.holds(place, at: target) }) {
        throw UsageError(
          message: "\(option): '\(place.path)' would be \(claim.name), '\(claim.path)'; "
            + "choose another file")
      }
    }
    return try ResultPlaces.destinations(
      in: outputDirectory, of: graph, folder: input.folder, files: &files)
  }
}

/// A file of a node: a path, a pattern or a folder.
struct NodeClaim {
  let path: String
  /// The real folder of the node's file, which paths are relative to.
  let folder: String
  /// Whether a pattern also matches in subfolders.
  let isRecursive: Bool
  /// Its name in messages.
  let name: String

  /// Whether it includes a file, by its pattern or its folder.
  ///
  /// - Parameter target: the path to which the place leads.
  func holds(_ place: OutputPlace, at target: String) -> Bool {
    let whole = PipelinePath.joined(folder, path)
    guard PipelinePath.isPattern(path) else {
      // An existing file in the folder is part of it.
      guard place.kind == .file(isThere: true), let directory = FilePath.real(whole) else {
        return false
      }
      return target.hasPrefix(directory + "/")
    }
    if PathPattern.matches(whole, target) { return true }
    return isRecursive && !path.contains("/") && target.hasPrefix(folder + "/")
      && PathPattern.matches(path, PipelinePath.name(target))
  }
}
