public import JSONCore

/// Merges the changes that were made to a pipeline in two places since a common state.
///
/// Objects are merged by their members, lists of objects with an `id` (nodes, links, comments,
/// flows) by that, and everything else as a whole. Where both sides changed the same, mine is kept
/// and reported as a conflict.
public struct PipelineMerge: Sendable {
  /// A value that both sides changed differently.
  public struct Conflict: Sendable, Hashable {
    /// The place in words: `node Load, Runtime Image`.
    public var place: String

    /// My value, which was kept; nil if I removed it.
    public var mine: JSONValue?

    /// The other value; nil if it was removed there.
    public var theirs: JSONValue?

    /// The conflict as JSON.
    public var json: JSONObject {
      ["where": .init(place), "mine": mine ?? .null, "theirs": theirs ?? .null]
    }
  }

  /// The merged file: the bytes of the other one, with my changes.
  public let bytes: [UInt8]

  /// The conflicts, in the order of the file.
  public let conflicts: [Conflict]

  /// Merges three versions of a file.
  ///
  /// If one of them has an older version of the format than another one, it is migrated.
  ///
  /// - Parameters:
  ///   - base: the file from which both began.
  ///   - mine: the file with my changes, which win.
  ///   - theirs: the file with the other changes.
  /// - Throws: ``PipelineError`` when one of them is not a pipeline.
  public init(base: [UInt8], mine: [UInt8], theirs: [UInt8]) throws(PipelineError) {
    if theirs == base || mine == theirs {
      self.init(bytes: mine, conflicts: [])
      return
    }
    if mine == base {
      self.init(bytes: theirs, conflicts: [])
      return
    }
    var documents: [PipelineDocument] = []
    for bytes in [base, mine, theirs] { documents.append(try PipelineDocument(bytes)) }
    if Set(documents.map(\.version)).count > 1 {
      for index in documents.indices
      where documents[index].version < PipelineDocument.currentVersion {
        documents[index].migrate()
      }
    }
    let current = documents.map { $0.serialized() }
    let values = current.map { (try? JSONValue(parsing: $0)) ?? .null }
    var merge = ThreeWayMerge()
    let place = MergePlace(mine: values[1], theirs: values[2])
    let merged = merge.merge(values[0], values[1], values[2], at: place) ?? values[2]
    var clean = ThreeWayMerge.withoutLostLinks(merged, mine: values[1], theirs: values[2])
    var conflicts = merge.conflicts
    let faults = MergedStructure.faults(clean)
      .subtracting(MergedStructure.faults(values[1])).subtracting(MergedStructure.faults(values[2]))
    if !faults.isEmpty {
      clean = MergedStructure.keeping(values[1], in: clean)
      conflicts.append(Conflict(place: "the nodes of super nodes", mine: nil, theirs: nil))
    }
    let bytes = current[2].withUnsafeBytes { buffer -> [UInt8] in
      guard let index = try? JSONIndex(buffer) else { return clean.serialized(.pretty) }
      return index.rewriting(to: clean, in: buffer, style: JSONStyle(of: buffer, index))
    }
    self.init(bytes: bytes, conflicts: conflicts)
  }

  private init(bytes: [UInt8], conflicts: [Conflict]) {
    self.bytes = bytes
    self.conflicts = conflicts
  }
}

/// Merges JSON values; nil is a value that does not exist.
struct ThreeWayMerge {
  private(set) var conflicts: [PipelineMerge.Conflict] = []

  /// Recursive, because the depth of a JSON text is limited.
  mutating func merge(
    _ base: JSONValue?, _ mine: JSONValue?, _ theirs: JSONValue?, at place: MergePlace
  ) -> JSONValue? {
    if mine == base || mine == theirs { return theirs }
    if theirs == base { return mine }
    if let mine = mine?.object, let theirs = theirs?.object {
      return .object(merge(base?.object ?? [:], mine, theirs, at: place))
    }
    if let mine = mine?.array.flatMap(IdentifiedList.init),
      let theirs = theirs?.array.flatMap(IdentifiedList.init),
      let base = (base?.array ?? []).isEmpty
        ? IdentifiedList() : base?.array.flatMap(IdentifiedList.init)
    {
      return .array(merge(base, mine, theirs, at: place))
    }
    conflicts.append(.init(place: place.words, mine: mine, theirs: theirs))
    return mine
  }

  private mutating func merge(
    _ base: JSONObject, _ mine: JSONObject, _ theirs: JSONObject, at place: MergePlace
  ) -> JSONObject {
    let (base, own) = (base.dictionary, mine.dictionary)
    var members: [JSONObject.Member] = []
    var seen: Set<JSONString> = []
    let other = theirs.dictionary
    // In their order, with my new members where I have them: after the same neighbour.
    for key in MergeOrder.merged(mine: mine.map(\.key), theirs: theirs.map(\.key))
    where seen.insert(key).inserted {
      let value = merge(base[key], own[key], other[key], at: place.member(key.string))
      if let value { members.append(.init(key: key, value: value)) }
    }
    return JSONObject(members)
  }

  private mutating func merge(
    _ base: IdentifiedList, _ mine: IdentifiedList, _ theirs: IdentifiedList, at place: MergePlace
  ) -> [JSONValue] {
    // My order counts only if I changed it and they did not.
    let shared = base.ids.filter { mine.values[$0] != nil && theirs.values[$0] != nil }
    let sharedIDs = Set(shared)
    let own = mine.ids.filter(sharedIDs.contains)
    let other = theirs.ids.filter(sharedIDs.contains)
    let order =
      own != shared && other == shared
      ? MergeOrder.merged(mine: theirs.ids, theirs: mine.ids)
      : MergeOrder.merged(mine: mine.ids, theirs: theirs.ids)
    return order.compactMap { id in
      merge(base.values[id], mine.values[id], theirs.values[id], at: place.element(id))
    }
  }

  /// Removes links whose source one side removed while the other side made the link.
  static func withoutLostLinks(_ merged: JSONValue, mine: JSONValue, theirs: JSONValue) -> JSONValue
  {
    func nodes(_ value: JSONValue) -> Set<String> {
      Set(
        (value["pipelines"]?.array ?? []).flatMap { $0["nodes"]?.array ?? [] }
          .compactMap { $0["id"]?.string })
    }
    let lost = nodes(mine).union(nodes(theirs)).subtracting(nodes(merged))
    guard !lost.isEmpty, merged["pipelines"]?.array != nil else { return merged }
    var result = merged
    result.updateObject { root in
      root.update("pipelines") { flows in
        flows.updateArray { flows in
          for place in flows.indices where flows[place]["nodes"]?.array != nil {
            flows[place].updateObject { flow in
              flow.update("nodes") { nodes in
                nodes.updateArray { nodes in
                  for index in nodes.indices {
                    PipelineLinks.remove(from: &nodes[index]) { link in
                      link["node_id_ref"]?.string.map(lost.contains) ?? false
                    }
                  }
                }
              }
              PipelineComments.detach(lost, in: &flow)
            }
          }
        }
      }
    }
    return result
  }
}
