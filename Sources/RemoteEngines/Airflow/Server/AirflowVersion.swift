import JSONCore
package import ObjectStorage

/// The version of an Airflow server, which decides how it is spoken with.
package struct AirflowVersion: Sendable, Hashable, CustomStringConvertible {
  /// The versions of the interface.
  package enum Interface: String, Sendable, Hashable {
    /// That of Airflow 2.
    case first = "v1"
    /// That of Airflow 3.
    case second = "v2"
  }

  /// The version as the server says it, such as `3.3.2`.
  package let description: String
  /// The version of its interface.
  package let interface: Interface

  /// Creates a version.
  package init(_ description: String, _ interface: Interface) {
    self.description = description
    self.interface = interface
  }

  /// Asks a server, without a login.
  ///
  /// - Parameters:
  ///   - address: the server's URL, without a slash at its end.
  ///   - exchange: sends the requests.
  ///   - limit: how long the server may take for an answer.
  /// - Throws: ``EngineError`` if the server cannot be reached, or there is no Airflow 2 or 3.
  package init(of address: String, _ exchange: WebExchange, limit: Duration = .seconds(60))
    async throws(EngineError)
  {
    var last: WebExchange.Answer?
    for interface in [Interface.second, .first] {
      let answer: WebExchange.Answer
      do throws(ObjectStorageError) {
        answer = try await exchange.answer(
          to: .init(
            "GET", "\(address)/api/\(interface.rawValue)/version",
            headers: [("accept", "application/json")]), attempts: 4, limit: limit)
      } catch {
        throw EngineError(error, server: address)
      }
      if answer.status == 200, let json = try? JSONValue(parsing: answer.body),
        let text = json["version"]?.string
      {
        self.init(text, interface)
        return
      }
      // What the older interface says is the answer of servers that have neither.
      last = answer
    }
    guard let last else { throw EngineError(.version, "no answer", place: address) }
    throw AirflowVersion.problem(last, address)
  }

  private static func problem(_ answer: WebExchange.Answer, _ address: String) -> EngineError {
    let place = WebFile.shown(address)
    switch answer.status {
    case 500...:
      return EngineError(
        .unreachable, "the server failed (status \(answer.status)); try again later", place: place,
        status: answer.status)
    case 300..<400, 401, 403:
      return EngineError(
        .denied,
        "something before Airflow wants a login (status \(answer.status)); name the address that "
          + "programs use", place: place, status: answer.status)
    default:
      return EngineError(
        .version,
        "there is no Airflow 2 or 3 (status \(answer.status)); check api_endpoint: it is the address of "
          + "Airflow's page, without /api", place: place, status: answer.status)
    }
  }
}
