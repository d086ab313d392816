import Hashing

/// A client's or kernel's side of a connection, which creates the headers of its messages.
public struct Session: Sendable {
  /// The protocol version of sent messages.
  public static let protocolVersion = "5.4"

  /// The id in all messages of this side.
  public let id: String

  /// The user name.
  public let username: String

  /// Creates a session, by default with a new id.
  public init(id: String = Session.makeID(), username: String) {
    self.id = id
    self.username = username
  }

  /// Creates a random id of 32 hexadecimal digits.
  public static func makeID() -> String {
    hexadecimal(randomBytes(count: 16))
  }

  /// Creates the header of a new message.
  ///
  /// - Parameters:
  ///   - type: the message type.
  ///   - number: a number that is unique in this session.
  ///   - date: the time of creation; see ``MessageDate``.
  /// - Returns: a header of this session.
  public func makeHeader(_ type: MessageType, number: Int, date: String) -> MessageHeader {
    MessageHeader(
      messageID: "\(id)_\(number)", session: id, username: username, date: date,
      messageType: type, version: Session.protocolVersion)
  }
}
