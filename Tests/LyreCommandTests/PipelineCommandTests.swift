import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("Pipeline commands")
struct PipelineCommandTests {
  /// A pipeline of two scripts and a notebook in a chain, with all its files.
  private func make(_ lyre: Lyre, in folder: String = "") async throws {
    try lyre.notebook(["print 1"], to: "\(folder)nb.ipynb")
    try lyre.directory.write("#!/bin/sh\n", to: "\(folder)load.sh")
    try lyre.directory.write("#!/bin/sh\n", to: "\(folder)end.sh")
    let made = try await lyre.run([
      "pipeline", "new", "\(folder)p.pipeline", "\(folder)load.sh", "\(folder)nb.ipynb",
      "\(folder)end.sh", "--chain", "--description", "Three steps",
    ])
    #expect(made == .init(0))
  }

  @Test("new creates a valid pipeline, and does not overwrite one")
  func new() async throws {
    try await Lyre.with { lyre in
      try await make(lyre)
      #expect(
        try await lyre.run(["pipeline", "validate", "p.pipeline"])
          == .init(0, output: "p.pipeline: valid\n"))
      #expect(
        try await lyre.run(["pipeline", "new", "p.pipeline"])
          == .init(2, errors: "error: p.pipeline: already exists; --overwrite replaces it\n"))
      let linked = try await lyre.run([
        "pipeline", "new", "-", "load.sh", "nb.ipynb", "--link", "load.sh:gone.py",
      ])
      #expect(
        linked
          == .init(
            2,
            errors:
              "error: --link load.sh:gone.py: 'gone.py' is not among the notebooks and scripts\n"))
      let circle = try await lyre.run([
        "pipeline", "new", "-", "load.sh", "--link", "load.sh:load.sh",
      ])
      #expect(
        circle
          == .init(2, errors: "error: --link load.sh:load.sh: a file cannot wait for itself\n"))
      let named = try await lyre.run(["pipeline", "new", "p.json", "load.sh"])
      #expect(
        named
          == .init(
            2,
            errors:
              "error: p.json: the name must end in .pipeline, as Elyra requires\n"))
      #expect(throws: (any Error).self) { try lyre.directory.read("p.json") }
    }
  }

  @Test("validate reports every problem with its remedy, and ends with code 2")
  func validate() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write("#!/bin/sh\n", to: "a.sh")
      #expect(
        try await lyre.run([
          "pipeline", "new", "p.pipeline", "a.sh", "gone.sh", "bad.ipynb", "--link", "a.sh:gone.sh",
          "--link", "gone.sh:a.sh",
        ]).code == 0)
      try lyre.directory.write("{", to: "bad.ipynb")
      #expect(
        try await lyre.run(["pipeline", "validate", "p.pipeline", "none.pipeline"])
          == .init(
            2,
            output: """
              error: these nodes form a cycle: a.sh → gone.sh → a.sh
                  remove one of these links
              error: gone.sh: filename: there is no file 'gone.sh'
                  paths are relative to the folder of the pipeline's file
              error: bad.ipynb: filename: 'bad.ipynb' is not a notebook, because it is not JSON: line \
              1, column 2: expected a member's name in double quotes, found the end of the text
                  `lyre check` lists every fault
              warning: bad.ipynb: the node is not connected to any other one
                  it may run at any time, in parallel with the others
              p.pipeline: not valid: 3 errors

              """, errors: "error: none.pipeline: there is no such file\n"))
    }
  }

  @Test("validate --strict counts the warnings that make a pipeline invalid, and no notes")
  func strict() async throws {
    try await Lyre.with { lyre in
      for name in ["maker.sh", "user.sh", "alone.sh"] { try lyre.script(name, "true") }
      try lyre.pipeline([
        .init(file: "maker.sh", outputs: ["made.csv"]),
        .init(file: "user.sh", parents: ["maker.sh"], dependencies: ["made.csv"]),
        .init(file: "alone.sh"),
      ])
      let lenient = try await lyre.run(["pipeline", "validate", "p.pipeline"])
      #expect(lenient.code == 0 && lenient.output.hasSuffix("p.pipeline: valid\n"))
      // The note reports that made.csv is created only during the run.
      #expect(lenient.output.contains("'made.csv' does not exist yet"))
      let strict = try await lyre.run(["pipeline", "validate", "p.pipeline", "--strict"])
      let warnings = strict.output.split(separator: "\n").count { $0.hasPrefix("warning: ") }
      #expect(strict.code == 2 && warnings > 0)
      #expect(
        strict.output.hasSuffix(
          "p.pipeline: not valid: \(warnings) warning\(warnings == 1 ? "" : "s")\n"), "\(strict)")
    }
  }

  @Test("validate --json writes only JSON, even for a file that is not a pipeline")
  func json() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write("{", to: "torn.pipeline")
      let outcome = try await lyre.run(["pipeline", "validate", "torn.pipeline", "--json"])
      #expect(outcome.code == 2)
      #expect(outcome.errors == "")
      let value = try JSONValue(parsing: Array(outcome.output.utf8))
      #expect(value["valid"] == false)
      #expect(value["findings"]?[0]?["code"] == "not-json")
      #expect(value["findings"]?[0]?["elyra_type"] == "invalidJSON")
    }
  }

  @Test("validity does not depend on the current directory")
  func anywhere() async throws {
    try await Lyre.with { lyre in
      try await make(lyre, in: "deep/er/")
      try lyre.directory.write("", to: "elsewhere/x")
      var answers: [String] = []
      for (directory, path) in [
        (".", "deep/er/p.pipeline"), ("deep/er", "p.pipeline"), ("deep", "er/../er/p.pipeline"),
        ("elsewhere", "../deep/er/p.pipeline"), ("/", "\(lyre.directory.path)/deep/er/p.pipeline"),
      ] {
        let folder = directory == "/" ? "/" : "\(lyre.directory.path)/\(directory)"
        let command = try RunningCommand(
          try BuiltProduct.path("lyre"), ["pipeline", "validate", path, "--json"],
          environment: [
            "PATH": "/usr/bin:/bin", "HOME": lyre.directory.path,
            "JUPYTER_PATH": lyre.kernel.jupyterPath,
          ], directory: folder, limit: .seconds(60))
        let result = await command.result()
        #expect(result.ending == .exited(0), "\(result.outputText)")
        let value = try JSONValue(parsing: result.output)
        answers.append("\(value["findings"] ?? .null)")
      }
      #expect(Set(answers) == ["[]"])
    }
  }

  @Test("no path may lead out of the project: git's work tree, or the --root directory")
  func project() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write("#!/bin/sh\n", to: "out.sh")
      try lyre.directory.write("", to: "repo/.git/HEAD")
      try lyre.directory.write("", to: "repo/pipelines/x")
      let made = try await lyre.run(["pipeline", "new", "repo/pipelines/p.pipeline", "out.sh"])
      #expect(made.code == 0)
      let refused = try await lyre.run(["pipeline", "validate", "repo/pipelines/p.pipeline"])
      #expect(refused.code == 2)
      #expect(
        refused.output.contains(
          "error: out.sh: filename: '../../out.sh' lies outside of the project"))
      // A link must not do so either.
      let link = "\(lyre.directory.path)/repo/pipelines/link.sh"
      #expect(symlink("../../out.sh", link) == 0)
      let linked = try await lyre.run([
        "pipeline", "new", "--overwrite", "repo/pipelines/l.pipeline", "repo/pipelines/link.sh",
      ])
      #expect(linked.code == 0)
      let caught = try await lyre.run(["pipeline", "validate", "repo/pipelines/l.pipeline"])
      #expect(caught.output.contains("'link.sh' lies outside of the project"))
      let rooted = try await lyre.run([
        "pipeline", "validate", "repo/pipelines/p.pipeline", "--root", ".",
      ])
      #expect(rooted == .init(0, output: "repo/pipelines/p.pipeline: valid\n"))
    }
  }

  @Test("describe reports the same as Elyra's describe, and draws the graph")
  func describe() async throws {
    try await Lyre.with { lyre in
      try await make(lyre)
      let path = lyre.directory.path
      #expect(
        try await lyre.run(["pipeline", "describe", "p.pipeline"])
          == .init(
            0,
            output: """
              Pipeline name: p
              Description: Three steps
              Pipeline type: None specified
              Pipeline format version: 8
              Pipeline runtime: Generic
              Number of generic nodes: 3
              Number of custom nodes: 0
              Script dependencies:
                  - \(path)/end.sh
                  - \(path)/load.sh
              Notebook dependencies:
                  - \(path)/nb.ipynb
              Local file dependencies: None specified
              Component dependencies: None specified
              Volume dependencies: None specified
              Container image dependencies:
                  - quay.io/jupyter/minimal-notebook:latest
              Kubernetes secret dependencies: None specified

              ○  load.sh   script
              ●  nb.ipynb  notebook
              ●  end.sh    script

              """))
      let json = try await lyre.run(["pipeline", "describe", "--json", "p.pipeline"])
      let value = try JSONValue(parsing: Array(json.output.utf8))
      #expect(value["generic_node_count"] == 3)
      #expect(value["dependencies"]?["notebooks"] == [.init("\(path)/nb.ipynb")])
      #expect(value["nodes"]?.array?.count == 3)
      #expect(value["links"]?.array?.count == 2)
      let mermaid = try await lyre.run([
        "pipeline", "describe", "p.pipeline", "--format", "mermaid",
      ])
      #expect(
        mermaid.output == """
          flowchart LR
            n0(["load.sh"])
            n1["nb.ipynb"]
            n2(["end.sh"])
            n0 --> n1
            n1 --> n2

          """)
      let dot = try await lyre.run(["pipeline", "describe", "p.pipeline", "--format", "dot"])
      #expect(dot.output.hasPrefix("digraph \"p\" {\n") && dot.output.contains("n0 -> n1;"))
      let svg = try await lyre.run([
        "pipeline", "describe", "p.pipeline", "--format", "svg", "-o", "p.svg",
      ])
      #expect(svg == .init(0))
      let image = try String(decoding: lyre.directory.read("p.svg"), as: UTF8.self)
      #expect(image.hasPrefix("<svg ") && image.hasSuffix("</svg>\n"))
      #expect(image.contains(">nb.ipynb<"))
    }
  }

  @Test("migrate upgrades an older file to version 8 and leaves a new one unchanged")
  func migrate() async throws {
    try await Lyre.with { lyre in
      let old = """
        {"version": "3.0", "primary_pipeline": "p", "pipelines": [{"id": "p", "nodes": [
          {"id": "a", "type": "pipeline_node", "app_data": {"notebook": "work/nb.ipynb",
           "docker_image": "o/i", "vars": ["URL=http://h/a,b"], "ui_data": {"label": "nb"}}}],
          "app_data": {"title": "old"}}]}

        """
      try lyre.directory.write(old, to: "work/pipes/old.pipeline")
      try lyre.notebook(["print 1"], to: "work/nb.ipynb")
      let valid = try await lyre.run(["pipeline", "validate", "work/pipes/old.pipeline"])
      #expect(valid.code == 0)
      #expect(valid.output.contains("the pipeline has version 0"))
      #expect(
        try await lyre.run(["pipeline", "migrate", "--check", "work/pipes/old.pipeline"])
          == .init(1, errors: "work/pipes/old.pipeline: version 0, not 8\n"))
      #expect(
        try await lyre.run(["pipeline", "migrate", "work/pipes/old.pipeline"])
          == .init(0, errors: "work/pipes/old.pipeline: version 0 → 8\n"))
      let written = try lyre.directory.read("work/pipes/old.pipeline")
      let node = try JSONValue(parsing: written)["pipelines"]?[0]?["nodes"]?[0]
      let parameters = node?["app_data"]?["component_parameters"]
      #expect(parameters?["filename"] == "../nb.ipynb")
      #expect(parameters?["env_vars"] == [["env_var": "URL", "value": "http://h/a,b"]])
      #expect(
        try await lyre.run(["pipeline", "migrate", "work/pipes/old.pipeline"])
          == .init(0, errors: "work/pipes/old.pipeline: already has version 8\n"))
      #expect(try lyre.directory.read("work/pipes/old.pipeline") == written)
      let again = try await lyre.run([
        "pipeline", "validate", "work/pipes/old.pipeline", "--for", "elyra",
      ])
      #expect(!again.output.contains("version"), "\(again)")
    }
  }

  @Test(
    "describe and validate agree with Elyra's own commands",
    .enabled(if: ElyraCommand.isThere, "needs Elyra in the test environment: scripts/test-env"))
  func elyra() async throws {
    try await Lyre.with { lyre in
      try await make(lyre)
      try lyre.directory.write("print('from a')\n", to: "a.py")
      try lyre.directory.write("print('from b')\n", to: "b.py")
      let made = try await lyre.run([
        "pipeline", "new", "two.pipeline", "b.py", "a.py", "nb.ipynb", "--link", "a.py:b.py",
        "--link", "nb.ipynb:a.py",
      ])
      #expect(made.code == 0)
      // A kernel that names its Python: for others Elyra uses its own.
      let notebook = try lyre.notebook(["print('hello')", "6 + 1"], kernel: "ipykernel6")
      let run = try await ElyraCommand.run(["run", "two.pipeline"], in: lyre.directory.path)
      #expect(run.ending == .exited(0), "\(run.errorText)")
      #expect(run.outputText.contains("from a\nfrom b\n"))
      let outputs = try lyre.cells().map { $0["outputs"] }
      // The same by Lyre, from the same initial state.
      try lyre.directory.write(notebook, to: "nb.ipynb")
      let same = try await lyre.run(
        ["pipeline", "run", "two.pipeline", "-j", "1"],
        environment: RealKernels.environment)
      #expect(same.output == "a.py | from a\nb.py | from b\n", "\(same)")
      #expect(try lyre.cells().map { $0["outputs"] } == outputs)
      #expect(outputs.count == 2)
      let theirs = try await ElyraCommand.run(
        ["describe", "--json", "two.pipeline"], in: lyre.directory.path)
      let ours = try await lyre.run(["pipeline", "describe", "--json", "two.pipeline"])
      let (left, right) = (
        try JSONValue(parsing: Array(ours.output.utf8)), try JSONValue(parsing: theirs.output)
      )
      for member in right.object ?? [:] where member.key != "dependencies" {
        #expect(left[member.key.string] == member.value, "\(member.key)")
      }
      for member in right["dependencies"]?.object ?? [:] {
        let texts = (member.value.array ?? []).compactMap(\.string).sorted()
        let mine = (left["dependencies"]?[member.key.string]?.array ?? []).compactMap(\.string)
        #expect(mine == texts, "\(member.key)")
      }
    }
  }
}

/// Elyra's command in the test environment.
enum ElyraCommand {
  private static let path = RealKernels.folder + "/elyra/bin/elyra-pipeline"
  /// Whether the test environment contains Elyra, which then must work.
  static let isThere = access(RealKernels.folder + "/elyra", F_OK) == 0

  static func run(_ arguments: [String], in folder: String) async throws -> RunningCommand.Result {
    let command = try RunningCommand(
      path, arguments, environment: RealKernels.environment, directory: folder,
      limit: .seconds(120))
    return await command.result()
  }
}
