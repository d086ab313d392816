import SystemSupport

/// What a run has left for people, wherever it is.
protocol RunFiles {
  /// The files.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func list() async throws(ExitRequest) -> [RunFile]

  /// Stores a file here.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func fetch(_ file: RunFile, to path: String) async throws(ExitRequest)

  /// Whether a file here has the content of one of the run.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func isSame(_ file: RunFile, as path: String) async throws(ExitRequest) -> Bool
}

/// A file of a run.
struct RunFile {
  /// Its name below the place of the run.
  var name: String
  /// Its size in bytes.
  var size: Int

  /// Its path below a folder; nil if its name leads out of it.
  func path(below folder: String) -> String? {
    FilePath.isPlain(name) ? "\(folder)/\(name)" : nil
  }
}
