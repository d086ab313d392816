/// Decompresses data in the format of zlib (RFC 1950, RFC 1951).
///
/// The output is bounded by the caller, since a few bytes can stand for gigabytes.
struct Inflate {
  private let bytes: [UInt8]
  private var place: Int
  /// Bits that were read but not used, and their number.
  private var buffer: UInt32 = 0
  private var available = 0
  private var output: [UInt8] = []
  private let limit: Int

  /// Decompresses data; nil if it is not valid, or longer than `limit` bytes.
  static func zlib(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
    guard bytes.count > 2, bytes[0] & 0x0F == 8, bytes[1] & 0x20 == 0 else { return nil }
    var inflate = Inflate(bytes, from: 2, limit: limit)
    return inflate.blocks() ? inflate.output : nil
  }

  private init(_ bytes: [UInt8], from place: Int, limit: Int) {
    self.bytes = bytes
    self.place = place
    self.limit = limit
    output.reserveCapacity(min(limit, bytes.count * 8))
  }

  private mutating func bits(_ count: Int) -> Int? {
    while available < count {
      guard place < bytes.count else { return nil }
      buffer |= UInt32(bytes[place]) << UInt32(available)
      place += 1
      available += 8
    }
    let result = buffer & (1 << UInt32(count) - 1)
    buffer >>= UInt32(count)
    available -= count
    return Int(result)
  }

  private mutating func blocks() -> Bool {
    while true {
      guard let isLast = bits(1), let kind = bits(2) else { return false }
      let isValid: Bool
      switch kind {
      case 0: isValid = storedBlock()
      case 1: isValid = codes(.fixedLiterals, .fixedDistances)
      case 2: isValid = dynamicBlock()
      default: isValid = false
      }
      guard isValid else { return false }
      if isLast == 1 { return true }
    }
  }

  private mutating func storedBlock() -> Bool {
    (buffer, available) = (0, 0)
    guard place + 4 <= bytes.count else { return false }
    let count = Int(bytes[place]) | Int(bytes[place + 1]) << 8
    place += 4
    guard place + count <= bytes.count, output.count + count <= limit else { return false }
    output += bytes[place..<place + count]
    place += count
    return true
  }

  private mutating func dynamicBlock() -> Bool {
    let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    guard let literals = bits(5), let distances = bits(5), let lengths = bits(4) else {
      return false
    }
    var sizes = [UInt8](repeating: 0, count: 19)
    for index in order.prefix(lengths + 4) {
      guard let size = bits(3) else { return false }
      sizes[index] = UInt8(size)
    }
    let code = Huffman(sizes)
    let total = literals + 257 + distances + 1
    var all: [UInt8] = []
    while all.count < total {
      guard let symbol = symbol(code) else { return false }
      switch symbol {
      case 0..<16: all.append(UInt8(symbol))
      case 16:
        guard let last = all.last, let count = bits(2) else { return false }
        all += [UInt8](repeating: last, count: count + 3)
      default:
        guard let count = bits(symbol == 17 ? 3 : 7) else { return false }
        all += [UInt8](repeating: 0, count: count + (symbol == 17 ? 3 : 11))
      }
    }
    guard all.count == total else { return false }
    return codes(Huffman(Array(all[..<(literals + 257)])), Huffman(Array(all[(literals + 257)...])))
  }

  private mutating func symbol(_ code: Huffman) -> Int? {
    var walk = Huffman.Walk()
    while true {
      guard let bit = bits(1) else { return nil }
      switch code.step(&walk, bit) {
      case .symbol(let symbol): return symbol
      case .more: continue
      case .invalid: return nil
      }
    }
  }

  private static let lengthBases = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
    163, 195, 227, 258,
  ]
  private static let lengthBits = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
  ]
  private static let distanceBases = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
    3073, 4097, 6145, 8193, 12289, 16385, 24577,
  ]
  private static let distanceBits = [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13,
    13,
  ]

  private mutating func codes(_ literals: Huffman, _ distances: Huffman) -> Bool {
    while true {
      guard let symbol = symbol(literals) else { return false }
      if symbol == 256 { return true }
      if symbol < 256 {
        guard output.count < limit else { return false }
        output.append(UInt8(symbol))
        continue
      }
      guard symbol - 257 < Inflate.lengthBases.count,
        let extra = bits(Inflate.lengthBits[symbol - 257]),
        let code = self.symbol(distances), code < Inflate.distanceBases.count,
        let more = bits(Inflate.distanceBits[code])
      else { return false }
      let count = Inflate.lengthBases[symbol - 257] + extra
      let distance = Inflate.distanceBases[code] + more
      guard distance <= output.count, output.count + count <= limit else { return false }
      for _ in 0..<count { output.append(output[output.count - distance]) }
    }
  }
}
