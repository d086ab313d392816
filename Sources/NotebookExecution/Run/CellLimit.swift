import JSONCore
import NotebookDocument
import SystemSupport

/// The limit that a cell sets itself, in `metadata.lyre.timeout` or by a tag such as `timeout=30`.
enum CellLimit: Sendable, Hashable {
  /// It sets none: that of the run counts.
  case none
  /// It may take as long as it takes: 0, or less, as with nbclient.
  case unlimited
  /// So long.
  case after(Duration)

  /// Reads the limit of a cell; the metadata wins, then the first tag.
  ///
  /// - Parameters:
  ///   - cell: the cell.
  ///   - warn: gets a sentence for each limit that cannot be read.
  init(_ cell: NotebookCell, warn: (String) -> Void = { _ in }) {
    self = .none
    if let value = cell.metadata["lyre"]?["timeout"] {
      if let seconds = value.double {
        self = CellLimit(seconds: seconds)
      } else if !value.isNull {
        warn("metadata.lyre.timeout is \(value), not a number of seconds; it is ignored")
      }
    }
    for tag in cell.tags where tag.hasPrefix("timeout=") {
      var text = tag.dropFirst("timeout=".count).filter { !$0.isWhitespace }
      if text.hasSuffix("s") { text.removeLast() }
      let isNumber = text.allSatisfy { $0.isASCII && ($0.isNumber || ".-".contains($0)) }
      if isNumber, let seconds = Double(text) {
        if self == .none { self = CellLimit(seconds: seconds) }
      } else {
        warn("the tag '\(tag)' has no number of seconds after '='; it is ignored")
      }
    }
  }

  private init(seconds: Double) {
    self = seconds > 0 && seconds < 1e9 ? .after(.seconds(seconds)) : .unlimited
  }
}
