/// A violation of the format in a notebook.
public struct NotebookFault: Sendable, Hashable, CustomStringConvertible {
  /// The place, such as `cells[3].outputs[0].data`; empty for the whole notebook.
  public var place: String

  /// The problem.
  public var message: String

  /// Whether a run repairs it: a missing id, metadata, outputs or execution count, or a duplicate
  /// id.
  public var isRepairable: Bool

  /// The place and the problem.
  public var description: String { place.isEmpty ? message : "\(place): \(message)" }
}
