/// How much of a cell's outputs is kept in the notebook, and where the whole goes.
public struct OutputLimit: Sendable {
  /// How many bytes: of texts, and of the data and metadata of displays as JSON.
  ///
  /// An error is always kept.
  public var bytes: Int
  /// What the names of the files begin with that get the whole, each
  /// `STEM.cell-3.outputs.jsonl`; nil keeps what is cut nowhere.
  public var stem: String?
  /// The notebook whose permissions such a file has when it is made; nil for those of any new file.
  public var model: String?

  /// A limit.
  public init(bytes: Int, stem: String?) {
    self.bytes = bytes
    self.stem = stem
  }
}
