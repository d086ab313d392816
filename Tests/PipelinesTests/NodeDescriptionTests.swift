import JSONCore
import Testing

@testable import Pipelines

@Suite("Descriptions of nodes")
struct NodeDescriptionTests {
  /// A small description.
  static let small: JSONValue = [
    "version": 1,
    "subject": ["run": 7, "pipeline": "p.pipeline", "node": "n1", "name": "load", "attempt": 2],
    "work": "/data/p",
    "node": ["file": "a/load.ipynb", "kind": "notebook"],
    "results": ["to": "/data/r"],
  ]

  /// The small description with a member changed; the path has dots, and a number for a list.
  static func changed(_ path: String, to value: JSONValue?) -> JSONValue {
    func change(_ json: JSONValue, _ keys: ArraySlice<Substring>) -> JSONValue {
      guard let key = keys.first else { return value ?? .null }
      var object = json.object ?? [:]
      let rest = keys.dropFirst()
      object[String(key)] =
        rest.isEmpty && value == nil ? nil : change(object[String(key)] ?? [:], rest)
      return .object(object)
    }
    return change(small, path.split(separator: ".")[...])
  }

  @Test("the JSON form of a random description gives an equal description")
  func roundTrip() throws {
    var numbers = SeededNumbers(state: 19)
    for _ in 0..<2000 {
      let description = RandomDescription.make(&numbers)
      let text = description.json.serialized(.pretty)
      let read = try NodeDescription(json: JSONValue(parsing: text))
      #expect(read == description, "\(String(decoding: text, as: UTF8.self))")
    }
  }

  @Test("whatever a member is changed to, the description is read or refused with a place")
  func changes() throws {
    var numbers = SeededNumbers(state: 20)
    let values: [JSONValue] = [
      nil, true, 0, -1, 1e308, .init(Int.max), "", "x", "/", "..", "s3://", "\u{0}", [], [[]],
      [nil],
      ["x"], [:], ["to": "/x"], ["a": nil], .init(String(repeating: "/..", count: 10_000)),
    ]
    func change(_ json: JSONValue) -> JSONValue {
      guard Int.random(in: 0..<4, using: &numbers) > 0 else {
        return values[Int.random(in: 0..<values.count, using: &numbers)]
      }
      switch json {
      case .object(let object) where !object.isEmpty:
        var object = object
        let member = object[Int.random(in: 0..<object.count, using: &numbers)]
        object[member.key.string] = change(member.value)
        return .object(object)
      case .array(var array) where !array.isEmpty:
        let place = Int.random(in: 0..<array.count, using: &numbers)
        array[place] = change(array[place])
        return .array(array)
      default: return values[Int.random(in: 0..<values.count, using: &numbers)]
      }
    }
    var refused = 0
    for _ in 0..<5000 {
      let json = change(RandomDescription.make(&numbers).json)
      do throws(PipelineError) {
        let read = try NodeDescription(json: json)
        #expect(try NodeDescription(json: read.json) == read)
      } catch {
        refused += 1
        #expect(!error.message.isEmpty)
      }
    }
    #expect(refused > 1000)
  }

  @Test("a small description has the defaults of everything that it leaves out")
  func defaults() throws {
    let description = try NodeDescription(json: Self.small)
    #expect(description.subject.run == .number(7))
    #expect(description.subject.attempt == 2)
    #expect(description.subject.place == 0)
    #expect(description.files == [])
    #expect(description.inputs == nil)
    #expect(description.outputs == nil)
    #expect(description.node.limit == nil)
    #expect(description.node.environment == [:])
    #expect(description.results == .path("/data/r"))
    #expect(description.pipelineNode.kind == .notebook)
    #expect(description.pipelineNode.file == "a/load.ipynb")
    #expect(description.pipelineNode.label == "load")
  }

  @Test(
    "the kind of a file follows from its name",
    arguments: [
      ("x.ipynb", NodeDescription.Work.Kind.notebook, PipelineNode.Kind.notebook),
      ("x.py", .python, .pythonScript), ("x.R", .r, .rScript), ("x.sh", .script, .script),
      ("x.jl", .script, .script), ("run", .script, .script),
    ])
  func kinds(file: String, kind: NodeDescription.Work.Kind, operation: PipelineNode.Kind) throws {
    var json = Self.changed("node.file", to: .init(file))
    json.updateObject { $0.update("node") { $0.updateObject { $0["kind"] = nil } } }
    let description = try NodeDescription(json: json)
    #expect(description.node.kind == kind)
    #expect(description.pipelineNode.kind == operation)
  }

  /// What is wrong, the place in the error, and words of the remedy.
  static let faults: [(JSONValue, place: String, words: String)] = [
    ([1], "", "expected an object, found"),
    (changed("version", to: nil), "version", "missing; it is the number 1"),
    (changed("version", to: 2), "version", "this lyre reads version 1"),
    (changed("version", to: "1"), "version", "expected the number 1"),
    (changed("subject", to: nil), "subject", "missing"),
    (changed("subject.node", to: nil), "subject.node", "missing; it is a string"),
    (changed("subject.node", to: 5), "subject.node", "expected a string, found"),
    (changed("subject.attempt", to: 0), "subject.attempt", "a number from 1"),
    (changed("subject.place", to: -1), "subject.place", "a number from 0"),
    (changed("subject.place", to: 1e40), "subject.place", "a number from 0"),
    (changed("subject.run", to: []), "subject.run", "a string or a number"),
    (changed("subject.colour", to: 1), "subject.colour", "the keys here are run, pipeline, node"),
    (changed("work", to: "data"), "work", "an absolute path"),
    (changed("work", to: "/a\u{0}b"), "work", "an absolute path"),
    (changed("work", to: nil), "work", "there are no files to run"),
    (changed("files", to: "x"), "files", "a list of objects"),
    (changed("files", to: ["x"]), "files[0]", "expected an object"),
    (changed("files", to: [[:]]), "files[0]", "one of the keys folder, archive and object"),
    (
      changed("files", to: [["folder": "/a", "archive": "/b"]]), "files[0]",
      "one of the keys folder, archive and object"
    ),
    (changed("files", to: [["folder": "a"]]), "files[0].folder", "an absolute path"),
    (changed("files", to: [["archive": "x"]]), "files[0].archive", "s3://BUCKET/KEY"),
    (changed("files", to: [["archive": "s3:///k"]]), "files[0].archive", "s3://BUCKET/KEY"),
    (
      changed("files", to: [["archive": "/x", "sha256": "abc"]]), "files[0].sha256",
      "64 hexadecimal digits"
    ),
    (changed("files", to: [["object": "/x"]]), "files[0].to", "missing"),
    (
      changed("files", to: [["object": "/x", "to": "../y"]]), "files[0].to",
      "inside the work folder"
    ),
    (changed("files", to: [["object": "/x", "to": "a/../../y"]]), "files[0].to", "inside"),
    (changed("files", to: [["object": "/x", "to": "/y"]]), "files[0].to", "inside"),
    (changed("files", to: [["object": "/x", "to": "."]]), "files[0].to", "inside"),
    (
      changed("files", to: [["folder": "/x", "to": "y"]]), "files[0].to", "the keys here are folder"
    ),
    (changed("inputs", to: ["from": "/x", "patterns": [""]]), "inputs.patterns[0]", "not empty"),
    (changed("inputs", to: ["from": "/x", "patterns": [1]]), "inputs.patterns[0]", "not empty"),
    (changed("inputs", to: ["from": "x"]), "inputs.from", "absolute path"),
    (changed("inputs", to: ["optional": ["x"]]), "inputs.optional", "with the key from"),
    (changed("inputs", to: ["archives": ["/x"]]), "inputs.archives", "the key from"),
    (
      changed("inputs", to: ["from": "/x", "archives": ["x"]]), "inputs.archives[0]",
      "absolute path or s3://"
    ), (changed("outputs", to: ["archives": ["/x"]]), "outputs.archives", "the key to"),
    (changed("outputs", to: ["from": "/x"]), "outputs.from", "the keys here are to"),
    (changed("outputs", to: ["subfolders": true]), "outputs.subfolders", "no such key"),
    (changed("outputs", to: ["to": "/x", "elyra": "yes"]), "outputs.elyra", "true or false"),
    (changed("node", to: nil), "node", "missing"),
    (changed("node.file", to: ""), "node.file", "a string with a path"),
    (changed("node.kind", to: "julia"), "node.kind", "notebook, python, r, script"),
    (changed("node.kind", to: "python"), "node.kind", "of the kind notebook"),
    (changed("node.file", to: "x.py"), "node.kind", "a notebook's file ends with .ipynb"),
    (changed("node.parameters", to: [1]), "node.parameters", "an object"),
    (changed("node.environment", to: ["A": 1]), "node.environment.A", "expected a string"),
    (changed("node.environment", to: ["A=B": "x"]), "node.environment.A=B", "has no ="),
    (changed("node.environment", to: ["": "x"]), "node.environment.", "not empty"),
    (changed("node.environment", to: ["A": "x\u{0}"]), "node.environment.A", "expected a string"),
    (changed("node.limit_seconds", to: 0), "node.limit_seconds", "above 0"),
    (changed("node.limit_seconds", to: 1e300), "node.limit_seconds", "below 1000000000"),
    (changed("node.limit_seconds", to: "5"), "node.limit_seconds", "a number of seconds"),
    (changed("node.kernel_fallback", to: "any"), "node.kernel_fallback", "default, never"),
    (changed("node.destination", to: "out.ipynb"), "node.destination", "an absolute path"),
    (changed("results", to: nil), "results", "missing"),
    (changed("results", to: [:]), "results.to", "missing"),
    (changed("results", to: ["to": "https://x/y"]), "results.to", "s3://BUCKET/KEY"),
    (changed("storage", to: "http://x"), "storage", "an object"),
    (
      changed("storage", to: ["credentials_file": "key"]), "storage.credentials_file",
      "an absolute path"
    ),
    (changed("outptus", to: [:]), "outptus", "there is no such key; the keys here are version"),
  ]

  @Test("an error names the key and the remedy", arguments: faults.indices)
  func faulty(index: Int) throws {
    let fault = Self.faults[index]
    do throws(PipelineError) {
      _ = try NodeDescription(json: fault.0)
      Issue.record("accepted: \(fault.0)")
    } catch {
      #expect(error.place == fault.place, "\(error)")
      #expect(error.message.contains(fault.words), "\(error)")
    }
  }

  @Test("a file that is fetched stays in its folder; one that is there may be beside it")
  func outside() throws {
    var json = Self.changed("node.file", to: "../other/load.ipynb")
    #expect(try NodeDescription(json: json).node.file == "../other/load.ipynb")
    json.updateObject { $0["files"] = [["folder": "/x"]] }
    #expect(throws: PipelineError.self) { try NodeDescription(json: json) }
  }

  @Test("a key that is there twice is an error, and no error repeats a value")
  func twice() throws {
    let text = #"{"version": 1, "results": {"to": "SECRET", "to": "/x"}}"#
    for json in [
      try JSONValue(parsing: Array(text.utf8)), Self.changed("node.environment", to: "SECRET"),
      Self.changed("node.token", to: "SECRET"), Self.changed("work", to: "SECRET"),
      Self.changed("results", to: ["to": "SECRET"]), Self.changed("storage", to: "SECRET"),
      Self.changed("node.environment", to: ["A": ["SECRET"]]),
    ] {
      let error = #expect(throws: PipelineError.self) { try NodeDescription(json: json) }
      #expect(error?.description.contains("SECRET") == false)
    }
  }
}

/// Descriptions with random values.
private enum RandomDescription {
  static func make(_ numbers: inout SeededNumbers) -> NodeDescription {
    func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &numbers)] }
    func flag() -> Bool { Bool.random(using: &numbers) }
    func maybe<T>(_ value: T) -> T? { flag() ? value : nil }
    let texts = [
      "x", "é 漢字 🎈", "a b", "line\nline", "quote \" \\", "null", "e\u{301}", "\u{1b}[31m",
    ]
    func place() -> FilesPlace {
      pick([
        .path("/"), .path("/a b/ü"), .object(bucket: "b", key: ""),
        .object(bucket: "b-1.x", key: "p/é q/"), .object(bucket: "b", key: "k//l"),
      ])
    }
    let file = pick(["x.ipynb", "sub/y.ipynb", "z.py", "f.r", "run.sh", "p r/ü"])
    var work = NodeDescription.Work(file: file)
    work.kernel = maybe("python3")
    work.language = maybe("python")
    if flag() { work.parameters = ["n": 5, "t": .init(pick(texts)), "l": [1.5, nil, true]] }
    if flag() { work.pipelineParameters = [pick(texts), "n"] }
    if flag() { work.environment = ["A": pick(texts), "B": "", pick(["C", "é"]): "x=y"] }
    work.limit = maybe(pick([0.5, 1, 86_400]))
    work.kernelStart = maybe(60)
    work.kernelFallback = maybe(pick(["default", "never"]))
    work.keepsOldOutputs = flag()
    work.python = maybe("/opt/python")
    work.destination = maybe("/out/\(pick(texts)).ipynb")
    work.environmentFile = maybe("/run/environment")
    var description = NodeDescription(
      subject: .init(
        run: pick([nil, .number(5), .name(pick(texts))]), pipeline: maybe(pick(texts)),
        node: pick(texts), name: pick(texts), place: pick([0, 7]), attempt: pick([1, 3])),
      node: work, results: place())
    description.work = maybe("/work")
    let hash = maybe(String(repeating: "0a", count: 32))
    description.files = pick([
      [], [.folder("/src")],
      [.archive(place(), sha256: hash), .object(place(), to: "a/b c", sha256: nil)],
    ])
    func exchange() -> NodeDescription.Exchange {
      var exchange = NodeDescription.Exchange(
        place: maybe(place()), patterns: pick([[], ["*.csv", "dir/", "../up"]]), isElyra: flag())
      if exchange.place != nil { exchange.archives = pick([[], [place()], [place(), place()]]) }
      return exchange
    }
    description.inputs = maybe(exchange())
    description.inputs?.includesSubfolders = flag()
    if description.inputs?.place != nil { description.inputs?.optional = pick([[], ["*.txt"]]) }
    description.outputs = maybe(exchange())
    if description.files.isEmpty { description.work = description.work ?? "/work" }
    description.storage = maybe(["endpoint": "http://127.0.0.1:9000"])
    description.storageCredentials = maybe("/run/credentials")
    return description
  }
}
