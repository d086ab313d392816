import JSONCore

/// The style of a notebook's file, so that new parts can be written in the same style.
struct NotebookStyle: Sendable, Hashable {
  /// The layout of JSON.
  var json: JSONStyle

  /// Whether texts with several lines are lists of lines, as Jupyter writes them.
  var splitsLines: Bool

  /// Jupyter's own style.
  static let jupyter = NotebookStyle(json: .jupyter, splitsLines: true)

  init(json: JSONStyle, splitsLines: Bool) {
    self.json = json
    self.splitsLines = splitsLines
  }

  /// The line feed and the indentation before a member or element at a level.
  func lead(_ level: Int) -> [UInt8] {
    guard let indent = json.indent else { return [] }
    return Array((json.newline + String(repeating: indent, count: level)).utf8)
  }

  /// Detects the style of a file.
  init(of bytes: UnsafeRawBufferPointer, _ index: JSONIndex) {
    json = JSONStyle(of: bytes, index, fallback: .jupyter)
    splitsLines = true
    let members = index.members(index.root)
    guard !members.isEmpty else { return }
    let names = members.map { index.string($0.key, in: bytes) }
    json.sortsKeys = zip(names, names.dropFirst()).allSatisfy { $0 < $1 }

    guard let cells = index.member("cells", of: index.root, in: bytes) else { return }
    for cell in index.elements(cells).prefix(50) {
      guard let source = index.member("source", of: cell, in: bytes) else { continue }
      if json.sortsKeys {
        let names = index.members(cell).map { index.string($0.key, in: bytes) }
        json.sortsKeys = zip(names, names.dropFirst()).allSatisfy { $0 < $1 }
      }
      switch index.kind(source) {
      case .array where !index.elements(source).isEmpty: return
      case .plainString, .escapedString:
        // An empty text proves nothing, because some tools write it in both forms.
        guard index.range(source).count > 2 else { continue }
        splitsLines = false
        return
      default: continue
      }
    }
  }
}
