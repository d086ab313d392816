/// The rules for the files that nodes need and produce.
struct DataRules {
  private let nodes: [PipelineNode]
  private let edges: GraphEdges
  /// The nodes that produce a literal path, identified here and below by its location because a
  /// file may have several names through links.
  private var makers: [String: [Int]] = [:]
  /// The nodes that produce files matching a pattern.
  private var patterns = OutputPatterns()
  /// The outputs in each folder, for patterns of dependencies.
  private var outputsInFolder: [String: [String]] = [:]
  private var reachability: Reachability
  /// The results of ``makers(of:)``, because many nodes may need the same file.
  private var foundMakers: [String: [Int]] = [:]

  static func check(
    _ pipeline: Pipeline, _ files: some PipelineFiles, _ report: inout Report
  ) {
    var rules = DataRules(pipeline.executableNodes)
    rules.readOutputs(files, &report)
    rules.checkSharedOutputs(files, &report)
    for place in rules.nodes.indices where rules.nodes[place].isGeneric {
      rules.checkDependencies(of: place, files, &report)
    }
  }

  private init(_ nodes: [PipelineNode]) {
    self.nodes = nodes
    edges = GraphEdges(nodes)
    reachability = Reachability(edges)
  }

  /// A path of a node, relative to the folder of the pipeline's file.
  private static func resolved(_ path: String, _ node: PipelineNode) -> String {
    PipelinePath.joined(PipelinePath.folder(node.file ?? ""), path)
  }

  private mutating func readOutputs(_ files: some PipelineFiles, _ report: inout Report) {
    for (place, node) in nodes.enumerated() where node.isGeneric && node.file != nil {
      var seen: Set<String> = []
      for output in node.outputs {
        let named = DataRules.resolved(output, node)
        let path = files.location(of: named)
        guard seen.insert(path).inserted,
          FileRules.checkPlace(named, of: node, "outputs", files, &report)
        else { continue }
        if PipelinePath.isPattern(path) { patterns.add(path, madeBy: place) }
        if makers[path] == nil {
          outputsInFolder[PipelinePath.folder(path), default: []].append(path)
        }
        makers[path, default: []].append(place)
      }
    }
  }

  private mutating func checkSharedOutputs(_ files: some PipelineFiles, _ report: inout Report) {
    for (place, node) in nodes.enumerated() {
      for output in node.outputs {
        // Reported once, for the first of them.
        let path = files.location(of: DataRules.resolved(output, node))
        guard let makers = makers[path], makers.count > 1, makers.first == place else { continue }
        let names = makers.map { nodes[$0].label }.joined(separator: ", ")
        let isOrdered = zip(makers, makers.dropFirst()).allSatisfy {
          reachability.isConnected($0, $1)
        }
        report.warning(
          .duplicateOutput, "'\(output)' is created by \(makers.count) nodes: \(names)",
          remedy: isOrdered
            ? "the last node overwrites it"
            : "the nodes are not connected, so their order is undefined; Lyre never runs them at the same time",
          node: node, property: "outputs")
      }
    }
  }

  // MARK: Dependencies

  private mutating func checkDependencies(
    of place: Int, _ files: some PipelineFiles, _ report: inout Report
  ) {
    let node = nodes[place]
    guard let file = node.file else { return }
    let folder = PipelinePath.folder(file)
    for dependency in node.dependencies {
      let path = DataRules.resolved(dependency, node)
      guard FileRules.checkPlace(path, of: node, "dependencies", files, &report) else { continue }
      var isThere = false
      switch files.kind(of: path) {
      case .directory?:
        isThere = true
        let place = files.location(of: path) + "/"
        if files.isInsideProject(path) == nil, path.hasPrefix("/"),
          !place.hasPrefix(files.location(of: ".") + "/")
        {
          report.error(
            .outsideProject, "'\(dependency)' is a directory outside of the pipeline's folder",
            remedy: "copy it into the project, or name the project's folder with --root",
            node: node, property: "dependencies")
          continue
        }
        report.refusedByElyra(
          .dependencyIsDirectory, "'\(dependency)' is a directory, which Elyra refuses",
          remedy: "Lyre uses everything in it; for Elyra write '\(dependency)/*'", node: node,
          property: "dependencies")
      case .file?, .other?: isThere = true
      case nil:
        if PipelinePath.isPattern(dependency) {
          isThere = files.hasMatch(path, in: "", isRecursive: false)
        }
        if !isThere, node.includesSubdirectories, !dependency.contains("/") {
          isThere = files.hasMatch(dependency, in: folder, isRecursive: true)
        }
      }
      let location = files.location(of: path)
      checkMakers(of: dependency, at: location, isThere: isThere, for: place, &report)
    }
  }

  private mutating func checkMakers(
    of dependency: String, at path: String, isThere: Bool, for place: Int, _ report: inout Report
  ) {
    let node = nodes[place]
    let isAllowed = [.local, .export].contains(report.target)
    let makers = makers(of: path).filter { $0 != place }
    let before = makers.first { reachability.isAncestor($0, of: place) }
    if let before {
      guard !isThere else { return }
      let finding = Finding(
        isAllowed ? .information : .error, .dependencyMadeByRun,
        "'\(dependency)' does not exist yet; '\(nodes[before].label)' creates it",
        remedy: isAllowed ? "" : "Elyra refuses this: run that node once first",
        node: node, property: "dependencies")
      return report.add(finding)
    }
    if let maker = makers.first {
      // With a file from an earlier run it works only by chance.
      let isAfter = reachability.isAncestor(place, of: maker)
      if isAfter, isThere { return }
      report.add(
        Finding(
          isThere ? .warning : .error, .dependencyNotOrdered,
          "'\(dependency)' is created by '\(nodes[maker].label)', which "
            + (isAfter ? "runs after this node" : "does not have to run before this node"),
          remedy: isAfter ? "change the order" : "connect '\(nodes[maker].label)' with this node",
          node: node, property: "dependencies"))
    } else if !isThere {
      report.error(
        .dependencyNotFound,
        PipelinePath.isPattern(dependency)
          ? "no file matches '\(dependency)', and no node creates one"
          : "there is no file '\(dependency)', and no node creates it",
        remedy: "paths are relative to the folder of the node's file", node: node,
        property: "dependencies")
    }
  }

  /// The nodes that produce a path, a match of it as a pattern, or a folder that contains it.
  private mutating func makers(of path: String) -> [Int] {
    if let found = foundMakers[path] { return found }
    var found = makers[path] ?? []
    var folder = PipelinePath.folder(path)
    if PipelinePath.isPattern(path) {
      if !PipelinePath.isPattern(folder) {
        for output in outputsInFolder[folder] ?? []
        where output != path && PathPattern.matches(path, output) {
          found += makers[output] ?? []
        }
      }
    } else {
      found += patterns.makers(of: path)
      while !folder.isEmpty, folder != "/" {
        found += makers[folder] ?? []
        folder = PipelinePath.folder(folder)
      }
    }
    let result = Set(found).sorted()
    foundMakers[path] = result
    return result
  }
}
