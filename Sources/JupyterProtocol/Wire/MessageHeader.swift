public import JSONCore

/// The header of a message, or of its parent.
///
/// Real kernels omit most members: only the type and the id are required, and a missing id is
/// empty.
public struct MessageHeader: Sendable, Hashable {
  /// The message id, which answers repeat in their parent header.
  public var messageID: String

  /// The sender's session: one id for the lifetime of a client or a kernel.
  public var session: String

  /// The sender's user name.
  public var username: String

  /// When it was created, as the sender wrote it; see ``MessageDate``.
  public var date: String?

  /// The message type.
  public var messageType: MessageType

  /// The sender's protocol version.
  public var version: String?

  /// The subshell that should handle it (JEP 91).
  public var subshellID: String?

  /// Members that are not in the specification.
  public var additional: JSONObject

  /// Creates a header from its parts.
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

  /// Reads a header; nil if it is empty, like the parent of an unsolicited message.
  public init?(_ json: JSONValue) {
    let text = json.serialized()
    let header = text.withUnsafeBytes { bytes in
      (try? JSONIndex(bytes)).flatMap { MessageHeader($0, in: bytes) }
    }
    guard let header else { return nil }
    self = header
  }

  /// Reads a header directly from its text; nil as for a value.
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

  /// The header in the form that is sent.
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
