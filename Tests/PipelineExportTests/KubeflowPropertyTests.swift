import JSONCore
import PipelineExport
import Pipelines
import Testing

@Suite("Properties in Kubeflow Pipelines")
struct KubeflowPropertyTests {
  /// A node with every property that Elyra's editor and Lyre have.
  private func everything() throws -> KubeflowPipeline {
    let node = ExportFixture.node(
      "a", file: "code/a.ipynb",
      [
        "runtime_image": "acme/priv:1", "dependencies": ["data.csv"],
        "outputs": ["x.csv", "p/*.png"],
        "env_vars": [
          ["env_var": "GREETING", "value": "hi \"there\" $X 'q'"],
          ["env_var": "EMPTY", "value": ""],
          ["env_var": "HIDDEN", "value": "in clear"],
        ],
        "cpu": 1, "cpu_limit": 2.5, "memory": 2, "memory_limit": 4, "gpu": 1,
        "gpu_vendor": "amd.com/gpu",
        "kubernetes_secrets": [
          ["env_var": "HIDDEN", "name": "db", "key": "pw"],
          ["env_var": "USER", "name": "db", "key": "user"],
        ],
        "mounted_volumes": [
          ["path": "/mnt/d", "pvc_name": "data", "sub_path": "team/a", "read_only": true],
          ["path": "out", "pvc_name": "out"],
        ],
        "kubernetes_pod_annotations": [["key": "acme.io/note", "value": "a b"]],
        "kubernetes_pod_labels": [["key": "team", "value": "ml"]],
        "kubernetes_tolerations": [
          ["key": "gpu", "operator": "Equal", "value": "yes", "effect": "NoSchedule"],
          ["key": "", "operator": "Exists", "value": "", "effect": ""],
        ],
        "kubernetes_shared_mem_size": ["size": 2, "units": "G"],
        "pipeline_parameters": ["year", "name", "free"],
      ],
      lyre: [
        "timeout": 90.5, "retries": 3, "retry_delay": 10, "node_selector": ["disk": "ssd"],
        "node_affinity": [
          [
            "expressions": [["key": "zone", "operator": "In", "values": ["a", "b"]]], "weight": 5,
          ],
          ["expressions": [["key": "gpu", "operator": "Exists"]]],
        ],
        "image_pull_policy": "Always", "image_pull_secret": "registry",
      ], label: "Größe & Form")
    let pipeline = try ExportFixture.pipeline(
      [node],
      properties: [
        "description": "What it does",
        "pipeline_defaults": [
          "env_vars": [["env_var": "SHARED", "value": "1"]], "cos_object_prefix": "/pre/fix/",
          "kubernetes_pod_labels": [["key": "stage", "value": "prod"]],
        ],
        "pipeline_parameters": [
          [
            "name": "year", "description": "The year", "required": false,
            "default_value": ["type": "Integer", "value": 2024],
          ],
          ["name": "name", "default_value": ["type": "String"], "required": true],
          ["name": "free", "default_value": ["type": "Float"], "required": false],
          ["name": "flag", "default_value": ["type": "Bool", "value": true]],
        ],
      ],
      comments: [
        [
          "id": "c", "content": "on the node",
          "associated_id_refs": [["id": "r", "node_ref": "a"]],
        ],
        ["id": "d", "content": "on the page"],
      ])
    return try ExportFixture.compiled(pipeline, name: "My Pipeline")
  }

  private let name = "gr-e-form"

  @Test("the pipeline has its names, description, comments and parameters with types and defaults")
  func pipeline() throws {
    let compiled = try everything()
    #expect(
      compiled.spec["pipelineInfo"] == [
        "name": "my-pipeline", "displayName": "My Pipeline",
        "description": "What it does\n\non the page",
      ])
    #expect(
      compiled.spec["root"]?["inputDefinitions"]?["parameters"] == [
        "year": [
          "parameterType": "NUMBER_INTEGER", "defaultValue": 2024, "isOptional": true,
          "description": "The year",
        ],
        "name": ["parameterType": "STRING"],
        "free": ["parameterType": "NUMBER_DOUBLE", "isOptional": true],
        "flag": ["parameterType": "BOOLEAN", "defaultValue": true, "isOptional": true],
      ])
  }

  @Test("the container has its image, resources and variables, and none that a secret sets")
  func container() throws {
    let container = try everything().container(name)
    #expect(container?["image"] == "acme/priv:1")
    #expect(
      container?["env"] == [
        ["name": "ELYRA_RUNTIME_ENV", "value": "kfp"], ["name": "SHARED", "value": "1"],
        ["name": "GREETING", "value": "hi \"there\" $X 'q'"],
      ])
    #expect(
      container?["resources"] == [
        "resourceCpuRequest": "1", "resourceCpuLimit": "2.5", "resourceMemoryRequest": "2G",
        "resourceMemoryLimit": "4G",
        "accelerator": ["resourceType": "amd.com/gpu", "resourceCount": "1"],
      ])
  }

  @Test("the task has its name, retries and inputs; the parts of the node's files know their run")
  func task() throws {
    let compiled = try everything()
    #expect(
      compiled.task(name) == [
        "taskInfo": ["name": "Größe & Form"], "componentRef": ["name": .init("comp-\(name)")],
        "inputs": [
          "parameters": [
            "lyre_run": ["runtimeValue": ["constant": "{{$.pipeline_job_uuid}}"]],
            "year": ["componentInputParameter": "year"],
            "name": ["componentInputParameter": "name"],
            "free": ["componentInputParameter": "free"],
          ]
        ],
        "cachingOptions": [:],
        "retryPolicy": [
          "maxRetryCount": 3, "backoffDuration": "10s", "backoffFactor": 1,
          "backoffMaxDuration": "3600s",
        ],
      ])
    let arguments = try #require(compiled.container(name)?["args"]?.array)
    #expect(arguments[1] == "lyre" && arguments[2] == "{{$.inputs.parameters['lyre_run']}}")
    #expect(
      arguments.suffix(5) == [
        "--parameter", "year={{$.inputs.parameters['year']}}",
        "--parameter", "name={{$.inputs.parameters['name']}}",
        .init(
          #"{"IfPresent": {"InputName": "free", "Then": ["--parameter", "#
            + #""free={{$.inputs.parameters['free']}}"]}}"#),
      ])
  }

  @Test("the pod has everything that Kubernetes knows")
  func pod() throws {
    let pod = try everything().pod(name)
    func constant(_ name: String) -> JSONValue { ["runtimeValue": ["constant": .init(name)]] }
    let expected: JSONValue = [
      "imagePullPolicy": "Always",
      "imagePullSecret": [
        ["secretName": "registry", "secretNameParameter": constant("registry")]
      ],
      "secretAsEnv": [
        [
          "secretName": "db", "secretNameParameter": constant("db"),
          "keyToEnv": [
            ["secretKey": "pw", "envVar": "HIDDEN"], ["secretKey": "user", "envVar": "USER"],
          ], "optional": false,
        ],
        [
          "secretName": "s3", "secretNameParameter": constant("s3"),
          "keyToEnv": [
            ["secretKey": "AWS_ACCESS_KEY_ID", "envVar": "AWS_ACCESS_KEY_ID"],
            ["secretKey": "AWS_SECRET_ACCESS_KEY", "envVar": "AWS_SECRET_ACCESS_KEY"],
          ], "optional": false,
        ],
      ],
      "pvcMount": [
        [
          "constant": "data", "pvcNameParameter": constant("data"), "mountPath": "/mnt/d",
          "subPath": "team/a",
        ],
        ["constant": "out", "pvcNameParameter": constant("out"), "mountPath": "/out"],
      ],
      "emptyDirMounts": [
        ["volumeName": "shm", "mountPath": "/dev/shm", "medium": "Memory", "sizeLimit": "2G"]
      ],
      "tolerations": [
        ["key": "gpu", "operator": "Equal", "value": "yes", "effect": "NoSchedule"],
        ["operator": "Exists"],
      ],
      "podMetadata": [
        "labels": [
          "elyra/node-type": "notebook-script", "elyra/pipeline-name": "My_Pipeline",
          "elyra/node-name": "Gr__e___Form", "stage": "prod", "team": "ml",
        ],
        "annotations": [
          "elyra/node-file-name": "code/a.ipynb", "elyra/pipeline-source": "My Pipeline.pipeline",
          "acme.io/note": "a b", "elyra/node-user-doc": "on the node",
        ],
      ],
      "nodeSelector": ["labels": ["disk": "ssd"]],
      "nodeAffinity": [
        [
          "matchExpressions": [["key": "zone", "operator": "In", "values": ["a", "b"]]],
          "weight": 5,
        ],
        ["matchExpressions": [["key": "gpu", "operator": "Exists"]]],
      ],
      "activeDeadlineSeconds": "91",
    ]
    for member in expected.object ?? [:] {
      #expect(pod?[member.key.string] == member.value, "\(member.key)")
    }
    #expect(pod?.object?.map(\.key.string).sorted() == expected.object?.map(\.key.string).sorted())
  }

  @Test("lyre node gets a description with places in the bucket, and no credentials")
  func description() throws {
    let compiled = try everything()
    let description = try #require(try compiled.description(name))
    let run = "s3://bucket/pre/fix/My Pipeline/${RUN}"
    #expect(description.subject.node == "a" && description.subject.name == "Größe & Form")
    #expect(description.subject.run == .name("${RUN}"))
    #expect(description.results.description == "\(run)/.lyre/a")
    #expect(description.outputs?.place?.description == run)
    #expect(description.outputs?.patterns == ["x.csv", "p/*.png"])
    #expect(description.outputs?.isElyra == true && description.inputs == nil)
    #expect(description.node.file == "a.ipynb" && description.node.kernel == "python3")
    #expect(description.node.limit == 90.5)
    #expect(description.node.pipelineParameters == ["year", "name", "free"])
    #expect(description.node.parameters == ["year": 2024, "name": "", "free": 0.0])
    #expect(
      description.storage == ["endpoint": "http://minio:9000", "region": "eu-west-1"])
    guard case .archive(let place, nil) = description.files.first else {
      Issue.record("no archive")
      return
    }
    #expect(place.description.hasPrefix("s3://bucket/pre/fix/archives/"))
    #expect(place.description.hasSuffix(".tar.gz"))
  }

  @Test("what Kubeflow Pipelines cannot express is reported by name")
  func warnings() throws {
    let findings = try everything().findings
    #expect(findings.map(\.property) == ["mounted_volumes"])
    #expect(findings.first?.message.contains("'data' at /mnt/d") == true)
    let other = try ExportFixture.compiled(
      ExportFixture.pipeline([
        ExportFixture.node("a", file: "x/n.ipynb", ["disable_node_caching": "False"]),
        ExportFixture.node("b", file: "y/n.ipynb", lyre: ["on": "slurm"]),
      ]))
    #expect(
      other.findings.map(\.property).map { $0 ?? "" }.sorted()
        == ["disable_node_caching", "filename", "lyre.on"])
  }

  @Test("values that Argo and Kubernetes would change reach the node unchanged")
  func replacedTexts() throws {
    let values = [
      "{{workflow.name}}", "$(HOME)", "a$$b", "{{{x", "$$(Y)", "{{$.pipeline_job_uuid}}",
    ]
    let variables = values.enumerated().map { place, value -> JSONValue in
      ["env_var": .init("V\(place)"), "value": .init(value)]
    }
    let compiled = try ExportFixture.compiled(
      ExportFixture.pipeline([
        ExportFixture.node("a", ["env_vars": .array(variables), "outputs": ["{{x}}/$(y).csv"]])
      ]))
    let arguments = compiled.container("a")?["args"]?.array ?? []
    let text = try #require(arguments.first { $0.string?.contains("\"version\"") ?? false }?.string)
    for part in ["{{", "$(", "$$"] { #expect(!text.contains(part)) }
    #expect(NodeLoader(ExportFixture.settings).script.firstRange(of: "{{") == nil)
    let description = try #require(try compiled.description("a"))
    for (place, value) in values.enumerated() {
      #expect(description.node.environment["V\(place)"] == value)
    }
    #expect(description.outputs?.patterns == ["{{x}}/$(y).csv"])
  }
}
