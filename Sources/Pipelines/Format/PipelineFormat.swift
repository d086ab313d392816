/// Constants of the `.pipeline` format.
enum PipelineFormat {
  /// The newest supported version.
  static let currentVersion = 8
}
