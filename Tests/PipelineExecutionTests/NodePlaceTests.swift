import JSONCore
import KernelTesting
import Pipelines
import Testing

@testable import PipelineExecution

@Suite("Where nodes run")
struct NodePlaceTests {
  @Test(
    "options take all nodes or named ones",
    arguments: [
      ("all", NodePlaces.Choice.all), ("only:a", .only(["a"])),
      ("only:a,b c", .only(["a", "b c"])),
      ("only:", nil), ("a", nil), ("", nil),
    ] as [(String, NodePlaces.Choice?)])
  func choice(text: String, choice: NodePlaces.Choice?) {
    #expect(NodePlaces.Choice(text) == choice)
  }

  @Test("a named node, then its own property, then an option for all")
  func precedence() throws {
    let text = """
      {"doc_type":"pipeline","version":"3.0","id":"p","primary_pipeline":"q","schemas":[],
       "pipelines":[{"id":"q","runtime_ref":"","app_data":{"version":8,"properties":{}},"nodes":[
         {"id":"1","type":"execution_node","op":"execute-python-node",
          "app_data":{"component_parameters":{"filename":"a.py"}}},
         {"id":"2","type":"execution_node","op":"execute-python-node",
          "app_data":{"component_parameters":{"filename":"b.py"},"lyre":{"on":"process"}}},
         {"id":"3","type":"execution_node","op":"execute-python-node",
          "app_data":{"component_parameters":{"filename":"c.py"},"lyre":{"on":"slurm"}}}]}]}
      """
    let nodes = try PipelineDocument(Array(text.utf8)).pipeline.executableNodes
    let graph = try PipelineGraph(try PipelineDocument(Array(text.utf8)).pipeline)
    func places(_ change: (inout NodePlaces) -> Void) throws -> [NodePlace] {
      var places = NodePlaces()
      change(&places)
      return nodes.map { (try? places.resolved(in: graph))?.place(of: $0) ?? .process }
    }
    #expect(try places { _ in } == [.process, .process, .slurm])
    #expect(try places { $0.inContainers = .all } == [.container, .process, .slurm])
    #expect(
      try places {
        $0.inContainers = .only(["b", "c.py"])
        $0.onSlurm = .all
      } == [.slurm, .container, .container])
    var unknown = NodePlaces()
    unknown.onSlurm = .only(["x"])
    #expect(throws: NodeSelection.Unknown.self) { try unknown.resolved(in: graph) }
  }

  @Test("a program is static if it needs no loader")
  func programs() throws {
    // 64 bits, lowest byte first; one segment at 64.
    func program(_ segment: UInt8, _ name: [UInt8] = []) -> [UInt8] {
      var bytes = [UInt8](repeating: 0, count: 64 + 56) + name
      bytes.replaceSubrange(0..<6, with: [0x7F, 0x45, 0x4C, 0x46, 2, 1])
      (bytes[16], bytes[32], bytes[54], bytes[56]) = (2, 64, 56, 1)
      (bytes[64], bytes[64 + 8], bytes[64 + 32]) = (segment, 120, UInt8(name.count))
      return bytes
    }
    #expect(ProgramKind(of: program(1)) == .isStatic)
    #expect(
      ProgramKind(of: program(3, Array("/lib/ld.so\0".utf8))) == .isDynamic(loader: "/lib/ld.so"))
    for length in 0..<120 {
      #expect(ProgramKind(of: Array(program(1).prefix(length))) == .isNoProgram)
    }
    #expect(ProgramKind(of: Array("#!/bin/sh\n".utf8)) == .isNoProgram)
    var endless = program(1)
    (endless[39], endless[38]) = (0x7F, 0xFF)
    #expect(ProgramKind(of: endless) == .isNoProgram)
  }

  @Test("a mark tells whether its program runs")
  func marks() throws {
    let own = OwnerMark.current
    #expect(OwnerMark("\(own)") == own)
    #expect(own.life == .isRunning)
    var other = own
    other.start += 1
    #expect(other.life == .hasEnded)
    other = own
    other.boot = "another"
    #expect(other.life == .hasEnded)
    other = own
    other.machine = "another"
    #expect(other.life == .isUnknown)
    for text in ["", "a/b/c/1", "a/b/c/0/1", "a/b/c/1/x", "a/b/c/1/2/3"] {
      #expect(OwnerMark(text) == nil)
    }
    let fields = (4...22).map { "\($0)" }.joined(separator: " ")
    #expect(OwnerMark.start(inStatus: "7 (a) b) S \(fields)") == 22)
    #expect(OwnerMark.start(inStatus: "7 (a) Z \(fields)") == nil)
  }

  @Test("only a folder of a node is removed by its path, and only its owner's")
  func leftovers() throws {
    try TemporaryDirectory.with { directory in
      let folder = try NodeFolder(in: directory.path)
      try directory.write("x", to: "precious/lyre-nodes.txt")
      for path in ["\(directory.path)/precious", "\(directory.path)", "lyre-node-x", "/"] {
        NodeFolder.remove(leftover: path)
      }
      #expect(try directory.read("precious/lyre-nodes.txt") == Array("x".utf8))
      NodeFolder.remove(leftover: folder.path)
      #expect(throws: (any Error).self) { try NodeFolder(in: folder.path) }
    }
  }

  @Test("variables travel in a file that is read once")
  func variables() throws {
    try TemporaryDirectory.with { directory in
      let path = "\(directory.path)/environment"
      let variables = ["A": "1", "B": "a=b\nc", "C": "", "É": "ü"]
      try EnvironmentFile.write(variables, to: path)
      #expect(try EnvironmentFile.take(path) == variables)
      #expect(throws: (any Error).self) { try EnvironmentFile.take(path) }
    }
  }

  @Test("a value is determined once for all who want it, and a failure that may pass again")
  func once() async throws {
    struct Failure: Error {}
    let values = OnceForAll<Int, Int, Failure>(keeps: { _ in false })
    await #expect(throws: Failure.self) {
      try await values.value(for: 1) { () async throws(Failure) in throw Failure() }
    }
    let count = Counter()
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<20 {
        group.addTask {
          try await values.value(for: 1) { () async throws(Failure) in await count.next() }
        }
      }
      for try await value in group { #expect(value == 1) }
    }
  }

  private actor Counter {
    var count = 0
    func next() -> Int {
      count += 1
      return count
    }
  }
}
