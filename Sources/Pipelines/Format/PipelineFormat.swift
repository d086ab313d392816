/// Facts about the format of `.pipeline` files.
enum PipelineFormat {
  /// The newest version that is known.
  static let currentVersion = 8
}
