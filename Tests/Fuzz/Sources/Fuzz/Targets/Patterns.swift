@testable import Pipelines

extension FuzzTarget {
  /// A pattern of file names and, after 0xFF, a path.
  static let patterns = FuzzTarget(name: "patterns") { input in
    let texts = input.parts.map { String(decoding: $0, as: UTF8.self) }
    guard texts.count > 1 else { return }
    let (pattern, path) = (texts[0], texts[1])
    let matches = PathPattern.matches(pattern, path)
    if !pattern.contains(where: PathPattern.special.contains) {
      require(
        matches == pattern.unicodeScalars.elementsEqual(path.unicodeScalars), "plain is plain")
    }
    var patterns = OutputPatterns()
    patterns.add(pattern, madeBy: 7)
    require(patterns.makers(of: path) == (matches ? [7] : []), "a maker is found by its pattern")
    _ = (PipelinePath.name(path), PipelinePath.folder(path), PipelinePath.suffix(path))
    let joined = PipelinePath.joined(pattern, path)
    _ = PipelinePath.relative(joined, to: pattern)
    if input.isChosen {
      let (long, text) = (Input.repeated(Array(pattern.utf8), to: 4000), Array(path.utf8))
      _ = PathPattern.matches(
        String(decoding: long, as: UTF8.self),
        String(decoding: Input.repeated(text, to: 4000), as: UTF8.self))
    }
  }
}
