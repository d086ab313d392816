import Pipelines

/// Where the files of an exported pipeline are in the bucket.
package struct ExportPlaces: Sendable {
  /// The name that users know the pipeline by.
  let name: String
  /// The settings, with the folder in the bucket.
  let settings: ExportSettings

  /// The text that stands for the run's id in places, which `lyre node --set RUN=…` replaces.
  package static let run = "${RUN}"

  /// The key of an archive.
  func archiveKey(_ archive: NodeArchive) -> String {
    [settings.prefix, "archives", archive.name].compactMap(\.self).joined(separator: "/")
  }

  /// The place of a run's files.
  var run: FilesPlace {
    let key = [settings.prefix, name, ExportPlaces.run].compactMap(\.self).joined(separator: "/")
    return .object(bucket: settings.bucket, key: key)
  }

  /// The place of the events, log and notebook of a node.
  func results(of node: PipelineNode) -> FilesPlace {
    // An id with a slash would be a folder, which others could contain.
    run.appending(".lyre/\(node.id.replacing("/", with: "-"))")
  }
}
