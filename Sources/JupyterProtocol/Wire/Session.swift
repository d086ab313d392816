/// A client's or kernel's side of a conversation: makes the headers of its messages.
public struct Session: Sendable {
  /// The version of the protocol that is spoken.
  public static let protocolVersion = "5.4"

  /// The id that all messages of this side carry.
  public let id: String

  /// The name of the user.
  public let username: String

  /// A session with an id of its own.
  public init(id: String = Session.makeID(), username: String) {
    self.id = id
    self.username = username
  }

  /// A new random id: 32 hexadecimal digits.
  public static func makeID() -> String {
    hexadecimal(randomBytes(count: 16))
  }

  /// The header of a new message.
  ///
  /// - Parameters:
  ///   - type: the message's type.
  ///   - number: a number that no other message of this session has.
  ///   - date: when it is made; see ``MessageDate``.
  /// - Returns: a header of this session.
  public func makeHeader(_ type: MessageType, number: Int, date: String) -> MessageHeader {
    MessageHeader(
      messageID: "\(id)_\(number)", session: id, username: username, date: date,
      messageType: type, version: Session.protocolVersion)
  }
}

/// Bytes as lower-case hexadecimal digits.
package func hexadecimal(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  text.reserveCapacity(bytes.count * 2)
  for byte in bytes {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 0xF)])
  }
  return String(decoding: text, as: UTF8.self)
}
