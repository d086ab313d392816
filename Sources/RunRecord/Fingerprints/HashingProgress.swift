/// How far the comparison of a node's files is.
public struct HashingProgress: Sendable, Hashable {
  /// How many files were read.
  public var files = 0
  /// How many bytes were read.
  public var bytes: Int64 = 0
  /// The file that is read now.
  public var path = ""
}
