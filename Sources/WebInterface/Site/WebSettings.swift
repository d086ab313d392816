import JSONCore

/// What a server serves.
package struct WebSettings: Sendable {
  /// The folder.
  package var folder: ServedFolder
  /// The pipeline to open, relative to the folder; nil for none.
  package var pipeline: String?
  /// The run to open; nil for none.
  package var run: String?
  /// The directory of the record of runs.
  package var stateDirectory: String
  /// The folder with the page's files; nil for those in the program.
  package var assets: String?
  /// The version of the program.
  package var version: String

  /// Creates settings.
  package init(folder: ServedFolder, stateDirectory: String, version: String) {
    self.folder = folder
    self.stateDirectory = stateDirectory
    self.version = version
  }
}
