import JSONCore

extension KubeflowAPI {
  /// What a server says about itself.
  package struct Health: Sendable, Hashable {
    /// Whether it is for several users, with a namespace for each.
    package var isForSeveralUsers: Bool
    /// Its version; nil if it does not tell.
    package var version: String?
  }

  /// Whether the server is there, speaks this interface and accepts the login.
  ///
  /// - Throws: ``EngineError``; `version` also if the server speaks only an older version of the interface.
  package func health() async throws(EngineError) -> Health {
    let answer: JSONValue
    do throws(EngineError) {
      answer = try await send("GET", ["healthz"], to: "ask for its state")
    } catch {
      guard error.kind == .version, error.status == 404, await speaksVersion1() else { throw error }
      throw EngineError(
        .version,
        "the server speaks version 1 of the interface only: Lyre needs Kubeflow Pipelines 2, which "
          + "runs pipelines of the newer format",
        place: error.place, status: 404)
    }
    return Health(
      isForSeveralUsers: answer["multi_user"]?.bool ?? false, version: answer["tag_name"]?.string)
  }

  /// Whether the user may use the namespace.
  ///
  /// - Throws: ``EngineError`` if not.
  package func checkNamespace() async throws(EngineError) {
    _ = try await send(
      "GET", ["experiments"], query: [(name: "page_size", value: "1")] + namespaceQuery,
      to: "use the namespace '\(namespace ?? "")'")
  }

  /// Whether there is a server of Kubeflow Pipelines 1.
  private func speaksVersion1() async -> Bool {
    let answer = try? await send("GET", ["healthz"], root: "/apis/v1beta1", to: "ask for its state")
    return answer != nil
  }
}
