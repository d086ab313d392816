/// A canonical Huffman code, given by the length of each symbol's code (RFC 1951, section 3.2.2).
struct Huffman {
  /// How many codes have each length.
  private let counts: [Int]
  /// The symbols in the order of their codes.
  private let symbols: [Int]

  init(_ lengths: [UInt8]) {
    var counts = [Int](repeating: 0, count: 16)
    for length in lengths where length > 0 { counts[Int(min(length, 15))] += 1 }
    var starts = [Int](repeating: 0, count: 16)
    for length in 1..<15 { starts[length + 1] = starts[length] + counts[length] }
    var symbols = [Int](repeating: 0, count: counts.reduce(0, +))
    for (symbol, length) in lengths.enumerated() where length > 0 {
      symbols[starts[Int(min(length, 15))]] = symbol
      starts[Int(min(length, 15))] += 1
    }
    self.counts = counts
    self.symbols = symbols
  }

  static let fixedLiterals = Huffman(
    [UInt8](repeating: 8, count: 144) + [UInt8](repeating: 9, count: 112)
      + [UInt8](repeating: 7, count: 24) + [UInt8](repeating: 8, count: 8))
  static let fixedDistances = Huffman([UInt8](repeating: 5, count: 30))

  /// The bits of a code read so far.
  struct Walk {
    fileprivate var code = 0
    fileprivate var first = 0
    fileprivate var index = 0
    fileprivate var length = 0
  }

  /// What a bit leads to.
  enum Step {
    case symbol(Int)
    case more
    case invalid
  }

  /// Takes the next bit of a code.
  func step(_ walk: inout Walk, _ bit: Int) -> Step {
    walk.length += 1
    guard walk.length < 16 else { return .invalid }
    walk.code |= bit
    let count = counts[walk.length]
    if walk.code - count < walk.first {
      return .symbol(symbols[walk.index + walk.code - walk.first])
    }
    walk.index += count
    walk.first = (walk.first + count) << 1
    walk.code <<= 1
    return .more
  }
}
