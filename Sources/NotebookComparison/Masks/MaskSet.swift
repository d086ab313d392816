import Synchronization
import SystemSupport

/// The masks of a comparison: the built-in ones, and those of mask files.
package struct MaskSet: Sendable {
  /// Whether the built-in masks apply.
  package var usesBuiltIn: Bool
  /// Whether there are masks of files, whose matches may span lines.
  var hasPatterns: Bool { !patterns.isEmpty }
  private let patterns: [MaskPattern]
  private let patience: Int
  /// The first pattern that took too long; it is not tried again.
  private let stuck = Stuck()

  private final class Stuck: Sendable {
    let pattern = Mutex<MaskPattern?>(nil)
  }

  /// An error: a pattern took too long.
  struct Overdue: Error {
    let pattern: MaskPattern
  }

  /// Creates a set.
  ///
  /// - Parameters:
  ///   - patterns: the patterns of mask files, in order.
  ///   - usesBuiltIn: whether the built-in masks apply too.
  ///   - patience: how long a pattern may take for one text, in milliseconds.
  package init(
    _ patterns: [MaskPattern] = [], usesBuiltIn: Bool = true, patience: Int = 5000
  ) {
    self.patterns = patterns
    self.usesBuiltIn = usesBuiltIn
    self.patience = patience
  }

  /// A text without what the masks hide.
  ///
  /// - Parameter isMarkup: whether the text is HTML, SVG or a script.
  /// - Throws: ``Overdue`` if a pattern takes too long.
  func masked(_ text: String, isMarkup: Bool = false) throws(Overdue) -> String {
    var text = text
    for pattern in patterns { text = try replaced(text, by: pattern) }
    guard usesBuiltIn else { return text }
    var bytes = Array(text.utf8)
    if isMarkup { bytes = MarkupIDs.numbered(bytes) }
    return String(decoding: BuiltInMasks.masked(bytes), as: UTF8.self)
  }

  /// Applies a pattern on a thread of its own, since an expression such as `(a*)*b` can take longer
  /// than the universe exists and cannot be stopped.
  private func replaced(_ text: String, by pattern: MaskPattern) throws(Overdue) -> String {
    if let pattern = stuck.pattern.withLock({ $0 }) { throw Overdue(pattern: pattern) }
    if text.isEmpty { return pattern.replaced(in: text) }
    let answer = Answer<String>()
    do throws(SystemError) {
      try startThread { answer.give(pattern.replaced(in: text)) }
    } catch {
      // Without a thread there is no limit either, but the result is right.
      return pattern.replaced(in: text)
    }
    guard let text = answer.wait(milliseconds: patience) else {
      stuck.pattern.withLock { $0 = pattern }
      throw Overdue(pattern: pattern)
    }
    return text
  }
}
