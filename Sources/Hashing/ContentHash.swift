import COpenSSL

/// A hash of content that arrives in pieces: SHA-256 unless another one is asked for.
package struct ContentHash: ~Copyable {
  /// A hash function.
  package enum Function: Sendable {
    case sha256
    /// Only where a protocol demands it; it protects against accidents, not against attackers.
    case md5
  }

  private let context: OpaquePointer

  /// Creates a hash of empty content.
  package init(_ function: Function = .sha256) {
    let method = function == .sha256 ? EVP_sha256() : EVP_md5()
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, method, nil) == 1 else {
      // Fails when memory is exhausted, or where a policy of the system forbids MD5.
      fatalError("OpenSSL has no \(function == .sha256 ? "SHA-256" : "MD5")")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds a piece.
  package mutating func add(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
    EVP_DigestUpdate(context, start, bytes.count)
  }

  /// Adds a piece.
  package mutating func add(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { add($0) }
  }

  /// Adds a text and its length, so that consecutive texts are hashed separately.
  package mutating func add(_ text: String) {
    let bytes = Array(text.utf8)
    withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { add($0) }
    add(bytes)
  }

  /// The hash as bytes: 32 of SHA-256, 16 of MD5.
  package consuming func bytes() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var length: UInt32 = 0
    EVP_DigestFinal_ex(context, &digest, &length)
    return Array(digest.prefix(Int(length)))
  }

  /// The hash, in lower-case hexadecimal.
  package consuming func hexadecimal() -> String { Hashing.hexadecimal(bytes()) }

  /// The hash of bytes that are all there.
  package static func of(_ bytes: [UInt8], _ function: Function = .sha256) -> [UInt8] {
    var hash = ContentHash(function)
    hash.add(bytes)
    return hash.bytes()
  }
}
