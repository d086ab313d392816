import JSONCore
import JupyterProtocol
import Testing

@Suite("Headers")
struct HeaderTests {
  @Test("keep members that are not in the specification")
  func additional() {
    let json: JSONValue = [
      "msg_id": "1", "msg_type": "status", "session": "s", "username": "u", "version": "5.0",
      "typeEnum": "STATUS", "subshell_id": nil,
    ]
    let header = MessageHeader(json)
    #expect(header?.additional == ["typeEnum": "STATUS", "subshell_id": nil])
    #expect(header?.subshellID == nil)
    #expect(header.map { MessageHeader(.object($0.json)) } == header)
  }

  @Test("are any non-empty object")
  func missing() {
    let header = MessageHeader(["msg_type": "status"])
    #expect(header?.messageID == "")
    #expect(header?.session == "")
    #expect(header?.username == "")
    #expect(header?.date == nil)
    #expect(header?.version == nil)
    for nothing: JSONValue in [nil, [:], [], "x", 1, true] {
      #expect(MessageHeader(nothing) == nil)
    }
  }

  @Test("contain the subshell for the request")
  func subshell() {
    var header = Session(id: "s", username: "u").makeHeader(.executeRequest, number: 1, date: "d")
    header.subshellID = "sub"
    #expect(header.json["subshell_id"] == "sub")
    #expect(MessageHeader(.object(header.json)) == header)
  }

  @Test("have unique ids within a session")
  func sessions() {
    let session = Session(username: "u")
    #expect(session.id.utf8.count == 32)
    #expect(session.id != Session(username: "u").id)
    let ids = (1...100).map { session.makeHeader(.status, number: $0, date: "").messageID }
    #expect(Set(ids).count == 100)
    #expect(ids.allSatisfy { $0.hasPrefix(session.id) })
    #expect(session.makeHeader(.status, number: 1, date: "d").json["version"] == "5.4")
  }
}
