extension Duration {
  /// The duration in seconds.
  package var totalSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }

  /// The duration in nanoseconds.
  package var totalNanoseconds: Int64 {
    components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
  }

  /// The seconds with at most three decimals, without trailing zeros: `30`, `0.3`.
  package var secondsText: String {
    let rounded = (totalSeconds * 1000).rounded() / 1000
    return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
  }
}
