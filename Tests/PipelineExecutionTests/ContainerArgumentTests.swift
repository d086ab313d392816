import JSONCore
import Pipelines
import Testing

@testable import PipelineExecution

@Suite("The command line of a container")
struct ContainerArgumentTests {
  static func node(_ properties: JSONObject) throws -> PipelineNode {
    var document = PipelineDocument(name: "p")
    try document.addNode(file: "a.ipynb", properties: properties)
    return try #require(document.pipeline.executableNodes.first)
  }

  @Test(
    "resources become limits, requests become shares",
    arguments: [
      ([:], []),
      (["cpu": 1.5, "memory": 2], ["--cpu-shares", "1536", "--memory-reservation", "2000000000"]),
      (
        ["cpu_limit": 1, "memory_limit": 0.5],
        ["--cpus", "1.0", "--memory", "500000000", "--memory-swap", "500000000"]
      ),
      // More cores than the machine has are refused by engines.
      (["cpu_limit": 64], ["--cpus", "2.0"]),
      (["memory_limit": 0.001], ["--memory", "6291456", "--memory-swap", "6291456"]),
      (
        ["memory": 4, "memory_limit": 2],
        [
          "--memory", "2000000000", "--memory-swap", "2000000000", "--memory-reservation",
          "2000000000",
        ]
      ),
      (["kubernetes_shared_mem_size": ["size": 2, "units": "G"]], ["--shm-size", "2000000000"]),
      (["gpu": 2], ["--gpus", "2"]),
      (["gpu": 1, "gpu_vendor": "nvidia.com/gpu"], ["--gpus", "1"]),
      (
        ["gpu": 2, "gpu_vendor": "intel.com/gpu"],
        [
          "--device", "intel.com/gpu=0", "--device", "intel.com/gpu=1",
        ]
      ),
      (
        ["gpu": 1, "gpu_vendor": "amd.com/gpu"],
        [
          "--device", "/dev/kfd", "--device", "/dev/dri", "--group-add", "video",
        ]
      ),
      (["cpu": -1, "memory_limit": -2, "gpu": 0], []),
    ] as [(JSONObject, [String])])
  func resources(properties: JSONObject, options: [String]) throws {
    var facts = EngineFacts()
    facts.cores = 2
    let resources = ContainerResources(try ContainerArgumentTests.node(properties))
    #expect(resources.options(for: .docker, facts) == options)
  }

  @Test("podman gets accelerators as devices, and an engine only limits that it has")
  func otherEngines() throws {
    let node = try ContainerArgumentTests.node(["gpu": 1, "cpu_limit": 1, "memory_limit": 1])
    var facts = EngineFacts()
    (facts.limitsMemory, facts.limitsProcessor) = (false, false)
    #expect(
      ContainerResources(node).options(for: .podman, facts) == ["--device", "nvidia.com/gpu=0"])
  }

  @Test(
    "files belong to the caller whatever the engine",
    arguments: [
      (EngineKind.docker, false, false, "--user 7:8 --group-add 9"),
      (.docker, false, true, "--userns host --user 7:8 --group-add 9"),
      (.docker, true, false, "--user 0:0"), (.podman, false, false, "--user 7:8 --group-add 9"),
      (.podman, true, false, "--userns keep-id --user 7:8"),
    ])
  func user(kind: EngineKind, isRootless: Bool, mapsUsers: Bool, options: String) {
    var facts = EngineFacts()
    (facts.isRootless, facts.mapsUsers) = (isRootless, mapsUsers)
    let user = ContainerUser(user: 7, group: 8, others: [9])
    #expect(user.options(for: kind, facts).joined(separator: " ") == options)
  }

  @Test(
    "a mount takes any path",
    arguments: [
      ("/a", "type=bind,source=/a,target=/a"),
      ("/a b=c", "type=bind,source=/a b=c,target=/a b=c"),
      ("/a,b", "type=bind,\"source=/a,b\",\"target=/a,b\""),
      ("/a\"b", "type=bind,\"source=/a\"\"b\",\"target=/a\"\"b\""),
    ])
  func mount(path: String, option: String) {
    #expect(ContainerMount(source: path, target: path).option == option)
    #expect(
      ContainerMount(source: "/x", target: "/y", isReadOnly: true).option.hasSuffix(",readonly"))
  }

  @Test("the whole command line has no value of a variable of the node, and user options win")
  func whole() throws {
    let node = try ContainerArgumentTests.node([:])
    var container = ContainerSpecification(
      name: "n", image: "repo/image:1", user: .init(user: 1, group: 2, others: []),
      resources: ContainerResources(node), workingDirectory: "/w",
      command: ["/.lyre/lyre", "node", "/d.json"])
    container.labels = [("lyre.owner", "me")]
    container.mounts = [.init(source: "/w", target: "/w")]
    container.variables = [("HOME", "/h")]
    container.network = "host"
    container.options = ["--user=5"]
    var facts = EngineFacts()
    facts.hasSELinux = true
    #expect(
      container.arguments(for: .docker, facts).joined(separator: " ")
        == "run --name n --pull never --label lyre.owner=me --mount type=bind,source=/w,target=/w "
        + "--env HOME=/h --user 1:2 --network host --security-opt label=disable --stop-timeout 30 "
        + "--workdir /w --user=5 --entrypoint /.lyre/lyre repo/image:1 node /d.json")
  }

  @Test(
    "a node sees the folders with its files, each once",
    arguments: [
      (nil, "/p", "/p", ["/p"]), ("/p", "/p/sub", "/p/sub/n", ["/p"]),
      ("/", "/p", "/p", ["/p"]), (nil, "/home/me/p", "/home/me/q", ["/home/me"]),
      (nil, "/p", "/q", ["/p", "/q"]), ("/real", "/link", "/link/n", ["/link", "/real"]),
    ] as [(String?, String, String, [String])])
  func folders(project: String?, pipeline: String, node: String, folders: [String]) {
    #expect(NodeMounts.folders(project: project, pipeline: pipeline, node: node) == folders)
  }
}
