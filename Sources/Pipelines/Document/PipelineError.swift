/// An error: a file is not a pipeline, or a change is not possible.
public struct PipelineError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of error.
  public enum Code: String, Sendable, Hashable {
    /// The content is not JSON.
    case notJSON = "not-json"
    /// The content is JSON, but not a pipeline.
    case notPipeline = "not-pipeline"
    /// The pipeline's version is not supported.
    case unsupportedVersion = "unsupported-version"
    /// No node, comment or pipeline has that id.
    case noSuchNode = "no-such-node"
    /// The id is already in use.
    case duplicateID = "duplicate-id"
    /// A link refers to a node or port that does not exist.
    case danglingLink = "dangling-link"
    /// The dependencies of nodes form a cycle.
    case cycle = "cycle"
    /// The given value is not valid.
    case invalidValue = "invalid-value"
  }

  /// The kind of error.
  public var code: Code

  /// The place in the file, such as `pipelines[0].nodes[3]`; empty for the whole.
  public var place: String

  /// The problem, and its fix if known.
  public var message: String

  /// The place and the message.
  public var description: String { place.isEmpty ? message : "\(place): \(message)" }

  /// Creates an error.
  public init(_ code: Code, _ message: String, place: String = "") {
    self.code = code
    self.message = message
    self.place = place
  }
}
