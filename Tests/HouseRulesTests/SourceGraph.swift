/// Dependencies between files: a file depends on another file of its module if it mentions a type
/// declared there.
///
/// Only types at the top level of files count, and members added by extensions do not.
struct SourceGraph {
  /// The nodes that each node mentions, by path.
  private(set) var edges: [String: Set<String>] = [:]

  init(_ sources: [SwiftSource]) {
    var declaring: [String: [String: [String]]] = [:]
    for source in sources {
      for name in source.declaredTypes {
        declaring[source.module, default: [:]][name, default: []].append(source.path)
      }
    }
    for source in sources {
      let known = declaring[source.module] ?? [:]
      edges[source.path] = Set(source.mentionedTypes.flatMap { known[$0] ?? [] })
        .subtracting([source.path])
    }
  }

  /// The same for folders: a folder depends on another if one of its files depends on a file there.
  var ofFolders: SourceGraph {
    func folder(_ path: String) -> String {
      path.split(separator: "/").dropLast().joined(separator: "/")
    }
    var result = self
    result.edges = [:]
    for (path, others) in edges {
      result.edges[folder(path), default: []].formUnion(others.map(folder))
    }
    for node in result.edges.keys { result.edges[node]?.remove(node) }
    return result
  }

  /// The groups of nodes that depend on each other, directly or indirectly: each sorted, and all
  /// sorted by their first node.
  var cycles: [[String]] {
    var search = Search(edges: edges)
    for node in edges.keys.sorted() where search.numbers[node] == nil { search.visit(node) }
    return search.groups.sorted { ($0.first ?? "") < ($1.first ?? "") }
  }

  /// Tarjan's search for strongly connected components.
  private struct Search {
    let edges: [String: Set<String>]
    var numbers: [String: Int] = [:]
    var lowest: [String: Int] = [:]
    var stack: [String] = []
    var groups: [[String]] = []

    mutating func visit(_ node: String) {
      let number = numbers.count
      numbers[node] = number
      lowest[node] = number
      stack.append(node)
      for next in edges[node] ?? [] {
        if numbers[next] == nil {
          visit(next)
          lowest[node] = min(lowest[node] ?? number, lowest[next] ?? number)
        } else if stack.contains(next) {
          lowest[node] = min(lowest[node] ?? number, numbers[next] ?? number)
        }
      }
      guard lowest[node] == number, let start = stack.lastIndex(of: node) else { return }
      let group = stack[start...].sorted()
      stack.removeSubrange(start...)
      if group.count > 1 { groups.append(group) }
    }
  }
}

extension SwiftSource {
  /// The types that the file declares at its top level.
  var declaredTypes: [String] {
    let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "actor", "typealias"]
    return lines.compactMap { line in
      guard line.first?.isLetter ?? false || line.first == "@" else { return nil }
      let words = line.split(separator: " ")
      guard let kind = words.firstIndex(where: kinds.contains), kind + 1 < words.count else {
        return nil
      }
      return words[kind + 1].utf8.split { !$0.isWordByte }.first
        .map { String(decoding: $0, as: UTF8.self) }
    }
  }

  /// The words of the file that begin with a capital letter; single letters are mostly parameters.
  var mentionedTypes: Set<String> {
    var words: Set<String> = []
    for line in lines {
      for word in line.utf8.split(whereSeparator: { !$0.isWordByte })
      where word.count > 1 && word.first.map({ (0x41...0x5A).contains($0) }) ?? false {
        words.insert(String(decoding: word, as: UTF8.self))
      }
    }
    return words
  }
}

extension UInt8 {
  fileprivate var isWordByte: Bool {
    switch self {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...: true
    default: false
    }
  }
}
