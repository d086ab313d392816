import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("lyre pipeline export with definitions at URLs")
struct ComponentURLTests {
  private static let definition = """
    name: Hi
    implementation: {container: {image: "acme/hi:1", command: [echo]}}

    """

  /// Exports a pipeline whose nodes are components of a URL catalog.
  private func export(_ lyre: Lyre, _ urls: [String], environment: [String: String] = [:])
    async throws -> Lyre.Outcome
  {
    let nodes = urls.enumerated().map { place, url -> JSONValue in
      let source: JSONValue = [
        "catalog_type": "url-catalog", "component_ref": ["url": .init(url)],
      ]
      return [
        "id": .init("n\(place)"), "type": "execution_node", "op": "url-catalog:1",
        "app_data": [
          "component_parameters": [:], "label": .init("Hi \(place)"),
          "ui_data": ["label": .init("Hi \(place)")],
          "component_source": .init(String(decoding: source.serialized(), as: UTF8.self)),
        ],
      ]
    }
    let file: JSONValue = [
      "version": "3.0", "primary_pipeline": "p",
      "pipelines": [
        [
          "id": "p", "nodes": .array(nodes),
          "app_data": ["version": 8, "properties": ["name": "p"]],
        ]
      ],
    ]
    try lyre.directory.write(file.serialized(), to: "p.pipeline")
    return try await lyre.run(
      ["pipeline", "export", "p.pipeline", "--to", "kfp", "-o", "-"], environment: environment)
  }

  @Test("a definition is downloaded once for all of its nodes, also where the server leads on")
  func reachable() async throws {
    try await Lyre.with { lyre in
      try await TestServer.with { request, _ in
        request.target == "/old.yaml"
          ? .reply(.init(301, "", [("location", "/new.yaml?version=2")]))
          : .reply(.init(200, Self.definition))
      } run: { server in
        let urls = ["\(server.url)/hi.yaml", "\(server.url)/hi.yaml", "\(server.url)/old.yaml"]
        let outcome = try await export(lyre, urls)
        #expect(outcome.code == 0 && !outcome.errors.contains("error"), "\(outcome)")
        #expect(outcome.output.split(separator: "image: acme/hi:1").count == 4)
        #expect(
          server.requests.map(\.target) == ["/hi.yaml", "/old.yaml", "/new.yaml?version=2"])
      }
    }
  }

  /// What a server sends, and what is said about it after the URL.
  static let answers: [(TestServer.Answer, String)] = [
    (
      .reply(.init(404)),
      "could not be read: the server answered with status 404 (status 404); save it in a folder"
    ),
    (
      .reply(.init(403)),
      "could not be read: the server answered with status 403 (status 403); save it in a folder"
    ),
    (
      .reply(.init(200, bytes: [], [("content-length", "4194305")])),
      "could not be read: it has 4194305 bytes, more than 4194304; save it in a folder"
    ),
    (
      .reply(.init(302, "", [("location", "/again")])),
      "could not be read: more than 5 redirections; save it in a folder"
    ),
  ]

  @Test(
    "what cannot be downloaded is an error with the node and the URL", arguments: answers.indices)
  func faults(index: Int) async throws {
    let (answer, message) = Self.answers[index]
    try await Lyre.with { lyre in
      try await TestServer.with { _, _ in
        answer
      } run: { server in
        let outcome = try await export(lyre, ["\(server.url)/hi.yaml?token=secret"])
        #expect(outcome.code == 2 && outcome.output == "", "\(outcome)")
        #expect(
          outcome.errors.contains(
            "the definition of the component of node 'Hi 0': \(server.url)/hi.yaml: \(message)"),
          "\(outcome)")
        #expect(!outcome.errors.contains("secret"))
      }
    }
  }

  /// A content, and what is said about it.
  static let texts: [(String, String)] = [
    ("{a: [", "is not YAML: "), ("<html>Log in</html>", "has no implementation.container"),
    ("name: Hi\nimplementation: {graph: {}}\n", "has no implementation.container"),
    ("", "has no implementation.container"),
    ("deploymentSpec: {}\n", "is a compiled pipeline of Kubeflow Pipelines"),
  ]

  @Test("a text that is not a definition is an error with the node", arguments: texts.indices)
  func content(index: Int) async throws {
    let (content, message) = Self.texts[index]
    try await Lyre.with { lyre in
      try await TestServer.with { _, _ in
        .reply(.init(200, content))
      } run: { server in
        let outcome = try await export(lyre, ["\(server.url)/hi.yaml"])
        #expect(outcome.code == 2 && outcome.output == "", "\(outcome)")
        #expect(
          outcome.errors.contains("the definition of the component of node 'Hi 0' \(message)"),
          "\(outcome)")
      }
    }
  }

  @Test("a server that is not there is an error that says what to do")
  func unreachable() async throws {
    try await Lyre.with { lyre in
      let url = try await TestServer.with { _, _ in
        .close
      } run: {
        $0.url
      }
      let outcome = try await export(lyre, ["\(url)/hi.yaml"])
      #expect(outcome.code == 2, "\(outcome)")
      #expect(outcome.errors.contains("\(url)/hi.yaml: could not be read: "), "\(outcome)")
      #expect(outcome.errors.contains("name the folder with --components, if this machine"))
    }
  }

  @Test(
    "a server behind https does not lead to one without",
    .enabled(if: access("/usr/bin/openssl", X_OK) == 0, "needs openssl"))
  func downgrade() async throws {
    try await Lyre.with { lyre in
      try await TestServer.with { _, _ in
        .reply(.init(200, Self.definition))
      } run: { server in
        for (name, place) in [("plain", "\(server.url)/x"), ("relative.yaml", "/hi.yaml")] {
          try lyre.directory.write(
            "HTTP/1.1 302 Found\r\nLocation: \(place)\r\nContent-Length: 0\r\n\r\n", to: name)
        }
        try lyre.directory.write(
          "HTTP/1.1 200 OK\r\nContent-Length: \(Self.definition.utf8.count)\r\n\r\n"
            + Self.definition, to: "hi.yaml")
        let made = try await lyre.shell(
          "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
            + " -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem"
        )
        #expect(made.code == 0, "\(made)")
        // It sends files as they are, with their heads.
        let secure = try RunningCommand(
          "/usr/bin/openssl",
          ["s_server", "-accept", "127.0.0.1:0", "-cert", "cert.pem", "-key", "key.pem", "-HTTP"],
          environment: [:], directory: lyre.directory.path)
        defer { secure.send(signal: SIGKILL) }
        #expect(await secure.hasPrinted("ACCEPT ", "\n"))
        let line = secure.outputSoFar.split(separator: "\n").first { $0.hasPrefix("ACCEPT ") }
        let port = try #require(line?.split(separator: ":").last)
        let trust = ["SSL_CERT_FILE": lyre.directory.path("cert.pem")]
        let url = "https://localhost:\(port)"
        let refused = try await export(lyre, ["\(url)/plain"], environment: trust)
        #expect(refused.code == 2 && refused.output == "", "\(refused)")
        #expect(
          refused.errors.contains(
            "node 'Hi 0': \(url)/plain: could not be read: the server leads to \(server.url)/x, "
              + "which is not encrypted; save it in a folder"), "\(refused)")
        #expect(server.requests.isEmpty)
        let followed = try await export(lyre, ["\(url)/relative.yaml"], environment: trust)
        #expect(followed.code == 0 && followed.output.contains("image: acme/hi:1"), "\(followed)")
        let untrusted = try await export(lyre, ["\(url)/hi.yaml"])
        #expect(
          untrusted.code == 2 && untrusted.errors.contains("\(url)/hi.yaml: "), "\(untrusted)")
      }
    }
  }
}
