public import JSONCore

/// A message of the Jupyter protocol, versions 5.0 to 5.5.
///
/// <https://jupyter-client.readthedocs.io/en/stable/messaging.html>
public struct Message: Sendable {
  /// The frames before the delimiter: routing ids on a kernel's ROUTER socket, a topic on iopub.
  public var identities: [[UInt8]]

  /// The header, with type, id, sender and date.
  public var header: MessageHeader

  /// The header of the message that it answers or belongs to; nil if there is none.
  public var parentHeader: MessageHeader?

  /// The metadata.
  public var metadata: JSONObject

  /// The content; an object, except from kernels that violate the protocol.
  public var content: JSONValue

  /// Binary buffers.
  public var buffers: [[UInt8]]

  /// Creates a message from its parts.
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
