import Pipelines

/// Where the files of an exported pipeline are in the bucket.
package struct ExportPlaces: Sendable {
  /// The name that users know the pipeline by.
  let name: String
  /// The settings, with the folder in the bucket.
  let settings: ExportSettings

  /// The text that stands for the run's id in places, which `lyre node --set RUN=…` replaces.
  package static let run = "${RUN}"

  /// The text that stands for the run's folder in places if a run has a grant, which says its name.
  package static let folder = "${FOLDER}"

  /// What the run's folder is called.
  private var folder: String {
    settings.credentials == .grant ? ExportPlaces.folder : ExportPlaces.run
  }

  /// The key of an archive.
  func archiveKey(_ archive: NodeArchive) -> String {
    [settings.prefix, "archives", archive.name].compactMap(\.self).joined(separator: "/")
  }

  /// The place of a run's files.
  var run: FilesPlace {
    let key = [settings.prefix, name, folder].compactMap(\.self).joined(separator: "/")
    return .object(bucket: settings.bucket, key: key)
  }

  /// The place of the events, log and notebook of a node.
  func results(of node: PipelineNode) -> FilesPlace {
    // An id with a slash would be a folder, which others could contain.
    run.appending(".lyre/\(node.id.replacing("/", with: "-"))")
  }

  /// The place of the archive with the outputs of a node, for the nodes behind it.
  func outputs(of node: PipelineNode) -> FilesPlace {
    results(of: node).appending("outputs.tar.gz")
  }
}
