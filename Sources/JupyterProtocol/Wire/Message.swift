public import JSONCore

/// A message of Jupyter's protocol, versions 5.0 to 5.5.
///
/// <https://jupyter-client.readthedocs.io/en/stable/messaging.html>
public struct Message: Sendable {
  /// The frames before the delimiter: routing ids on a kernel's ROUTER, a topic on iopub.
  public var identities: [[UInt8]]

  /// Who sent it, when, and what it is.
  public var header: MessageHeader

  /// The header of the message that it answers or belongs to; nil where there is none.
  public var parentHeader: MessageHeader?

  /// What is neither header nor content.
  public var metadata: JSONObject

  /// What it says; an object but for kernels that send something else.
  public var content: JSONValue

  /// Binary parts.
  public var buffers: [[UInt8]]

  /// A message with its parts.
  public init(
    identities: [[UInt8]] = [], header: MessageHeader, parentHeader: MessageHeader? = nil,
    metadata: JSONObject = [:], content: JSONValue = [:], buffers: [[UInt8]] = []
  ) {
    self.identities = identities
    self.header = header
    self.parentHeader = parentHeader
    self.metadata = metadata
    self.content = content
    self.buffers = buffers
  }
}
