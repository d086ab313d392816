import JSONCore

extension NotebookDocument {
  /// Where the notebook does not follow its format; empty when it is valid.
  ///
  /// A notebook older than nbformat 4 is checked as the file that it is, with that version's rules and
  /// places, such as `worksheets[0].cells[0].input`; once something was changed, as the notebook of 4.5
  /// that it has become.
  /// Agrees with the JSON schemas of nbformat 3.0 and 4.0 to 4.5 and, for later minors, with what
  /// nbformat makes of the latest: more members, other cells and other outputs are then allowed.
  /// Versions 1 and 2 have no schema: they follow their format when nbformat can read them and make
  /// something valid of them.
  public var faults: [NotebookFault] {
    guard hasChanges else {
      guard let upgradedFrom else {
        return SchemaCheck.faults(index, bytes, version: formatVersion)
      }
      // It was read once already.
      let first = original.withUnsafeBytes { try? JSONIndex($0) }
      return first.map { SchemaCheck.faults($0, original, version: upgradedFrom) } ?? []
    }
    // What was made by our own writer can be read.
    let text = spliced()
    let changed = text.withUnsafeBytes { try? JSONIndex($0) }
    return changed.map { SchemaCheck.faults($0, text, version: formatVersion) } ?? []
  }

  /// Where a file does not follow its format, also where it cannot be read as a notebook; empty when it
  /// is valid.
  ///
  /// - Throws: ``NotebookError`` when it is not JSON, has no version that is known, or cannot be read for
  ///   a reason that is against none of the format's rules.
  public static func faults(in bytes: [UInt8]) throws(NotebookError) -> [NotebookFault] {
    let first = try read(bytes)
    let faults = SchemaCheck.faults(first.index, bytes, version: first.version)
    if faults.isEmpty { _ = try NotebookDocument(bytes, first) }
    return faults
  }
}
