import JSONCore
import NotebookDocument
import SystemSupport

/// A cell's own time limit, from `metadata.lyre.timeout` or a tag such as `timeout=30`.
enum CellLimit: Sendable, Hashable {
  /// The cell sets no limit: that of the run applies.
  case none
  /// No limit at all: 0 or less, as in nbclient.
  case unlimited
  /// A limit of this duration.
  case after(Duration)

  /// Reads the limit of a cell; the metadata takes precedence, then the first tag.
  ///
  /// - Parameters:
  ///   - cell: the cell.
  ///   - warn: receives a sentence for each invalid limit.
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
