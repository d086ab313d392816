/// Why something is not a pipeline, or cannot be changed as asked.
public struct PipelineError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of fault it is.
  public enum Code: String, Sendable, Hashable {
    /// The content is not JSON.
    case notJSON = "not-json"
    /// The content is JSON and not a pipeline.
    case notPipeline = "not-pipeline"
    /// It is a pipeline of a version that cannot be read.
    case unsupportedVersion = "unsupported-version"
    /// No node, comment or pipeline has that id.
    case noSuchNode = "no-such-node"
    /// The id is in use already.
    case duplicateID = "duplicate-id"
    /// A link leads to a node or port that is not there.
    case danglingLink = "dangling-link"
    /// Nodes depend on each other in a circle.
    case cycle = "cycle"
    /// What was given cannot be used for that.
    case invalidValue = "invalid-value"
  }

  /// What kind of fault it is.
  public var code: Code

  /// The place in the file, such as `pipelines[0].nodes[3]`; empty for the whole.
  public var place: String

  /// What is wrong, and what to do about it where that is known.
  public var message: String

  /// The place and the message.
  public var description: String { place.isEmpty ? message : "\(place): \(message)" }

  /// A fault.
  public init(_ code: Code, _ message: String, place: String = "") {
    self.code = code
    self.message = message
    self.place = place
  }
}
