import JSONCore

extension NotebookDocument {
  /// The places where the notebook violates its format; empty if it is valid.
  ///
  /// A notebook older than nbformat 4 is checked as it is in the file, with that version's rules
  /// and places, such as `worksheets[0].cells[0].input`; after a change, as the upgraded notebook
  /// of 4.5. The result agrees with the JSON schemas of nbformat 3.0 and 4.0 to 4.5 and, for later
  /// minor versions, with nbformat's use of the latest schema: it then allows additional members,
  /// other cells and other outputs. Versions 1 and 2 have no schema: they are valid if nbformat can
  /// read them and convert them to a valid notebook.
  public var faults: [NotebookFault] {
    guard hasChanges else {
      guard let upgradedFrom else {
        return SchemaCheck.faults(index, bytes, version: formatVersion)
      }
      // It has been read before, so this cannot fail.
      let first = original.withUnsafeBytes { try? JSONIndex($0) }
      return first.map { SchemaCheck.faults($0, original, version: upgradedFrom) } ?? []
    }
    // The output of our own writer is valid JSON.
    let text = spliced()
    let changed = text.withUnsafeBytes { try? JSONIndex($0) }
    return changed.map { SchemaCheck.faults($0, text, version: formatVersion) } ?? []
  }

  /// The places where a file violates its format, even if it cannot be read as a notebook; empty if
  /// it is valid.
  ///
  /// - Throws: ``NotebookError`` when it is not JSON, its version is missing or unknown, or it
  ///   cannot be read for a reason that violates none of the format's rules.
  public static func faults(in bytes: [UInt8]) throws(NotebookError) -> [NotebookFault] {
    let first = try read(bytes)
    let faults = SchemaCheck.faults(first.index, bytes, version: first.version)
    if faults.isEmpty { _ = try NotebookDocument(bytes, first) }
    return faults
  }
}
