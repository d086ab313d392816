/// How requests for a bucket are addressed: a value.
struct StorageServer: Sendable, Hashable {
  /// The server, if one was named.
  var named: ServerAddress?
  var region: String
  var addressing: ObjectStorageSettings.Addressing

  /// The server of a bucket, and the encoded path of a key.
  func target(_ location: ObjectLocation) -> (server: ServerAddress, path: String) {
    var server = named ?? amazon
    let isBefore =
      switch addressing {
      case .path: false
      case .virtual: !server.isNumeric
      case .automatic:
        named.map { AmazonServers.contains($0.host) } ?? true
          && AmazonServers.isHostPart(location.bucket)
      }
    let key = PercentEncoding.path(location.key)
    if location.bucket.isEmpty { return (server, server.path + "/") }
    if isBefore {
      server.host = "\(location.bucket).\(server.host)"
      return (server, "\(server.path)/\(key)")
    }
    let bucket = PercentEncoding.path(location.bucket)
    // A bucket without a slash behind it: with one, some servers look for an object without a name.
    return (server, "\(server.path)/\(bucket)" + (location.key.isEmpty ? "" : "/\(key)"))
  }

  private var amazon: ServerAddress {
    let host = "s3.\(region).\(AmazonServers.domain(of: region))"
    guard let address = ServerAddress("https://\(host)") else {
      // A region is checked when it is read.
      preconditionFailure("the region '\(region)' makes no host")
    }
    return address
  }

  /// Whether a text can be a region: it becomes part of a host's name.
  static func isRegion(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 64
      && text.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
          || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-_".utf8.contains(byte)
      }
  }
}
