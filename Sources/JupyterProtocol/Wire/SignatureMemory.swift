/// Remembers the last signatures, so that a message that is sent again is noticed.
///
/// Only what has been verified may go in: otherwise a stranger could fill it. 128 bits of each are
/// kept, for those of an HMAC are as good as random; so a long run needs 6 MB and not 20.
struct SignatureMemory: Sendable {
  /// How many signatures are remembered at least, as in jupyter_client; and up to twice as many.
  static let capacity = 65_536

  private struct Digest: Hashable {
    var high: UInt64
    var low: UInt64

    // Half of what is random is random enough.
    func hash(into hasher: inout Hasher) { hasher.combine(low) }
  }

  /// Those that came last, and those before them: when there are too many, the older half goes at
  /// once, which costs nothing for each.
  private var recent: Set<Digest> = []
  private var older: Set<Digest> = []

  /// Remembers a signature.
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

  /// Remembers a signature that is not in somebody's buffer.
  mutating func insert(_ signature: [UInt8]) -> Bool { signature.withUnsafeBytes { insert($0) } }

  /// The number that up to 16 lower-case hexadecimal digits spell.
  private static func number(_ digits: Slice<UnsafeRawBufferPointer>) -> UInt64 {
    // The low four bits of `a` are 1, and only letters have the bit 0x40.
    digits.reduce(0) { ($0 << 4 | UInt64($1 & 0xF)) &+ UInt64($1 >> 6) &* 9 }
  }
}
