import JSONCore

/// Creates values for new nodes.
enum PipelineID {
  /// A random UUID of version 4.
  static func new() -> String {
    var generator = SystemRandomNumberGenerator()
    let (high, low) = (generator.next(), generator.next())
    let bits = (
      high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000, low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    )
    func hex(_ value: UInt64, _ shift: UInt64, _ digits: Int) -> String {
      let mask: UInt64 = digits == 16 ? .max : (1 << UInt64(digits * 4)) - 1
      let text = String(value >> shift & mask, radix: 16)
      return String(repeating: "0", count: digits - text.utf8.count) + text
    }
    return [
      hex(bits.0, 32, 8), hex(bits.0, 16, 4), hex(bits.0, 0, 4), hex(bits.1, 48, 4),
      hex(bits.1, 0, 12),
    ].joined(separator: "-")
  }

  static func port(_ id: String, _ label: String) -> JSONValue {
    [
      "id": .init(id),
      "app_data": [
        "ui_data": ["cardinality": ["min": 0, "max": -1], "label": .init(label)]
      ],
    ]
  }
}

extension JSONValue {
  /// A coordinate on the canvas, without decimals if it is a whole number.
  static func pixels(_ value: Double) -> JSONValue {
    if let whole = Int(exactly: value) { return .init(whole) }
    return value.isFinite ? .init(value) : 0
  }
}
