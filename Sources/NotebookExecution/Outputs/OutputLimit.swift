/// How much of a cell's outputs the notebook keeps, and where the complete outputs go.
public struct OutputLimit: Sendable {
  /// The maximum size in bytes: of texts, and of the data and metadata of displays as JSON.
  ///
  /// Errors are always kept.
  public var bytes: Int
  /// The start of the file names for complete outputs, `STEM.cell-3.outputs.jsonl`; nil discards
  /// outputs beyond the limit.
  public var stem: String?
  /// The notebook whose permissions a new output file gets; nil for those of any new file.
  public var model: String?

  /// Creates a limit.
  public init(bytes: Int, stem: String?) {
    self.bytes = bytes
    self.stem = stem
  }
}
