import JSONCore
import PipelineExport
import Pipelines
import Testing

@Suite("Pipelines for Airflow")
struct AirflowTests {
  private func dag(
    _ nodes: [JSONValue], _ airflow: AirflowSettings = .init(), properties: JSONObject = [:],
    comments: [JSONValue] = [], name: String = "test", settings: ExportSettings? = nil,
    files: FakeExportFiles = .init()
  ) throws -> AirflowPipeline {
    try AirflowPipeline(
      ExportPlan(
        ExportFixture.pipeline(nodes, properties: properties, comments: comments), for: .airflow,
        name: name, settings: settings ?? ExportFixture.settings, files: files), airflow)
  }

  private func problem(_ body: () throws -> AirflowPipeline) -> String {
    do {
      return "no error: \(try body().id)"
    } catch {
      return "\(error)"
    }
  }

  @Test func aDAGIsReadablePython() throws {
    let made = try dag(
      [
        ExportFixture.node("load", ["outputs": ["x.csv"]], lyre: ["retries": 1, "retry_delay": 5]),
        ExportFixture.node("train", parents: ["load"]),
      ], .init(.bash, schedule: " 0 6 * *  1 "), settings: .init(bucket: "b", version: "1"))
    #expect(
      made.source == #"""
        # test: made by Lyre from test.pipeline; changes belong there.
        import json
        from datetime import datetime, timedelta, timezone

        from airflow.providers.standard.operators.bash import BashOperator

        try:
            from airflow.sdk import DAG
        except ImportError:  # Airflow 2
            from airflow import DAG


        def node_text(description):
            """A node's description, of which neither Jinja nor Kubernetes replaces a part."""
            text = json.dumps(description, ensure_ascii=False)
            for found in ("{{", "{%", "{#", "$(", "$$"):
                text = text.replace(found, f"{found[0]}\\u{ord(found[1]):04x}")
            return text


        with DAG(
            dag_id="test",
            schedule="0 6 * * 1",
            start_date=datetime(2024, 1, 1, tzinfo=timezone.utc),
            catchup=False,
            tags=["lyre"],
        ):
        \#(beginning("load", place: 0))
                            "node": {
                                "file": "load.py",
                                "kind": "python",
                                "environment": {"ELYRA_RUNTIME_ENV": "airflow"},
                            },
                            "outputs": {
                                "to": "s3://b/test/${RUN}",
                                "patterns": ["x.csv"],
                                "elyra": True,
                            },
                            "results": {"to": "s3://b/test/${RUN}/.lyre/load"},
                        },
                    ),
                },
                append_env=True,
                retries=1,
                retry_delay=timedelta(seconds=5),
            )

        \#(beginning("train", place: 1))
                            "inputs": {
                                "from": "s3://b/test/${RUN}",
                                "patterns": ["x.csv"],
                                "elyra": True,
                            },
                            "node": {
                                "file": "train.py",
                                "kind": "python",
                                "environment": {"ELYRA_RUNTIME_ENV": "airflow"},
                            },
                            "outputs": {
                                "to": "s3://b/test/${RUN}",
                                "patterns": [],
                                "elyra": True,
                            },
                            "results": {"to": "s3://b/test/${RUN}/.lyre/train"},
                        },
                    ),
                },
                append_env=True,
            )

            load >> train

        """#)
  }

  /// The task of a node, up to its files; it begins in a line with four blanks.
  private func beginning(_ id: String, place: Int) -> String {
    #"""
        \#(id) = BashOperator(
            task_id="\#(id)",
            bash_command='exec lyre node --json "$LYRE_NODE" --set "RUN=$ELYRA_RUN_NAME"',
            env={
                "ELYRA_RUNTIME_ENV": "airflow",
                "ELYRA_RUN_NAME": "{{ run_id }}",
                "LYRE_NODE": node_text(
                    {
                        "version": 1,
                        "subject": {
                            "run": "${RUN}",
                            "pipeline": "test.pipeline",
                            "node": "\#(id)",
                            "name": "\#(id)",
                            "place": \#(place),
                            "attempt": 1,
                        },
                        "files": [
                            {
                                "archive": "s3://b/archives/\#(archive(id))",
                            },
                        ],
    """#
  }

  private func archive(_ id: String) -> String {
    NodeArchive([.init(path: "\(id).py", sha256: String(repeating: "a", count: 64))]).name
  }

  /// A node with every property that Elyra's editor and Lyre have.
  private let everything = ExportFixture.node(
    "a", file: "a.ipynb",
    [
      "env_vars": [["env_var": "HIDDEN", "value": "in clear"]],
      "cpu": 1, "cpu_limit": 2.5, "memory": 2, "memory_limit": 4, "gpu": 1,
      "kubernetes_secrets": [["env_var": "HIDDEN", "name": "db", "key": "pw"]],
      "mounted_volumes": [
        ["path": "/mnt/d", "pvc_name": "data", "sub_path": "team/a", "read_only": true],
        ["path": "/mnt/e", "pvc_name": "data"],
      ],
      "kubernetes_pod_annotations": [["key": "acme.io/note", "value": "a b"]],
      "kubernetes_pod_labels": [["key": "team", "value": "ml"]],
      "kubernetes_tolerations": [
        ["key": "gpu", "operator": "Equal", "value": "yes", "effect": "NoSchedule"]
      ],
      "kubernetes_shared_mem_size": ["size": 2, "units": "G"],
    ],
    lyre: [
      "timeout": 90.5, "node_selector": ["disk": "ssd"],
      "node_affinity": [
        ["expressions": [["key": "zone", "operator": "In", "values": ["a"]]], "weight": 5],
        ["expressions": [["key": "gpu", "operator": "Exists"]]],
      ],
      "image_pull_policy": "Always", "image_pull_secret": "registry",
    ], label: "Größe & Form")

  @Test(arguments: [
    #"task_display_name="Größe & Form","#, #"image="owner/image:1","#,
    #"image_pull_policy="Always","#,
    #"image_pull_secrets=[k8s.V1LocalObjectReference(name="registry")],"#,
    #"Secret("env", "HIDDEN", "db", "pw"),"#,
    #"Secret("env", "AWS_ACCESS_KEY_ID", "s3", "AWS_ACCESS_KEY_ID"),"#,
    #"requests={"cpu": "1", "memory": "2G"},"#,
    #"limits={"cpu": "2.5", "memory": "4G", "nvidia.com/gpu": "1"},"#,
    #"claim_name="data","#, #"mount_path="/mnt/d","#, #"sub_path="team/a","#, "read_only=True,",
    #"k8s.V1VolumeMount(name="data", mount_path="/mnt/e"),"#,
    #"empty_dir=k8s.V1EmptyDirVolumeSource(medium="Memory", size_limit="2G"),"#,
    #"k8s.V1VolumeMount(name="shared-memory", mount_path="/dev/shm"),"#,
    #"effect="NoSchedule","#, #"node_selector={"disk": "ssd"},"#, "weight=5,", #"key="zone","#,
    #"required_during_scheduling_ignored_during_execution=k8s.V1NodeSelector("#,
    #""team": "ml","#, #""acme.io/note": "a b","#, #""limit_seconds": 90.5,"#,
    "execution_timeout=timedelta(seconds=990.5),", #"doc_md="Note","#,
  ])
  func aPodKeepsEveryProperty(_ line: String) throws {
    let comment: JSONValue = [
      "id": "c", "content": "Note", "associated_id_refs": [["node_ref": "a"]],
    ]
    let made = try dag([everything], comments: [comment])
    #expect(made.source.contains(line))
    #expect(!made.source.contains("in clear"))
    #expect(made.findings.isEmpty)
  }

  @Test(arguments: [
    (
      AirflowSettings.Operator.docker,
      [
        "cpus=1,", #"mem_limit="4g","#, "shm_size=2000000000,",
        #"device_requests=[DeviceRequest(count=1, capabilities=[["gpu"]])],"#, "force_pull=True,",
      ],
      [
        "cpu_limit", "memory", "mounted_volumes", "kubernetes_tolerations",
        "kubernetes_pod_annotations", "lyre.node_selector", "lyre.node_affinity",
        "kubernetes_secrets",
      ]
    ),
    (
      .bash, ["append_env=True,"],
      [
        "cpu", "cpu_limit", "memory", "memory_limit", "gpu", "mounted_volumes",
        "kubernetes_shared_mem_size", "kubernetes_tolerations", "kubernetes_pod_labels",
        "kubernetes_pod_annotations", "lyre.node_selector", "lyre.node_affinity",
        "kubernetes_secrets",
      ]
    ),
  ])
  func whatAnOperatorLacksIsAWarningByName(
    operation: AirflowSettings.Operator, kept: [String], lost: [String]
  ) throws {
    let made = try dag([everything], .init(operation))
    for line in kept { #expect(made.source.contains(line)) }
    #expect(made.findings.compactMap(\.property) == lost)
    #expect(!made.source.contains("in clear"))
  }

  @Test(arguments: [
    ("plain", #""V": "plain","#), (#"a "b" \ n"#, #""V": 'a "b" \\ n',"#),
    (#""'a'""#, #""V": "\"'a'\"","#), ("{{ ds }}", #""V": "{{ '{{ ds }}' }}","#),
    ("{% raw %}'", #""V": "{{ '{% raw %}\\'' }}","#), ("a\nb", "\"V\": \"\"\"\\\na\nb\"\"\","),
    ("a\r\n", #""V": "{{ 'a\\r\\n' }}","#), ("run.sh", #""V": "{{ 'run.sh' }}","#),
    ("grüße 🎉", #""V": "grüße 🎉","#), ("a\u{202e}b", #""V": "a\u202eb","#),
    ("\u{7}", #""V": "\x07","#), ("\t", #""V": "\t","#),
  ])
  func aVariableArrivesAsItIs(value: String, line: String) throws {
    let node = ExportFixture.node(
      "a", ["env_vars": [["env_var": "V", "value": .init(value)]]])
    #expect(try dag([node]).source.contains(line))
  }

  @Test func parametersHaveTypesAndReachTheNode() throws {
    func parameter(_ name: String, _ type: String, _ value: JSONValue?, isRequired: Bool = false)
      -> JSONValue
    {
      var standard: JSONObject = ["type": .init(type)]
      if let value { standard["value"] = value }
      return [
        "name": .init(name), "default_value": .object(standard), "required": .init(isRequired),
      ]
    }
    let properties: JSONObject = [
      "pipeline_parameters": [
        parameter("rows", "Integer", 9), parameter("on", "Bool", true),
        parameter("rate", "Float", 0.5), parameter("free", "String", nil),
        parameter("must", "String", nil, isRequired: true),
      ]
    ]
    let node = ExportFixture.node("a", ["pipeline_parameters": ["rows", "must"]])
    let made = try dag([node], properties: properties)
    for line in [
      #""rows": Param(9, type="integer"),"#, #""on": Param(True, type="boolean"),"#,
      #""rate": Param(0.5, type="number"),"#, #""free": Param("", type="string"),"#,
      #""must": Param(type="string"),"#, #""rows={{ params.rows }}","#,
      #""must={{ params.must }}","#,
    ] { #expect(made.source.contains(line), "\(line)") }
    #expect(made.findings.map(\.code) == [.pipelineParameter])
    #expect(
      problem { try dag([node], .init(schedule: "@daily"), properties: properties) }
        .contains("parameter 'must' is required"))
  }

  @Test(arguments: ["", "6", "* * *", "@sometimes", "a b c d e;", "0 6 * * 1 2026"])
  func aScheduleThatAirflowDoesNotReadIsAnError(schedule: String) {
    let message = problem { try dag([ExportFixture.node("a")], .init(schedule: schedule)) }
    #expect(message.contains("the schedule '\(schedule)' is not one that Airflow reads"))
  }

  @Test(arguments: [
    ("weather", "weather", false), ("größe", "gr-e", true), ("a b/c", "a-b-c", true),
    ("A.b_c-1", "A.b_c-1", false),
  ])
  func theIDOfTheDAGIsOneThatAirflowAllows(name: String, id: String, isShown: Bool) throws {
    let made = try dag([ExportFixture.node("a")], name: name)
    #expect(made.id == id)
    #expect(made.source.contains("dag_id=\"\(id)\","))
    #expect(made.source.contains("dag_display_name") == isShown)
  }

  @Test(arguments: ["json", "import", "os", "DAG", "print"])
  func aTaskMayHaveAnyName(label: String) throws {
    let nodes = [
      ExportFixture.node("a", label: label), ExportFixture.node("b", label: label),
      ExportFixture.node("c", parents: ["a", "b"], label: "end"),
    ]
    let source = try dag(nodes).source
    let name =
      ["json", "import", "os", "dag"].contains(label.lowercased())
      ? "\(label)_".lowercased() : label
    #expect(source.contains("    [\(name), \(label.lowercased())_2] >> end\n"))
  }

  private func component(_ operation: String, _ reference: String, _ values: JSONObject)
    -> JSONValue
  {
    .object(
      [
        "id": "c", "type": "execution_node", "op": .init(operation),
        "app_data": [
          "component_parameters": .object(values), "label": "c",
          "component_source": .init(
            #"{"catalog_type":"airflow-package-catalog","component_ref":\#(reference)}"#),
        ], "inputs": [], "outputs": [],
      ])
  }

  @Test(arguments: [
    (
      "x:1:BashOperator", "{}", "from airflow.providers.standard.operators.bash import BashOperator"
    ),
    (
      "x:1", #"{"component-id":"bash_operator.py"}"#,
      "from airflow.providers.standard.operators.bash import BashOperator"
    ),
    (
      "x:1:SSHOperator", #"{"file":"airflow/providers/ssh/operators/ssh.py"}"#,
      "from airflow.providers.ssh.operators.ssh import SSHOperator"
    ),
    ("x:1:Mine", "{}", "from acme.operators import Mine"),
  ])
  func anOperatorIsImportedFromItsModule(operation: String, reference: String, line: String) throws
  {
    let values: JSONObject = [
      "bash_command": ["widget": "string", "value": "echo {{ ds }}"],
      "env": ["widget": "string", "value": #"{"A": "b"}"#],
      "xcom_push": ["widget": "boolean", "value": true],
      "empty": ["widget": "string", "value": ""], "n": ["widget": "number", "value": 2],
    ]
    let source = try dag(
      [component(operation, reference, values)], .init(modules: ["Mine": "acme.operators"])
    ).source
    #expect(source.contains(line))
    for line in [
      #"bash_command="echo {{ ds }}","#, #"env={"A": "b"},"#, "do_xcom_push=True,", "n=2,",
    ] { #expect(source.contains(line), "\(line)") }
    #expect(!source.contains("empty"))
  }

  @Test func anOperatorOfAnUnknownModuleIsAnErrorByName() {
    let message = problem { try dag([component("x:1:Mine", "{}", [:])]) }
    #expect(message.contains("--operator-module Mine=MODULE"))
  }

  @Test func programsThatAreDownloadedHaveTheirPlaceInTheArguments() throws {
    var settings = ExportFixture.settings
    settings.program = .download("s3://bucket/lyre", sha256: String(repeating: "b", count: 64))
    let source = try dag([ExportFixture.node("a")], settings: settings).source
    #expect(source.contains("        \"s3://bucket/lyre\",\n        \"bbbb"))
    let loader = NodeLoader(settings).script
    // Jinja would read these.
    for mark in ["{{", "{%", "{#"] { #expect(!loader.contains(mark)) }
  }
}
