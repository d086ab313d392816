import JSONCore
import Pipelines
import SystemSupport

/// The folders of this machine that a node needs at the same paths in its container.
enum NodeMounts {
  /// The folders with the project's files.
  ///
  /// - Parameters:
  ///   - project: the project's folder; nil if unknown.
  ///   - pipeline: the folder of the pipeline's file.
  ///   - node: the folder of the node's file.
  /// - Returns: folders of which none is in another one.
  static func folders(project: String?, pipeline: String, node: String) -> [String] {
    var folders = [pipeline, node]
    // Links of the project lead to its real folder.
    if let project { folders.append(project) }
    let shared = common(pipeline, node)
    // Files beside both, as far as no strangers' files are there.
    if project == nil, shared.split(separator: "/").count > 1 { folders.append(shared) }
    return outermost(folders)
  }

  /// The folder around everything that a node may use: the project's, or else the innermost one
  /// around the folders of the pipeline and of the node.
  static func root(project: String?, pipeline: String, node: String) -> String {
    let folders = folders(project: project, pipeline: pipeline, node: node)
    return folders.dropFirst().reduce(folders.first ?? "/", common)
  }

  /// The innermost folder that contains both.
  static func common(_ one: String, _ other: String) -> String {
    let parts = zip(one.split(separator: "/"), other.split(separator: "/"))
      .prefix { $0 == $1 }.map { String($0.0) }
    return "/" + parts.joined(separator: "/")
  }

  /// Paths without those that are in another one.
  static func outermost(_ paths: [String]) -> [String] {
    var result: [String] = []
    for path in Set(paths).sorted(by: { ($0.utf8.count, $0) < ($1.utf8.count, $1) })
    where path != "/" && !result.contains(where: { contains($0, path) }) {
      result.append(path)
    }
    return result
  }

  /// Whether a folder contains a path, or is it.
  static func contains(_ folder: String, _ path: String) -> Bool {
    folder == "/" || path == folder || path.hasPrefix(folder + "/")
  }

  /// The folders in place of a cluster's volumes.
  ///
  /// - Parameters:
  ///   - node: the node.
  ///   - volumes: the folders by the names of the claims.
  /// - Throws: ``ContainerEngine/Problem`` if a volume cannot be mounted.
  static func volumes(of node: PipelineNode, _ volumes: [String: String])
    throws(ContainerEngine.Problem) -> [ContainerMount]
  {
    var mounts: [ContainerMount] = []
    for volume in node.kubernetes.volumes {
      guard let path = volume["path"]?.string, let claim = volume["pvc_name"]?.string,
        !claim.isEmpty
      else { continue }
      guard let folder = volumes[claim] else {
        throw ContainerEngine.Problem(
          description: "it mounts the volume '\(claim)' at \(path), which only a cluster has: name "
            + "a folder for it with --volume \(claim)=DIR")
      }
      var source = folder
      if let part = volume["sub_path"]?.string, !part.isEmpty {
        source = PipelinePath.joined(folder, part)
        guard !part.hasPrefix("/"), contains(folder, source) else {
          throw ContainerEngine.Problem(
            description: "the part '\(part)' of its volume '\(claim)' is outside of the volume")
        }
      }
      guard FilePath.isDirectory(source) else {
        throw ContainerEngine.Problem(
          description: "the folder '\(source)' for its volume '\(claim)' does not exist")
      }
      // As in Elyra, a path without a slash at its start is below the root.
      let target = PipelinePath.joined("/", path)
      guard target != "/" else {
        throw ContainerEngine.Problem(
          description: "it mounts the volume '\(claim)' at /, which no container can")
      }
      mounts.append(
        ContainerMount(
          source: source, target: target, isReadOnly: volume["read_only"]?.bool ?? false))
    }
    return mounts
  }
}
