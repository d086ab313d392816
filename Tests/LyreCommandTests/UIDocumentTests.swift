import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Synchronization
import SystemSupport
import Testing

@Suite("lyre ui: documents", .timeLimit(.minutes(5)))
struct UIDocumentTests {
  @Test("a pipeline is made, edited, saved, and found by the command line")
  func edited() async throws {
    try await UIServer.with { lyre, server in
      try lyre.script("a.sh", "echo $GREETING")
      try lyre.script("b.sh", "echo b")
      let made = try await server.send("POST", "/api/files", ["path": "new.pipeline"])
      #expect(made.status == 201)
      let taken = try await server.send("POST", "/api/files", ["path": "new.pipeline"])
      #expect(taken.status == 409 && taken.code == "exists")
      let opened = try await server.send("GET", "/api/pipeline?path=new.pipeline")
      #expect(
        opened.json["etag"] == made.json["etag"] && opened.json["migrated_from"]?.isNull == true)
      #expect(opened.headers["etag"] == "\"\(made.json["etag"]?.string ?? "")\"")
      let applied = try await server.send(
        "POST", "/api/pipeline/apply",
        [
          "path": "new.pipeline", "text": opened.json["text"] ?? .null,
          "edits": [
            ["op": "add_node", "file": "a.sh", "x": 40, "y": 40],
            ["op": "add_node", "file": "b.sh", "x": 240, "y": 40],
            ["op": "connect", "source": "$0", "target": "$1"],
            ["op": "add_comment", "text": "**Note** <script>alert(1)</script>", "x": 0, "y": 0],
          ],
        ])
      #expect(applied.status == 200 && applied.json["created"]?.array?.count == 4, "\(applied)")
      let flow = applied.json["view"]?["flows"]?[0]
      #expect(flow?["nodes"]?.array?.count == 2 && flow?["links"]?.array?.count == 1)
      let html = flow?["comments"]?[0]?["html"]?.string ?? ""
      #expect(html.contains("<strong>Note</strong>") && !html.contains("script"), "\(html)")
      let saved = try await server.send(
        "PUT", "/api/pipeline?path=new.pipeline", ["text": applied.json["text"] ?? .null],
        ["If-Match": "\"\(made.json["etag"]?.string ?? "")\""])
      #expect(saved.status == 200 && saved.json["etag"] != made.json["etag"], "\(saved)")
      let checked = try await lyre.run(["pipeline", "validate", "new.pipeline"])
      #expect(checked.code == 0, "\(checked)")
      let copied = try await server.send(
        "POST", "/api/pipeline/copy",
        [
          "path": "new.pipeline", "text": applied.json["text"] ?? .null,
          "ids": [applied.json["created"]?[0] ?? .null],
        ])
      #expect(copied.json["content"]?.string?.contains("a.sh") == true, "\(copied)")
    }
  }

  @Test("an edit that cannot be applied is named, and nothing is changed")
  func refusedEdit() async throws {
    try await UIServer.with { lyre, server in
      try lyre.pipeline([.init(file: "a.sh")])
      let text = try lyre.text(of: "p.pipeline")
      let answer = try await server.send(
        "POST", "/api/pipeline/apply",
        [
          "path": "p.pipeline", "text": .init(text),
          "edits": [
            ["op": "set_label", "id": "a.sh", "label": "A"], ["op": "remove", "ids": ["missing"]],
            ["op": "connect", "source": "missing", "target": "a.sh"],
          ],
        ])
      #expect(answer.status == 422 && answer.code == "edit_refused", "\(answer)")
      #expect((answer.json["edit"]?.int ?? 0) > 0)
      #expect(try lyre.text(of: "p.pipeline") == text)
      let none = try await server.send(
        "POST", "/api/pipeline/apply", ["path": "p.pipeline", "text": .init(text), "edits": []])
      #expect(none.json["text"]?.string == text)
    }
  }

  @Test(
    "what is not a pipeline gets its findings and its text",
    arguments: ["", "{", "[]", "{}", "{\"pipelines\":[]}", "\u{1}"])
  func notPipeline(text: String) async throws {
    try await UIServer.with { lyre, server in
      try lyre.directory.write(text, to: "p.pipeline")
      let opened = try await server.send("GET", "/api/pipeline?path=p.pipeline")
      #expect(opened.status == 422 && opened.code == "not_pipeline", "\(opened)")
      #expect(opened.json["findings"]?.array?.isEmpty == false)
      #expect(opened.json["text"]?.string == text)
      let applied = try await server.send(
        "POST", "/api/pipeline/apply", ["path": "p.pipeline", "text": .init(text), "edits": []])
      #expect(applied.status == 422 && applied.json["findings"]?.array?.isEmpty == false)
    }
  }

  @Test(
    "a file that was changed meanwhile is not overwritten: 412 with its text; then it is merged")
  func changedMeanwhile() async throws {
    try await UIServer.with { lyre, server in
      try lyre.pipeline([.init(file: "a.sh"), .init(file: "b.sh")])
      let opened = try await server.send("GET", "/api/pipeline?path=p.pipeline")
      let (tag, base) = (opened.json["etag"]?.string ?? "", opened.json["text"] ?? .null)
      func text(_ edits: JSONValue) async throws -> JSONValue {
        try await server.send(
          "POST", "/api/pipeline/apply", ["path": "p.pipeline", "text": base, "edits": edits]
        ).json["text"] ?? .null
      }
      let mine = try await text([["op": "set_label", "id": "a.sh", "label": "Mine"]])
      let theirs = try await text([["op": "set_label", "id": "b.sh", "label": "Theirs"]])
      try lyre.directory.write(theirs.string ?? "", to: "p.pipeline")
      let refused = try await server.send(
        "PUT", "/api/pipeline?path=p.pipeline", ["text": mine], ["If-Match": "\"\(tag)\""])
      #expect(refused.status == 412 && refused.json["text"] == theirs, "\(refused)")
      let merged = try await server.send(
        "POST", "/api/pipeline/merge",
        [
          "path": "p.pipeline", "base": base, "mine": mine, "theirs": refused.json["text"] ?? .null,
        ])
      #expect(merged.json["conflicts"] == [], "\(merged)")
      let labels = merged.json["view"]?["flows"]?[0]?["nodes"]?.array?.map { $0["label"] }
      #expect(labels == ["Mine", "Theirs"])
      let saved = try await server.send(
        "PUT", "/api/pipeline?path=p.pipeline", ["text": merged.json["text"] ?? .null],
        ["If-Match": refused.json["etag"]?.string])
      #expect(saved.status == 200, "\(saved)")
      unlink(lyre.directory.path("p.pipeline"))
      let gone = try await server.send(
        "PUT", "/api/pipeline?path=p.pipeline", ["text": mine],
        ["If-Match": saved.json["etag"]?.string])
      #expect(gone.status == 412 && gone.json["etag"]?.isNull == true, "\(gone)")
      let blind = try await server.send("PUT", "/api/pipeline?path=p.pipeline", ["text": mine])
      #expect(blind.status == 428)
    }
  }

  @Test("of two saves of the same state one succeeds")
  func twoTabs() async throws {
    try await UIServer.with { lyre, server in
      try lyre.pipeline([.init(file: "a.sh")])
      let tag = try await server.send("GET", "/api/pipeline?path=p.pipeline").json["etag"]?.string
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<8 {
          group.addTask {
            try await server.send(
              "PUT", "/api/pipeline?path=p.pipeline", ["text": "{\"tab\": \(number)}"],
              ["If-Match": tag]
            ).status
          }
        }
        return try await group.reduce(into: [Int]()) { $0.append($1) }.sorted()
      }
      #expect(statuses == [200] + Array(repeating: 412, count: 7))
    }
  }

  @Test("a stream reports that the pipeline's file has changed, and that it has vanished")
  func watched() async throws {
    try await UIServer.with { lyre, server in
      try lyre.pipeline([.init(file: "a.sh")])
      let directory = lyre.directory
      let bytes = try directory.read("p.pipeline") + [0x0A]
      /// The stream, to the first change that it reports; the change is made once it has begun.
      func stream(_ change: @escaping @Sendable () -> Void) async throws -> String {
        let once = Mutex(false)
        return try await server.stream(
          "/api/watch?path=p.pipeline", until: "event: changed"
        ) { text in
          let isFirst = once.withLock { done in
            guard !done, text.contains(": \n") else { return false }
            done = true
            return true
          }
          if isFirst { change() }
        }
      }
      let changed = try await stream {
        _ = try? directory.write(bytes, to: "p.pipeline")
      }
      let tag = try await server.send("GET", "/api/pipeline?path=p.pipeline").json["etag"]?.string
      #expect(changed.contains("event: changed\ndata: {\"etag\":\"\(tag ?? "")\"}"), "\(changed)")
      let gone = try await stream { unlink(directory.path("p.pipeline")) }
      #expect(gone.contains("event: changed\ndata: {\"etag\":null}"), "\(gone)")
    }
  }

  @Test(
    "a full disk: the save fails with the reason, and the file is as it was",
    .enabled(if: SmallDisk.canMount, SmallDisk.missing))
  func fullDisk() async throws {
    try await SmallDisk.with { lyre in
      try lyre.pipeline([.init(file: "a.sh")], to: "disk/p.pipeline")
      let server = try await UIServer.start(lyre, ["disk"])
      let before = try lyre.text(of: "disk/p.pipeline")
      let tag = try await server.send("GET", "/api/pipeline?path=p.pipeline").json["etag"]?.string
      let saved = try await server.send(
        "PUT", "/api/pipeline?path=p.pipeline",
        ["text": .init(String(repeating: "x", count: 400_000))], ["If-Match": tag])
      #expect(saved.status == 500 && saved.text.contains("No space left"), "\(saved)")
      #expect(try lyre.text(of: "disk/p.pipeline") == before)
      server.command.send(signal: SIGTERM)
      #expect(await server.command.result().ending == .exited(0))
    }
  }

  @Test("a pipeline of 5,000 nodes opens and takes an edit")
  func large() async throws {
    try await UIServer.with { lyre, server in
      let nodes = (0..<5000).map { number in
        PipelineFileNode(file: "n\(number).sh", parents: number == 0 ? [] : ["n\(number / 2).sh"])
      }
      try lyre.pipeline(nodes)
      let opened = try await server.send("GET", "/api/pipeline?path=p.pipeline")
      #expect(opened.status == 200)
      #expect(opened.json["view"]?["flows"]?[0]?["nodes"]?.array?.count == 5000)
      let applied = try await server.send(
        "POST", "/api/pipeline/apply",
        [
          "path": "p.pipeline", "text": opened.json["text"] ?? .null,
          "edits": [["op": "set_label", "id": "n4999.sh", "label": "Last"]],
        ])
      #expect(applied.status == 200)
    }
  }

  @Test("variables and parameters are found in files; patterns are counted; files are shown")
  func files() async throws {
    try await UIServer.with { lyre, server in
      try lyre.directory.write(
        "import os\na = os.environ['ONE']; b = os.getenv(\"TWO\", 1); c = os.environ.get('ONE')\n",
        to: "sub/a.py")
      try lyre.notebook(
        ["year = 2024\nname: str = 'x'"], tags: [0: "parameters"], language: "python")
      try lyre.pipeline([.init(file: "a.py")], to: "sub/p.pipeline")
      let script = try await server.send(
        "GET", "/api/files/about?pipeline=sub/p.pipeline&file=a.py")
      #expect(script.json["environment"] == ["ONE", "TWO"], "\(script)")
      #expect(script.json["kind"] == "python" && script.json["exists"] == true)
      let notebook = try await server.send(
        "GET", "/api/files/about?pipeline=sub/p.pipeline&file=../nb.ipynb")
      let names = notebook.json["parameters"]?.array?.map { $0["name"] }
      #expect(names == ["year", "name"], "\(notebook)")
      let missing = try await server.send(
        "GET", "/api/files/about?pipeline=sub/p.pipeline&file=missing.py")
      #expect(missing.status == 200 && missing.json["exists"] == false)
      let outside = try await server.send(
        "GET", "/api/files/about?pipeline=sub/p.pipeline&file=../../../../etc/passwd")
      #expect(outside.status == 403, "\(outside)")
      let matches = try await server.send(
        "GET", "/api/files/matches?pipeline=sub/p.pipeline&node=a.py&pattern=*.p*")
      #expect(matches.json["entries"] == ["sub/a.py", "sub/p.pipeline"], "\(matches)")
      for path in ["sub/a.py", "nb.ipynb"] {
        let page = try await server.send("GET", "/api/files/view?path=\(path)")
        #expect(page.status == 200 && page.text.contains("<html"))
        let policy = page.headers["content-security-policy"] ?? ""
        #expect(policy.hasPrefix("sandbox allow-scripts") && !policy.contains("same-origin"))
      }
      let list = try await server.send("GET", "/api/files?folder=sub")
      #expect(list.json["entries"]?.array?.map { $0["kind"] } == ["python", "pipeline"])
      let found = try await server.send("GET", "/api/files?search=P.PIPE")
      #expect(found.json["entries"]?.array?.map { $0["path"] } == ["sub/p.pipeline"])
    }
  }
}
