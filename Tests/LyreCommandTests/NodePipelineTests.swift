import JSONCore
import KernelTesting
import RealKernels
import SystemSupport
import Testing

@Suite(
  "A pipeline whose nodes run one by one with lyre node",
  .enabled(if: RealKernels.has("python3"), Comment(rawValue: RealKernels.missing)))
struct NodePipelineTests {
  /// The description of a node that runs in a copy of its files.
  private func description(_ node: PipelineFileNode, place: Int, in lyre: Lyre, elyra: Bool)
    -> JSONValue
  {
    let directory = lyre.directory
    func list(_ texts: [String]) -> JSONValue { .array(texts.map { .init($0) }) }
    var variables: JSONObject = ["year": "2026"]
    for (name, value) in node.environment { variables[name] = .init(value) }
    return [
      "version": 1, "subject": ["node": .init(node.file), "place": .init(place)],
      "files": [["folder": .init(directory.path("project"))]],
      "inputs": [
        "from": .init(directory.path("exchange")), "patterns": list(node.dependencies),
        "elyra": .init(elyra),
      ],
      "node": [
        "file": .init(node.file), "parameters": .object(FiveNodes.parameters),
        "environment": .object(variables),
      ],
      "outputs": [
        "to": .init(directory.path("exchange")), "patterns": list(node.outputs),
        "elyra": .init(elyra),
      ],
      "results": ["to": .init(directory.path("results/\(place)"))],
    ]
  }

  @Test("leaves the same files and notebooks as lyre pipeline run", arguments: [false, true])
  func equal(elyra: Bool) async throws {
    try await Lyre.with { lyre in
      try FiveNodes.write(to: "project", of: lyre)
      try FiveNodes.write(to: "local", of: lyre)
      let local = try await lyre.run(
        ["pipeline", "run", "-q", "local/p.pipeline", "-p", "year", "2026"],
        environment: RealKernels.environment)
      try #require(local.code == 0, "\(local)")

      try lyre.directory.makeDirectory("exchange")
      for (place, node) in FiveNodes.nodes.enumerated() {
        let json = description(node, place: place, in: lyre, elyra: elyra)
        try lyre.directory.write(json.serialized(.pretty), to: "node.json")
        let outcome = try await lyre.run(
          ["node", "node.json"], environment: RealKernels.environment)
        try #require(outcome.code == 0, "\(node.file): \(outcome)")
      }
      // What a host does at the end: the files that came back, and the notebooks.
      let steps = elyra ? "project/steps" : "project"
      let copied = try await lyre.shell(
        """
        # For Elyra logs of scripts and pages of notebooks are there, too.
        [ \(elyra) = false ] || rm exchange/*.log exchange/*.html exchange/*.ipynb
        cp -r exchange/. \(steps)/
        cp results/2/notebook.ipynb project/steps/fit.ipynb
        cp results/3/notebook.ipynb project/steps/plot.ipynb
        """)
      try #require(copied.code == 0, "\(copied)")
      let expected = try FiveNodes.content(of: lyre.directory.path("local"))
      let found = try FiveNodes.content(of: lyre.directory.path("project"))
      #expect(Set(found.keys) == Set(expected.keys))
      for (name, content) in expected { #expect(found[name] == content, "\(name)") }
      #expect(expected["steps/report.txt"] == "18 mm 2026\n<svg>2,6</svg><svg>3,9</svg>b\n")
      // The executed notebook has the parameters, and the notebook itself does not.
      let executed = try lyre.text(of: "results/2/executed.ipynb")
      #expect(executed.contains("injected-parameters"))
      #expect(expected["steps/fit.ipynb"]?.contains("injected-parameters") == false)
      #expect(expected["steps/fit.ipynb"]?.contains("2026 18 mm") == true)
    }
  }
}
