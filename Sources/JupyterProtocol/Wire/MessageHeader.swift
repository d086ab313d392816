public import JSONCore

/// The header of a message, and of the parent of one.
///
/// Real kernels leave out most of it: only the type and the id are needed, and an id that is
/// missing is empty.
public struct MessageHeader: Sendable, Hashable {
  /// What the answers to this message carry as their parent's id.
  public var messageID: String

  /// Who sent it: one id for a client's or a kernel's life.
  public var session: String

  /// The name of the user who sent it.
  public var username: String

  /// When it was made, as the sender wrote it; see ``MessageDate``.
  public var date: String?

  /// What kind of message it is.
  public var messageType: MessageType

  /// The version of the protocol that the sender speaks.
  public var version: String?

  /// The subshell that is to take it (JEP 91).
  public var subshellID: String?

  /// Members that the specification does not have.
  public var additional: JSONObject

  /// A header with its parts.
  public init(
    messageID: String, session: String, username: String, date: String?, messageType: MessageType,
    version: String?, subshellID: String? = nil, additional: JSONObject = [:]
  ) {
    self.messageID = messageID
    self.session = session
    self.username = username
    self.date = date
    self.messageType = messageType
    self.version = version
    self.subshellID = subshellID
    self.additional = additional
  }

  /// Reads a header; nil when there is nothing of one, as for the parent of an unasked message.
  public init?(_ json: JSONValue) {
    guard case .object(let object) = json, !object.isEmpty else { return nil }
    self.init(
      messageID: "", session: "", username: "", date: nil, messageType: "", version: nil)
    for member in object {
      switch (member.key.string, member.value) {
      case ("msg_id", .string(let text)): messageID = text.string
      case ("session", .string(let text)): session = text.string
      case ("username", .string(let text)): username = text.string
      case ("date", .string(let text)): date = text.string
      case ("msg_type", .string(let text)): messageType = MessageType(rawValue: text.string)
      case ("version", .string(let text)): version = text.string
      case ("subshell_id", .string(let text)): subshellID = text.string
      default: additional.append(key: member.key, value: member.value)
      }
    }
  }

  /// The header as it is sent.
  public var json: JSONObject {
    var object: JSONObject = [
      "msg_id": .init(messageID), "msg_type": .init(messageType.rawValue),
      "username": .init(username), "session": .init(session),
    ]
    if let date { object["date"] = .init(date) }
    if let version { object["version"] = .init(version) }
    if let subshellID { object["subshell_id"] = .init(subshellID) }
    for member in additional { object.append(key: member.key, value: member.value) }
    return object
  }
}
