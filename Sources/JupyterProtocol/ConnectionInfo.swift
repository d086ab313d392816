public import JSONCore

/// The addresses of a kernel and the key of its messages: the content of a connection file.
///
/// <https://jupyter-client.readthedocs.io/en/stable/kernels.html#connection-files>, JEP 106.
public struct ConnectionInfo: Sendable, Hashable {
  /// The transport of the sockets.
  public enum Transport: String, Sendable, Hashable {
    /// TCP.
    case tcp
    /// Unix sockets.
    case ipc
  }

  /// The transport of the sockets.
  public var transport: Transport

  /// The address, or with `ipc` the path prefix of every socket.
  public var ip: String

  /// The port of each channel, or with `ipc` the number at the end of its socket's path.
  public var ports: [Channel: Int]

  /// The key for signatures; empty for unsigned messages.
  public var key: String

  /// The signature scheme of messages.
  public var signatureScheme: String

  /// The kernelspec's name.
  public var kernelName: String?

  /// The public and secret keys of an encrypted connection, shared by both sides (CurveZMQ).
  public var curve: (publicKey: String, secretKey: String)? {
    get { curvePublicKey.flatMap { key in curveSecretKey.map { (key, $0) } } }
    set {
      curvePublicKey = newValue?.publicKey
      curveSecretKey = newValue?.secretKey
    }
  }

  private var curvePublicKey: String?
  private var curveSecretKey: String?

  /// Members that are not in the specification, such as `jupyter_session`.
  public var additional: JSONObject

  /// Creates a connection description.
  public init(
    transport: Transport, ip: String, ports: [Channel: Int], key: String,
    signatureScheme: String = "hmac-sha256", kernelName: String? = nil,
    additional: JSONObject = [:]
  ) {
    self.transport = transport
    self.ip = ip
    self.ports = ports
    self.key = key
    self.signatureScheme = signatureScheme
    self.kernelName = kernelName
    self.additional = additional
  }

  /// An error: the content is not a valid connection file.
  public struct Invalid: Error, Sendable, CustomStringConvertible {
    /// The problem.
    public var description: String
  }

  /// Parses a connection file.
  ///
  /// - Throws: ``Invalid``, which names the missing or invalid member.
  public init(_ bytes: [UInt8]) throws(Invalid) {
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONValue(parsing: bytes)
    } catch {
      throw Invalid(description: "not a connection file: \(error)")
    }
    guard case .object(let object) = json else {
      throw Invalid(description: "not a connection file: expected an object, not \(json.kindName)")
    }
    // A present member must be valid: treating an invalid key as none would disable signatures.
    func text(_ name: String) throws(Invalid) -> String? {
      switch object[name] {
      case nil, .null: return nil
      case .string(let text): return text.string
      case let other?:
        throw Invalid(description: "\(name): expected a string, not \(other.kindName)")
      }
    }
    guard let transport = Transport(rawValue: try text("transport") ?? "tcp") else {
      throw Invalid(description: "transport: expected tcp or ipc")
    }
    var ports: [Channel: Int] = [:]
    for channel in Channel.allCases {
      let name = ConnectionInfo.portName(channel)
      guard let port = object[name]?.int, port > 0, port <= (transport == .tcp ? 65_535 : Int.max)
      else { throw Invalid(description: "\(name): expected a port number") }
      ports[channel] = port
    }
    guard let ip = try text("ip"), !ip.isEmpty else {
      throw Invalid(description: "ip: expected an address")
    }
    var scheme = try text("signature_scheme") ?? ""
    if scheme.isEmpty { scheme = "hmac-sha256" }
    self.init(
      transport: transport, ip: ip, ports: ports, key: try text("key") ?? "",
      signatureScheme: scheme, kernelName: try text("kernel_name"),
      additional: JSONObject(object.filter { !ConnectionInfo.names.contains($0.key.string) }))
    curvePublicKey = try text("curve_publickey")
    curveSecretKey = try text("curve_secretkey")
    for (name, key) in [("curve_publickey", curvePublicKey), ("curve_secretkey", curveSecretKey)]
    where (curvePublicKey ?? curveSecretKey) != nil && key?.utf8.count != 40 {
      throw Invalid(description: "\(name): expected 40 characters of Z85")
    }
  }

  /// The content of a connection file.
  public var json: JSONObject {
    var object: JSONObject = [:]
    for channel in [Channel.shell, .iopub, .stdin, .control, .heartbeat] {
      object[ConnectionInfo.portName(channel)] = .init(ports[channel] ?? 0)
    }
    object["ip"] = .init(ip)
    object["key"] = .init(key)
    object["transport"] = .init(transport.rawValue)
    object["signature_scheme"] = .init(signatureScheme)
    object["kernel_name"] = .init(kernelName ?? "")
    if let curve {
      object["curve_publickey"] = .init(curve.publicKey)
      object["curve_secretkey"] = .init(curve.secretKey)
    }
    for member in additional { object.append(key: member.key, value: member.value) }
    return object
  }

  /// The address of a channel for libzmq.
  public func endpoint(for channel: Channel) -> String {
    let port = ports[channel] ?? 0
    switch transport {
    case .tcp:
      // An IPv6 address is written in brackets.
      return ip.contains(":") && !ip.hasPrefix("[")
        ? "tcp://[\(ip)]:\(port)" : "tcp://\(ip):\(port)"
    case .ipc: return "ipc://\(ip)-\(port)"
    }
  }

  /// The members of the specification.
  private static let names = Set(
    Channel.allCases.map(portName) + [
      "ip", "key", "transport", "signature_scheme", "kernel_name", "curve_publickey",
      "curve_secretkey",
    ])

  private static func portName(_ channel: Channel) -> String {
    switch channel {
    case .shell: "shell_port"
    case .iopub: "iopub_port"
    case .stdin: "stdin_port"
    case .control: "control_port"
    case .heartbeat: "hb_port"
    }
  }
}
