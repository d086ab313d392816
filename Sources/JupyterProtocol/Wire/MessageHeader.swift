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
    let text = json.serialized()
    let header = text.withUnsafeBytes { bytes in
      (try? JSONIndex(bytes)).flatMap { MessageHeader($0, in: bytes) }
    }
    guard let header else { return nil }
    self = header
  }

  /// Reads a header straight from its text; nil as for a value.
  init?(_ index: JSONIndex, in bytes: UnsafeRawBufferPointer) {
    guard index.kind(index.root) == .object, !index.isEmpty(index.root) else { return nil }
    self.init(
      messageID: "", session: "", username: "", date: nil, messageType: "", version: nil)
    var key = index.root + 1
    while key < index.following(index.root) {
      let value = key + 1
      read(key, value, index, bytes)
      key = index.following(value)
    }
  }

  private mutating func read(
    _ key: Int, _ value: Int, _ index: JSONIndex, _ bytes: UnsafeRawBufferPointer
  ) {
    func isNamed(_ name: String) -> Bool { index.isString(key, name, in: bytes) }
    if index.kind(value) == .plainString || index.kind(value) == .escapedString {
      var text: String { index.string(value, in: bytes).string }
      if isNamed("msg_id") { return messageID = text }
      if isNamed("msg_type") { return messageType = MessageType(rawValue: text) }
      if isNamed("username") { return username = text }
      if isNamed("session") { return session = text }
      if isNamed("date") { return date = text }
      if isNamed("version") { return version = text }
      if isNamed("subshell_id") { return subshellID = text }
    }
    additional.append(
      key: index.string(key, in: bytes), value: index.value(value, in: bytes))
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
