import JSONCore

/// An event of a stream, as in the HTML standard's server-sent events.
struct ServerSentEvent {
  /// The name; nil for a message.
  var name: String?
  /// The id with which a client that was disconnected continues; nil for none.
  var id: String?
  /// The content: compact JSON, which has no line breaks.
  var data: JSONObject

  /// The event as it is sent.
  var bytes: [UInt8] {
    var text: [UInt8] = []
    if let name { text += Array("event: \(name)\n".utf8) }
    if let id { text += Array("id: \(id)\n".utf8) }
    text += Array("data: ".utf8)
    text += JSONValue.object(data).serialized()
    text += [0x0A, 0x0A]
    return text
  }

  /// A line that clients ignore, which shows that the connection is alive.
  static let heartbeat = Array(": \n\n".utf8)
}

extension ByteSink {
  /// Sends an event.
  func send(_ data: JSONObject, event name: String? = nil, id: String? = nil)
    async throws
  {
    try await write(ServerSentEvent(name: name, id: id, data: data).bytes)
  }
}
