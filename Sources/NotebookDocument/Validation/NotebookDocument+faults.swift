import JSONCore

extension NotebookDocument {
  /// Where the notebook does not follow the format's schema; empty when it is valid.
  ///
  /// A notebook that was upgraded is checked as what it has become.
  /// Agrees with the JSON schemas of nbformat 4.0 to 4.5 and, for later minors, with what nbformat
  /// makes of the latest: more members, other cells and other outputs are then allowed.
  public var faults: [NotebookFault] {
    let minor = formatVersion.minor
    guard hasChanges else { return SchemaCheck.faults(index, bytes, minor: minor) }
    // What was made by our own writer can be read.
    let text = spliced()
    let changed = text.withUnsafeBytes { try? JSONIndex($0) }
    return changed.map { SchemaCheck.faults($0, text, minor: minor) } ?? []
  }
}
