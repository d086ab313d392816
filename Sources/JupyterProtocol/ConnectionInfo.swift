public import JSONCore

/// Where a kernel listens and how its messages are signed: the content of a connection file.
///
/// <https://jupyter-client.readthedocs.io/en/stable/kernels.html#connection-files>, JEP 106.
public struct ConnectionInfo: Sendable, Hashable {
  /// How the sockets connect.
  public enum Transport: String, Sendable, Hashable {
    /// TCP.
    case tcp
    /// Unix sockets.
    case ipc
  }

  /// How the sockets connect.
  public var transport: Transport

  /// The address, or with `ipc` the path that each socket's name begins with.
  public var ip: String

  /// The port of each channel, or with `ipc` the number that ends its socket's name.
  public var ports: [Channel: Int]

  /// The key of the signatures; empty for none.
  public var key: String

  /// How messages are signed.
  public var signatureScheme: String

  /// The name of the kernelspec.
  public var kernelName: String?

  /// The public and secret keys of an encrypted connection, which both sides share (CurveZMQ).
  public var curve: (publicKey: String, secretKey: String)? {
    get { curvePublicKey.flatMap { key in curveSecretKey.map { (key, $0) } } }
    set {
      curvePublicKey = newValue?.publicKey
      curveSecretKey = newValue?.secretKey
    }
  }

  private var curvePublicKey: String?
  private var curveSecretKey: String?

  /// Members that the specification does not have, such as `jupyter_session`.
  public var additional: JSONObject

  /// A description of a connection.
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

  /// Why a connection file is not one.
  public struct Invalid: Error, Sendable, CustomStringConvertible {
    /// What is wrong.
    public var description: String
  }

  /// Reads a connection file.
  ///
  /// - Throws: ``Invalid``, which names the member that is missing or wrong.
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
    // What is there must be right: a key that is taken for none would turn signing off.
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

  /// The address of a channel, as libzmq takes it.
  public func endpoint(for channel: Channel) -> String {
    let port = ports[channel] ?? 0
    switch transport {
    case .tcp:
      // An IPv6 address goes in brackets.
      return ip.contains(":") && !ip.hasPrefix("[")
        ? "tcp://[\(ip)]:\(port)" : "tcp://\(ip):\(port)"
    case .ipc: return "ipc://\(ip)-\(port)"
    }
  }

  /// The members that the specification has.
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
