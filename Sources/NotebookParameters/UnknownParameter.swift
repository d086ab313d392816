public import JSONCore
public import NotebookDocument

/// A parameter that a notebook does not declare.
public struct UnknownParameter: Sendable, Hashable {
  /// Its name.
  public var name: String
  /// The declared parameter with the most similar name; nil if none is similar.
  public var nearest: String?
}

extension NotebookDocument {
  /// The parameters that the cell tagged `parameters` does not declare; all of them if there is no
  /// such cell.
  ///
  /// If the language cannot be parsed, a parameter counts as declared if the cell contains its name
  /// as a word.
  public func unknownParameters(_ parameters: JSONObject, for translator: Translator)
    -> [UnknownParameter]
  {
    let source = parametersCell?.source ?? ""
    let declared = translator.declarations(in: source)?.map(\.name)
    return parameters.withoutDuplicates.compactMap { member in
      let name = translator.variableName(member.key.string)
      let isKnown =
        if let declared {
          declared.contains(name) || Declarations.assigns(name, in: source)
        } else {
          Declarations.mentions(name, in: source)
        }
      if isKnown { return nil }
      return UnknownParameter(
        name: member.key.string,
        nearest: declared.flatMap { Spelling.nearest(to: name, among: $0) })
    }
  }
}

/// Compares the spelling of words.
enum Spelling {
  /// The most similar word, if it differs in at most a third of its letters.
  static func nearest(to word: String, among words: [String]) -> String? {
    words.map { (word: $0, distance: distance(Array(word.lowercased()), Array($0.lowercased()))) }
      .filter { $0.distance <= max(word.count, $0.word.count) / 3 }
      .min { $0.distance < $1.distance }?.word
  }

  /// The number of letters to add, omit, replace or swap with a neighbour (optimal string
  /// alignment).
  static func distance(_ left: [Character], _ right: [Character]) -> Int {
    guard left.count <= 256, right.count <= 256 else { return Int.max }
    var rows = [Array(0...right.count)]
    for (i, letter) in left.enumerated() {
      var row = [i + 1]
      for (j, other) in right.enumerated() {
        var best = min(rows[i][j] + (letter == other ? 0 : 1), rows[i][j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, letter == right[j - 1], left[i - 1] == other {
          best = min(best, rows[i - 1][j - 1] + 1)
        }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[left.count][right.count]
  }
}
