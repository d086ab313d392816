public import JSONCore

/// An installed kernel, as its `kernel.json` describes it.
///
/// <https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs>, JEP 105.
public struct KernelSpec: Sendable, Hashable {
  /// How to interrupt running code.
  public enum InterruptMode: String, Sendable, Hashable {
    /// By SIGINT.
    case signal
    /// By an `interrupt_request` on the control channel.
    case message
  }

  /// The name that selects it: the name of its directory, in lower case.
  public var name: String

  /// The directory that contains `kernel.json`.
  public var resourceDirectory: String

  /// The command and its arguments, before substitution; if empty, the kernel cannot be started.
  public var argv: [String]

  /// The name to show to users.
  public var displayName: String

  /// The programming language.
  public var language: String

  /// How to interrupt running code.
  public var interruptMode: InterruptMode

  /// Variables to add to the environment, before substitution.
  public var environment: [(name: String, value: String)] {
    environmentMembers.map { ($0.key.string, $0.value.string ?? KernelSpec.text($0.value)) }
  }

  /// Other metadata in the file: provisioner, debugger, encryption.
  public var metadata: JSONObject

  /// The protocol version that the file declares.
  public var protocolVersion: String?

  /// The members without a property in this type.
  public var additional: JSONObject

  private var environmentMembers: JSONObject

  /// Parses the content of a `kernel.json`.
  ///
  /// - Throws: ``LaunchError`` when it is not JSON, has no `argv` of strings, or has a member of a
  ///   type that Jupyter rejects.
  public init(_ bytes: [UInt8], name: String, resourceDirectory: String) throws(LaunchError) {
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONValue(parsing: bytes)
    } catch {
      throw LaunchError(.invalidKernelSpec, "not JSON: \(error)")
    }
    guard let object = json.object else {
      throw LaunchError(.invalidKernelSpec, "expected an object, not \(json.kindName)")
    }
    let arguments = object["argv"]?.array?.compactMap(\.string) ?? []
    guard !arguments.isEmpty, arguments.count == object["argv"]?.array?.count else {
      throw LaunchError(.invalidKernelSpec, "argv: expected a non-empty list of strings")
    }
    // The system would cut the argument off there, and run something else.
    guard !arguments.contains(where: { $0.utf8.contains(0) }) else {
      throw LaunchError(.invalidKernelSpec, "argv: an argument contains a NUL character")
    }
    self.name = name
    self.resourceDirectory = resourceDirectory
    argv = arguments
    displayName =
      try KernelSpec.member("display_name", of: object, "a string") { $0.string } ?? name
    language = try KernelSpec.member("language", of: object, "a string") { $0.string } ?? ""
    interruptMode =
      try KernelSpec.member("interrupt_mode", of: object, "\"signal\" or \"message\"") {
        $0.string.flatMap { InterruptMode(rawValue: $0.lowercased()) }
      } ?? .signal
    environmentMembers =
      try KernelSpec.member("env", of: object, "an object") { $0.object } ?? [:]
    for variable in environmentMembers {
      let (name, value) = (variable.key.string, variable.value.string ?? "")
      guard !name.isEmpty, !name.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "=") }),
        !value.utf8.contains(0)
      else {
        let text = KernelSpec.text(.string(variable.key))
        throw LaunchError(
          .invalidKernelSpec,
          "env: \(text) cannot be set: names must not be empty or contain '=' or NUL, "
            + "and values must not contain NUL")
      }
    }
    metadata = try KernelSpec.member("metadata", of: object, "an object") { $0.object } ?? [:]
    protocolVersion =
      try KernelSpec.member("kernel_protocol_version", of: object, "a string") { $0.string }
    additional = JSONObject(
      object.filter { !KernelSpec.knownMembers.contains($0.key.string) })
  }

  /// Returns an optional member; like Jupyter, rejects the file if it has another type.
  private static func member<Value>(
    _ name: String, of object: JSONObject, _ expected: String,
    _ read: (JSONValue) -> Value?
  ) throws(LaunchError) -> Value? {
    guard let json = object[name] else { return nil }
    guard let value = read(json) else {
      throw LaunchError(.invalidKernelSpec, "\(name): expected \(expected), not \(text(json))")
    }
    return value
  }

  private static func text(_ json: JSONValue) -> String {
    String(decoding: json.serialized(), as: UTF8.self)
  }

  private static let knownMembers: Set<String> = [
    "argv", "display_name", "language", "interrupt_mode", "env", "metadata",
    "kernel_protocol_version",
  ]

  /// The content of the `kernel.json`.
  public var json: JSONObject {
    var object: JSONObject = [
      "argv": .array(argv.map { .init($0) }), "display_name": .init(displayName),
      "language": .init(language), "interrupt_mode": .init(interruptMode.rawValue),
      "env": .object(environmentMembers), "metadata": .object(metadata),
    ]
    if let protocolVersion { object["kernel_protocol_version"] = .init(protocolVersion) }
    for member in additional { object.append(key: member.key, value: member.value) }
    return object
  }
}

extension KernelSpec {
  /// The provisioner that must start the kernel on this machine, such as `slurm-provisioner`; nil
  /// for a kernel that is a local process.
  public var provisioner: String? {
    let name = metadata["kernel_provisioner"]?["provisioner_name"]?.string
    return name == "local-provisioner" ? nil : name
  }

  /// Whether it runs ipykernel itself, under any name: such a kernel accepts ipykernel's options.
  public var isIPython: Bool {
    argv.contains { ["ipykernel_launcher", "ipykernel"].contains($0) }
  }

  /// Whether it declares support for CurveZMQ encryption, read as jupyter_client does:
  /// `metadata.supported_encryption` is `curve`, or a list that contains it.
  public var offersEncryption: Bool {
    let offer = metadata["supported_encryption"]
    let names = offer?.array ?? offer.map { [$0] } ?? []
    return names.contains {
      $0.string?.filter { !$0.isWhitespace }.lowercased() == "curve"
    }
  }

  /// Whether it is known to listen on Unix sockets if the connection file asks for them.
  ///
  /// Many kernels support only TCP, or bind a path of their own (kernels based on jeromq,
  /// gophernotes, evcxr, deno): only kernels that were seen to work are included.
  public var speaksIPC: Bool {
    if isIPython { return true }
    let modules: Set<String> = ["bash_kernel", "octave_kernel", "xpython_launcher", "async_kernel"]
    if argv.contains(where: modules.contains) { return true }
    if let program = argv.first, SystemFiles.name(program).hasPrefix("xpython") { return true }
    return argv.contains { $0.contains("IRkernel::main()") }
  }
}
