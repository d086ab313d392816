import JSONCore

extension JSONValue {
  /// Every value with one change: a member or element removed, replaced or added.
  var variants: [JSONValue] {
    let others: [JSONValue] = [
      nil, 2, 1.5, -1, "", "a,b", "raw", "\u{e9}", [], [1], ["a", "a"], [:], ["text/plain": 1],
      true, ["application/x\n+json": 1], ["application/json\n": 1],
    ]
    var result = others
    switch self {
    case .object(let object):
      for name in ["new", "a.b/c", "é/c", "text/plain\n"] {
        let member = JSONObject.Member(key: JSONString(name), value: 1)
        result.append(.object(JSONObject(object.members + [member])))
      }
      for place in object.members.indices {
        var members = object.members
        members.remove(at: place)
        result.append(.object(JSONObject(members)))
        for variant in object.members[place].value.variants {
          members = object.members
          members[place].value = variant
          result.append(.object(JSONObject(members)))
        }
      }
    case .array(let elements):
      for place in elements.indices {
        for variant in elements[place].variants {
          var elements = elements
          elements[place] = variant
          result.append(.array(elements))
        }
      }
    default: break
    }
    return result
  }
}
