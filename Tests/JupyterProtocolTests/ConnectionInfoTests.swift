import JSONCore
import JupyterProtocol
import Testing

@Suite("Connection files")
struct ConnectionInfoTests {
  /// A connection file as jupyter_client writes it.
  static let json: JSONObject = [
    "shell_port": 50001, "iopub_port": 50002, "stdin_port": 50003, "control_port": 50004,
    "hb_port": 50005, "ip": "127.0.0.1", "key": "a0436f6c", "transport": "tcp",
    "signature_scheme": "hmac-sha256", "kernel_name": "python3",
  ]

  private func read(_ json: JSONObject) throws -> ConnectionInfo {
    try ConnectionInfo(JSONValue.object(json).serialized(.pretty))
  }

  /// The file with a changed or removed member.
  private func with(_ name: String, _ value: JSONValue?) -> JSONObject {
    var json = ConnectionInfoTests.json
    json[name] = value
    return json
  }

  @Test("are read, and written as jupyter_client writes them")
  func roundTrip() throws {
    let info = try read(ConnectionInfoTests.json)
    #expect(
      info.ports == [
        .shell: 50001, .iopub: 50002, .stdin: 50003, .control: 50004, .heartbeat: 50005,
      ])
    #expect(info.key == "a0436f6c")
    #expect(info.kernelName == "python3")
    #expect(info.json == ConnectionInfoTests.json)
  }

  @Test("keep members that are not in the specification")
  func additional() throws {
    let info = try read(with("jupyter_session", "a.ipynb"))
    #expect(info.additional == ["jupyter_session": "a.ipynb"])
    #expect(info.json["jupyter_session"] == "a.ipynb")
  }

  @Test("give the address of every channel")
  func endpoints() throws {
    var info = try read(ConnectionInfoTests.json)
    #expect(info.endpoint(for: .heartbeat) == "tcp://127.0.0.1:50005")
    info.ip = "::1"
    #expect(info.endpoint(for: .shell) == "tcp://[::1]:50001")
    info = try read(with("transport", "ipc"))
    info.ip = "/run/kernel-ipc"
    info.ports[.iopub] = 2
    #expect(info.endpoint(for: .iopub) == "ipc:///run/kernel-ipc-2")
  }

  @Test("may omit members with a default")
  func defaults() throws {
    var json = ConnectionInfoTests.json
    for name in ["key", "transport", "signature_scheme", "kernel_name"] { json[name] = nil }
    let info = try read(json)
    #expect(info.key == "")
    #expect(info.transport == .tcp)
    #expect(info.signatureScheme == "hmac-sha256")
    #expect(info.kernelName == nil)
    // Kernels without signing write an empty scheme.
    #expect(try read(with("signature_scheme", "")).signatureScheme == "hmac-sha256")
  }

  @Test("carry the keys of an encrypted connection")
  func curve() throws {
    let key = String(repeating: "a", count: 40)
    var json = with("curve_publickey", .init(key))
    #expect(throws: ConnectionInfo.Invalid.self) { try read(json) }
    json["curve_secretkey"] = "short"
    #expect(throws: ConnectionInfo.Invalid.self) { try read(json) }
    json["curve_secretkey"] = .init(String(key.reversed()))
    let info = try read(json)
    #expect(info.curve?.publicKey == key)
    #expect(info.json["curve_secretkey"]?.string == key)
    #expect(try read(ConnectionInfoTests.json).curve == nil)
  }

  @Test(
    "with an invalid member are rejected, with the member's name",
    arguments: [
      ("shell_port", nil), ("iopub_port", 0), ("stdin_port", 65536), ("control_port", -1),
      ("hb_port", "50005"), ("hb_port", 1.5), ("ip", nil), ("ip", ""), ("ip", 127),
      ("transport", "udp"), ("transport", 1), ("key", 12345), ("key", ["a"]),
      ("signature_scheme", 256), ("curve_secretkey", "x"),
    ] as [(String, JSONValue?)])
  func invalid(name: String, value: JSONValue?) {
    #expect {
      try read(with(name, value))
    } throws: { error in
      (error as? ConnectionInfo.Invalid)?.description.contains(
        name == "curve_secretkey" ? "curve_publickey" : name) == true
    }
  }

  @Test("that are not JSON objects are rejected", arguments: ["", "{", "[]", "null", "{}"])
  func notFiles(text: String) {
    #expect(throws: ConnectionInfo.Invalid.self) { try ConnectionInfo(Array(text.utf8)) }
  }
}
