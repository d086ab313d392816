public import JSONCore

/// A kernel's description of itself: the content of a `kernel_info_reply`.
public struct KernelInfoReply: Sendable, Hashable {
  /// The content as received.
  public var content: JSONValue

  /// Creates a reply.
  public init(content: JSONValue) {
    self.content = content
  }

  /// The protocol version; some kernels declare 5.3 and speak 5.5.
  public var protocolVersion: String { content["protocol_version"]?.string ?? "" }

  /// The name of the kernel.
  public var implementation: String { content["implementation"]?.string ?? "" }

  /// The version of the kernel.
  public var implementationVersion: String { content["implementation_version"]?.string ?? "" }

  /// The banner for consoles.
  public var banner: String { content["banner"]?.string ?? "" }

  /// The value for a notebook's `metadata.language_info`; nil if the kernel sends none.
  public var languageInfo: JSONObject? { content["language_info"]?.object }

  /// The programming language.
  public var language: String { content["language_info"]?["name"]?.string ?? "" }

  /// Optional features that the kernel supports (JEP 92), such as `kernel subshells`.
  public var supportedFeatures: [String] {
    content["supported_features"]?.array?.compactMap(\.string) ?? []
  }
}
