/// Remembers recent signatures, to detect messages that are sent again.
///
/// Only verified signatures may be added: otherwise a stranger could fill it. It stores 128 bits of
/// each, because those of an HMAC are as good as random; a long run needs 6 MB instead of 20.
struct SignatureMemory: Sendable {
  /// The minimum number of signatures to remember, as in jupyter_client; up to twice as many.
  static let capacity = 65_536

  private struct Digest: Hashable {
    var high: UInt64
    var low: UInt64

    // Half of a random number is random enough.
    func hash(into hasher: inout Hasher) { hasher.combine(low) }
  }

  /// The latest signatures and those before: when there are too many, the older half is dropped at
  /// once, so that single insertions cost little.
  private var recent: Set<Digest> = []
  private var older: Set<Digest> = []

  /// Adds a signature.
  ///
  /// - Parameter signature: a signature in hexadecimal.
  /// - Returns: whether it is new.
  mutating func insert(_ signature: UnsafeRawBufferPointer) -> Bool {
    let digest = Digest(
      high: SignatureMemory.number(signature.prefix(16)),
      low: SignatureMemory.number(signature.dropFirst(16).prefix(16)))
    guard !older.contains(digest), recent.insert(digest).inserted else { return false }
    if recent.count == SignatureMemory.capacity {
      older = recent
      recent = Set(minimumCapacity: SignatureMemory.capacity)
    }
    return true
  }

  /// Adds a signature given as an array.
  mutating func insert(_ signature: [UInt8]) -> Bool { signature.withUnsafeBytes { insert($0) } }

  /// The number for up to 16 lower-case hexadecimal digits.
  private static func number(_ digits: Slice<UnsafeRawBufferPointer>) -> UInt64 {
    // The low four bits of `a` are 1, and only letters have the bit 0x40.
    digits.reduce(0) { ($0 << 4 | UInt64($1 & 0xF)) &+ UInt64($1 >> 6) &* 9 }
  }
}
