import JSONCore

/// Compares two pictures by their sizes and pixels.
struct ImageComparison {
  /// The largest root mean square of the differences of all channels, of 255.
  let tolerance: Double

  /// How two pictures in base64 differ; nil if they agree.
  ///
  /// Pictures in formats other than PNG agree only if their files do.
  func difference(_ stored: String, _ new: String) -> String? {
    guard let stored = Base64.decoded(stored), let new = Base64.decoded(new) else {
      return "differs, and its data is not base64"
    }
    if stored == new { return nil }
    guard let left = ImageSize(stored), let right = ImageSize(new) else {
      return "differs (\(stored.count) bytes stored, \(new.count) bytes now)"
    }
    guard left == right else { return "differs in size: stored \(left), now \(right)" }
    guard let before = PNGImage(stored), let after = PNGImage(new) else {
      return "differs (\(left); its pixels cannot be compared in this format)"
    }
    let (deviation, share) = ImageComparison.deviation(before.pixels, after.pixels)
    guard deviation > tolerance else { return nil }
    return "differs in \(text(share * 100)) % of its pixels "
      + "(root mean square \(text(deviation)) of 255, tolerance \(text(tolerance)))"
  }

  /// The root mean square of the differences of all channels, and the share of differing pixels.
  private static func deviation(_ stored: [UInt8], _ new: [UInt8]) -> (Double, Double) {
    guard stored.count == new.count, !stored.isEmpty else { return (255, 1) }
    var (sum, pixels, channel, differs) = (0, 0, 0, false)
    for place in stored.indices {
      let distance = Int(stored[place]) - Int(new[place])
      sum += distance * distance
      differs = differs || distance != 0
      channel += 1
      if channel == 4 {
        if differs { pixels += 1 }
        (channel, differs) = (0, false)
      }
    }
    return (
      (Double(sum) / Double(stored.count)).squareRoot(), Double(pixels * 4) / Double(stored.count)
    )
  }

  private func text(_ number: Double) -> String {
    let hundredths = (number * 100).rounded() / 100
    if hundredths == 0, number > 0 { return "<0.01" }
    return hundredths == hundredths.rounded() ? "\(Int(hundredths))" : "\(hundredths)"
  }
}
