import JSONCore

/// The outermost structure of a file: whether it contains a pipeline, and its version.
struct PipelineStructure {
  var root: JSONObject = [:]
  var version = 0
  var versionText = "0"
  var statesVersion = false
  var primaryPlace = 0
  var unreadable: PipelineError?

  init(_ value: JSONValue) {
    do throws(PipelineError) {
      try read(value)
    } catch {
      unreadable = error
    }
  }

  private mutating func read(_ value: JSONValue) throws(PipelineError) {
    guard let root = value.object else {
      throw PipelineError(
        .notPipeline, "not a pipeline: expected a JSON object, found \(value.kindName)")
    }
    self.root = root
    guard let pipelines = root["pipelines"] else {
      if root["nbformat"] != nil, root["cells"] != nil || root["worksheets"] != nil {
        throw PipelineError(
          .notPipeline, "this is a notebook, not a pipeline; `lyre run` runs it")
      }
      throw PipelineError(.notPipeline, "not a pipeline: there is no field 'pipelines'")
    }
    guard let flows = pipelines.array else {
      throw PipelineError(
        .notPipeline, "expected a list, found \(pipelines.kindName)", place: "pipelines")
    }
    guard !flows.isEmpty else {
      throw PipelineError(.notPipeline, "the list is empty: there is no pipeline in the file")
    }
    for (place, flow) in flows.enumerated() where flow.object == nil {
      throw PipelineError(
        .notPipeline, "expected an object, found \(flow.kindName)", place: "pipelines[\(place)]")
    }
    primaryPlace = try primary(flows)
    try readVersion(flows[primaryPlace])
  }

  private func primary(_ flows: [JSONValue]) throws(PipelineError) -> Int {
    guard let primary = root["primary_pipeline"] else {
      throw PipelineError(
        .notPipeline, "there is no field 'primary_pipeline' that says which pipeline to run",
        place: "primary_pipeline")
    }
    guard let id = primary.string else {
      throw PipelineError(
        .notPipeline, "expected a string, found \(primary.kindName)", place: "primary_pipeline")
    }
    guard let place = flows.firstIndex(where: { $0["id"]?.string == id }) else {
      let ids = flows.compactMap { $0["id"]?.string }.map { "'\($0)'" }
      throw PipelineError(
        .notPipeline,
        "there is no pipeline '\(id)' in the file"
          + (ids.isEmpty ? "" : "; there is \(ids.joined(separator: ", "))"),
        place: "primary_pipeline")
    }
    return place
  }

  private mutating func readVersion(_ flow: JSONValue) throws(PipelineError) {
    let place = "pipelines[\(primaryPlace)].app_data.version"
    guard let stated = flow["app_data"]?["version"], !stated.isNull else {
      // Elyra 0.10 and before wrote none. Later versions have a different structure.
      version = PipelineStructure.looksCurrent(flow) ? PipelineDocument.currentVersion : 0
      versionText = "\(version)"
      return
    }
    let number = stated.double ?? stated.string.flatMap { Double(PipelineText.trimmed($0)) }
    guard let number, number.isFinite, number >= 0 else {
      throw PipelineError(
        .unsupportedVersion, "the version is not a number: \(stated)", place: place)
    }
    versionText =
      Int(exactly: number).map { "\($0)" } ?? stated.string.map(PipelineText.trimmed)
      ?? "\(stated)"
    guard number <= Double(PipelineDocument.currentVersion) else {
      throw PipelineError(
        .unsupportedVersion,
        "version \(versionText) was written by a newer Elyra; this version of Lyre reads 0 to "
          + "\(PipelineDocument.currentVersion)", place: place)
    }
    // A fraction lacks the same steps as the number before it, in Elyra too.
    version = Int(number)
    statesVersion = true
  }

  /// Whether nodes have their properties in the place used since version 4.
  private static func looksCurrent(_ flow: JSONValue) -> Bool {
    flow["nodes"]?.array?.contains { $0["app_data"]?["component_parameters"] != nil } ?? false
  }
}
