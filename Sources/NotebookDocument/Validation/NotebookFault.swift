/// Where a notebook does not follow its format, and how.
public struct NotebookFault: Sendable, Hashable, CustomStringConvertible {
  /// The place, such as `cells[3].outputs[0].data`; empty for the whole notebook.
  public var place: String

  /// What is wrong there.
  public var message: String

  /// Whether a run puts it right: an id, metadata, outputs or a count that is missing, or an id
  /// that is there twice.
  public var isRepairable: Bool

  /// The place and what is wrong.
  public var description: String { place.isEmpty ? message : "\(place): \(message)" }
}
