import JSONCore

extension KubeflowAPI {
  /// A pipeline, or a version of one, that the server has.
  package struct Stored: Sendable, Hashable {
    /// Its id.
    package var id: String
    /// Its name for people.
    package var name: String
    /// Its description.
    package var description: String
  }

  /// The pipeline with a name; nil if there is none.
  ///
  /// - Throws: ``EngineError``, also if there are several.
  package func pipeline(named name: String) async throws(EngineError) -> Stored? {
    let query = [(name: "filter", value: KubeflowAPI.filter(name: name))] + namespaceQuery
    let purpose = "look for the pipeline '\(name)'"
    let answer = try await send("GET", ["pipelines"], query: query, to: purpose)
    let found = try stored(answer["pipelines"], id: "pipeline_id", purpose).filter {
      $0.name == name
    }
    guard found.count < 2 else {
      throw EngineError(
        .conflict, "there are \(found.count) pipelines '\(name)' on the server; remove all but one",
        place: address)
    }
    return found.first
  }

  /// All pipelines, up to a thousand.
  package func pipelines() async throws(EngineError) -> [Stored] {
    let purpose = "list the pipelines"
    let all = try await all(["pipelines"], query: namespaceQuery, member: "pipelines", to: purpose)
    return try stored(.array(all.map { .object($0) }), id: "pipeline_id", purpose)
  }

  /// The versions of a pipeline, up to a thousand.
  package func versions(ofPipeline id: String) async throws(EngineError) -> [Stored] {
    let purpose = "list the versions of the pipeline"
    let all = try await all(
      ["pipelines", id, "versions"], query: [], member: "pipeline_versions", to: purpose)
    return try stored(.array(all.map { .object($0) }), id: "pipeline_version_id", purpose)
  }

  /// Uploads a pipeline, with its first version.
  ///
  /// - Parameters:
  ///   - content: the file.
  ///   - name: its name, of lower-case letters, digits and dashes.
  ///   - description: its description.
  package func uploadPipeline(_ content: [UInt8], name: String, description: String)
    async throws(EngineError) -> Stored
  {
    let query = [(name: "name", value: name), ("description", description)] + namespaceQuery
    let purpose = "upload the pipeline '\(name)'"
    let answer = try await send(
      "POST", ["pipelines", "upload"], query: query, .file(name: "\(name).yaml", content),
      to: purpose)
    return try one(answer, id: "pipeline_id", purpose)
  }

  /// Uploads a version of a pipeline.
  ///
  /// - Parameters:
  ///   - content: the file.
  ///   - name: the name of the version.
  ///   - file: the name of the file, without its extension.
  ///   - pipeline: the id of the pipeline.
  ///   - description: its description.
  package func uploadVersion(
    _ content: [UInt8], name: String, file: String, ofPipeline pipeline: String, description: String
  ) async throws(EngineError) -> Stored {
    let query = [
      (name: "name", value: name), ("pipelineid", pipeline), ("description", description),
    ]
    let purpose = "upload a version of the pipeline '\(file)'"
    let answer = try await send(
      "POST", ["pipelines", "upload_version"], query: query, .file(name: "\(file).yaml", content),
      to: purpose)
    return try one(answer, id: "pipeline_version_id", purpose)
  }

  /// The experiment with a name; nil if there is none.
  package func experiment(named name: String) async throws(EngineError) -> Stored? {
    let query = [(name: "filter", value: KubeflowAPI.filter(name: name))] + namespaceQuery
    let purpose = "look for the experiment '\(name)'"
    let answer = try await send("GET", ["experiments"], query: query, to: purpose)
    return try stored(answer["experiments"], id: "experiment_id", purpose).first {
      $0.name == name
    }
  }

  /// Creates an experiment.
  package func createExperiment(_ name: String) async throws(EngineError) -> Stored {
    var body: JSONObject = ["display_name": .init(name)]
    if let namespace { body["namespace"] = .init(namespace) }
    let purpose = "create the experiment '\(name)'"
    let answer = try await send("POST", ["experiments"], .json(body), to: purpose)
    return try one(answer, id: "experiment_id", purpose)
  }

  /// The part of a query that selects the user's namespace.
  var namespaceQuery: [(name: String, value: String)] {
    namespace.map { [("namespace", $0)] } ?? []
  }

  private func stored(_ list: JSONValue?, id: String, _ purpose: String) throws(EngineError)
    -> [Stored]
  {
    var all: [Stored] = []
    for element in list?.array ?? [] { all.append(try one(element, id: id, purpose)) }
    return all
  }

  private func one(_ json: JSONValue, id: String, _ purpose: String) throws(EngineError) -> Stored {
    Stored(
      id: try required(json, id, purpose), name: json["display_name"]?.string ?? "",
      description: json["description"]?.string ?? "")
  }

  /// A text that an answer has in any case.
  ///
  /// - Throws: ``EngineError`` if it does not.
  func required(_ json: JSONValue, _ name: String, _ purpose: String) throws(EngineError) -> String
  {
    if let text = json[name]?.string, !text.isEmpty { return text }
    throw EngineError(
      .version,
      "could not \(purpose): the answer has no '\(name)', so the server is of a version that Lyre "
        + "does not know; Kubeflow Pipelines 2 is needed",
      place: address)
  }
}
