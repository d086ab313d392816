import KernelTesting
import RealKernels
import Testing

@Suite("Notebooks of the web")
struct RemoteRunTests {
  @Test("a notebook and its parameters are read from the web, and the result is a file")
  func web() async throws {
    try await Lyre.with(members: ["language": "python"]) { lyre in
      let notebook = try lyre.notebook(["directory", "print from the web"])
      let (source, home) = (notebook, lyre.directory.path)
      try await TestServer.with { request, _ in
        switch request.target {
        case "/a/nb.ipynb?token=secret": .reply(.init(200, bytes: source))
        case "/p.yaml": .reply(.init(200, "print: 1\n"))
        default: .reply(.init(404))
        }
      } run: { server in
        let url = server.url + "/a/nb.ipynb?token=secret"
        let outcome = try await lyre.run([
          "run", url, "-f", server.url + "/p.yaml", "-o", "{name}-{print}.ipynb",
        ])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output == "= 1\n\(home)\nfrom the web\n")
        #expect(outcome.errors.contains("\(server.url)/a/nb.ipynb: "), "\(outcome)")
        #expect(!outcome.errors.contains("secret"))
        #expect(try lyre.text(2, in: "nb-1.ipynb") == "from the web\n")
        #expect(lyre.directory.entries.filter { $0.hasPrefix("lyre-") } == [])

        let missing = try await lyre.run(["run", server.url + "/none.ipynb", "-o", "x.ipynb"])
        #expect(
          missing
            == .init(
              2,
              errors:
                "error: \(server.url)/none.ipynb: could not be read: the server answered with "
                + "status 404 (status 404)\n"))
      }
    }
  }

  @Test(
    "what cannot be written, compared or understood is refused before anything runs",
    arguments: [
      (["run", "URL/nb.ipynb"], "cannot be written in place: files of the web can be read only"),
      (
        ["run", "nb.ipynb", "-o", "http://h/x.ipynb"],
        "--output: 'http://h/x.ipynb' cannot be written"
      ),
      (
        ["run", "nb.ipynb", "--report", "https://h/x.xml"],
        "--report: 'https://h/x.xml' cannot be written"
      ),
      (["run", "URL/nb.ipynb", "-o", "x.ipynb", "--cached"], "--cached: files in remote places"),
      (["run", "nb.ipynb", "-o", "s3://"], "--output: 's3://' is not the location of an object"),
      (
        ["run", "nb.ipynb", "-o", "s3://b/x/"],
        "--output: 's3://b/x/' does not name an object: the key is missing"
      ),
      (["run", "nb.ipynb", "-o", "s3://b/x", "--max-output", "10"], "--max-output: "),
      (
        ["run", "s3:///k", "-o", "x"],
        "'s3:///k' is not the location of an object: it does not name a bucket"
      ),
      (
        ["run", "nb.ipynb", "-o", "s3://b/x", "--s3-endpoint", "nonsense"],
        "'nonsense' is not the URL of a storage"
      ),
      (
        ["run", "nb.ipynb", "-o", "s3://b/x", "--s3-endpoint", "http://127.0.0.1:1"],
        "there are no credentials"
      ),
    ])
  func refusals(arguments: [String], message: String) async throws {
    try await Lyre.with { lyre in
      let source = try lyre.notebook(["print never"])
      try await TestServer.with { _, _ in
        .reply(.init(200, bytes: source))
      } run: { server in
        let outcome = try await lyre.run(
          arguments.map { $0.replacing("URL", with: server.url) })
        #expect(outcome.code == 2, "\(outcome)")
        #expect(outcome.errors.contains(message), "\(outcome)")
        #expect(outcome.output == "")
        #expect(lyre.directory.entries.filter { $0.hasPrefix("lyre-") } == [])
      }
    }
  }
}
