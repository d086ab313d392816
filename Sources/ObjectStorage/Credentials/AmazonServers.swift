/// The names of Amazon's servers.
enum AmazonServers {
  /// The domain of a region.
  static func domain(of region: String) -> String {
    region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
  }

  /// Whether a host is one of them.
  static func contains(_ host: String) -> Bool {
    ["amazonaws.com", "amazonaws.com.cn"].contains { host == $0 || host.hasSuffix("." + $0) }
  }

  /// Whether a name can stand before the host: the certificate is for one part only, so without dots.
  static func isHostPart(_ bucket: String) -> Bool {
    let bytes = bucket.utf8
    return (3...63).contains(bytes.count) && bytes.first != UInt8(ascii: "-")
      && bytes.last != UInt8(ascii: "-")
      && bytes.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
      }
  }
}
