import JSONCore
import Yams

/// Converts the parser's nodes to values.
struct YAMLNodeReader {
  /// The remaining number of values: aliases can expand to very many.
  private var left: Int
  private static let deepest = 500

  init(limit: Int) {
    left = limit
  }

  mutating func value(_ node: Node, depth: Int) throws(YAMLError) -> JSONValue {
    left -= 1
    guard left >= 0 else {
      throw YAMLNodeReader.error("aliases expand to too many values", node)
    }
    guard depth < YAMLNodeReader.deepest else {
      throw YAMLNodeReader.error(
        "lists and mappings are nested deeper than \(YAMLNodeReader.deepest) levels", node)
    }
    switch node {
    case .scalar(let scalar): return try YAMLScalar.value(scalar)
    case .sequence(let sequence):
      try check(sequence.tag, ["", "!", "seq"], node)
      var elements: [JSONValue] = []
      for element in sequence { elements.append(try value(element, depth: depth + 1)) }
      return .array(elements)
    case .mapping(let mapping):
      try check(mapping.tag, ["", "!", "map", "set"], node)
      return .object(try object(mapping, depth: depth + 1))
    case .alias:
      throw YAMLNodeReader.error("an alias without an anchor", node)
    }
  }

  /// The members of a mapping: first those of merge keys, then its own.
  private mutating func object(_ mapping: Node.Mapping, depth: Int) throws(YAMLError) -> JSONObject
  {
    var members: [JSONObject.Member] = []
    var places: [JSONString: Int] = [:]
    var own: Set<JSONString> = []
    for (key, node) in mapping where YAMLNodeReader.isMerge(key) {
      // Among several mappings the earlier one takes precedence.
      for member in try sources(node, depth: depth) where places[member.key] == nil {
        places[member.key] = members.count
        members.append(member)
      }
    }
    for (key, node) in mapping where !YAMLNodeReader.isMerge(key) {
      guard case .scalar(let scalar) = key else {
        throw YAMLNodeReader.error("a name must be a word or a number", key)
      }
      let name = JSONString(scalar.string)
      guard own.insert(name).inserted else {
        throw YAMLNodeReader.error("the name '\(name)' is defined twice", key)
      }
      let member = JSONObject.Member(key: name, value: try value(node, depth: depth))
      if let place = places[name] {
        members[place] = member
      } else {
        members.append(member)
      }
    }
    return JSONObject(members)
  }

  private static func isMerge(_ key: Node) -> Bool {
    if case .scalar(let scalar) = key {
      scalar.string == "<<" && scalar.style == .plain
    } else {
      false
    }
  }

  /// The members that a merge key adds.
  private mutating func sources(_ node: Node, depth: Int) throws(YAMLError) -> [JSONObject.Member] {
    let value = try value(node, depth: depth)
    var members: [JSONObject.Member] = []
    for element in value.array ?? [value] {
      guard let object = element.object else {
        throw YAMLNodeReader.error("only mappings can be merged", node)
      }
      members += object
    }
    return members
  }

  private func check(_ tag: Tag, _ known: [String], _ node: Node) throws(YAMLError) {
    let name = YAMLScalar.shortName(tag)
    guard known.contains(name) else {
      throw YAMLNodeReader.error("the tag '\(name)' is not known", node)
    }
  }

  static func error(_ message: String, _ node: Node) -> YAMLError {
    YAMLError(message, line: node.mark?.line, column: node.mark?.column)
  }
}
