public import JSONCore

/// What a kernel says of itself: the content of a `kernel_info_reply`.
public struct KernelInfoReply: Sendable, Hashable {
  /// The reply as it came.
  public var content: JSONValue

  /// A reply.
  public init(content: JSONValue) {
    self.content = content
  }

  /// The version of the protocol; some kernels say 5.3 and speak 5.5.
  public var protocolVersion: String { content["protocol_version"]?.string ?? "" }

  /// The name of the kernel.
  public var implementation: String { content["implementation"]?.string ?? "" }

  /// The version of the kernel.
  public var implementationVersion: String { content["implementation_version"]?.string ?? "" }

  /// What a console shows at its start.
  public var banner: String { content["banner"]?.string ?? "" }

  /// What goes into a notebook's `metadata.language_info`; nil when the kernel has none.
  public var languageInfo: JSONObject? { content["language_info"]?.object }

  /// The programming language.
  public var language: String { content["language_info"]?["name"]?.string ?? "" }

  /// What the kernel can do beyond the base (JEP 92), such as `kernel subshells`.
  public var supportedFeatures: [String] {
    content["supported_features"]?.array?.compactMap(\.string) ?? []
  }
}
