import RemoteEngines
import Testing

@Suite struct EngineErrorTests {
  @Test func errorNamesThePlaceAndWhatHappened() {
    let error = EngineError(.missing, "there is no such run", place: "http://kfp.example")
    #expect(error.description == "http://kfp.example: there is no such run")
    #expect(EngineError(.missing, "there is no such run").description == "there is no such run")
  }

  @Test func bearerLoginGivesOneHeader() async throws {
    let headers = try await BearerLogin(token: "t").headers(afterRefusal: false)
    #expect(headers.map(\.name) == ["authorization"])
    #expect(headers.map(\.value) == ["Bearer t"])
  }
}
