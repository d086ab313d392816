import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("lyre runtimes and lyre images")
struct RuntimesCommandTests {
  private let folder = ".local/share/jupyter/metadata"
  private let storage = [
    "--cos-endpoint", "http://minio:9000", "--cos-bucket", "runs", "--cos-username", "me",
  ]

  @Test("add, list, show, edit, remove: Kubeflow")
  func kubeflow() async throws {
    try await Lyre.with { lyre in
      let path = "\(lyre.directory.path)/\(folder)/runtimes/my_kfp.json"
      #expect(
        try await lyre.run(["runtimes"])
          == .init(0, errors: "no runtime configurations yet; `lyre runtimes add` makes one\n"))
      let added = try await lyre.run(
        ["runtimes", "add", "My KFP", "--api-endpoint", "http://kfp:8888", "--cos-password", "-"]
          + storage, input: Array("s3cr3t-w0rd\n".utf8))
      #expect(added == .init(0, errors: "my_kfp: written to \(path)\n"), "\(added)")
      #expect(
        try lyre.text(of: "\(folder)/runtimes/my_kfp.json") == """
          {
            "display_name": "My KFP",
            "metadata": {
              "runtime_type": "KUBEFLOW_PIPELINES",
              "engine": "Argo",
              "auth_type": "NO_AUTHENTICATION",
              "cos_auth_type": "USER_CREDENTIALS",
              "api_endpoint": "http://kfp:8888",
              "cos_endpoint": "http://minio:9000",
              "cos_bucket": "runs",
              "cos_username": "me",
              "cos_password": "s3cr3t-w0rd"
            },
            "schema_name": "kfp"
          }
          """)
      #expect(
        try await lyre.run(["runtimes", "list"])
          == .init(0, output: "my_kfp  kfp  http://kfp:8888  \(path)\n"))
      #expect(
        try await lyre.run(["runtimes", "show", "my_kfp"])
          == .init(
            0,
            output: """
              name           my_kfp
              display_name   My KFP
              schema_name    kfp
              file           \(path)
              runtime_type   KUBEFLOW_PIPELINES
              engine         Argo
              auth_type      NO_AUTHENTICATION
              cos_auth_type  USER_CREDENTIALS
              api_endpoint   http://kfp:8888
              cos_endpoint   http://minio:9000
              cos_bucket     runs
              cos_username   me
              cos_password   ***

              """))
      let edited = try await lyre.run([
        "runtimes", "edit", "my_kfp", "--auth_type=EXISTING_BEARER_TOKEN", "--api_password",
        "env:KFP_TOKEN", "--tag", "a b", "--tag", "c", "--display_name", "Ours",
      ])
      #expect(edited == .init(0, errors: "my_kfp: written to \(path)\n"), "\(edited)")
      let json = try await lyre.run(["runtimes", "list", "--json"])
      let listed = try JSONValue(parsing: Array(json.output.utf8))[0]
      #expect(listed?["display_name"] == "Ours" && listed?["engine"] == "kfp")
      #expect(listed?["metadata"]?["api_password"] == "env:KFP_TOKEN")
      #expect(listed?["metadata"]?["cos_password"] == "***")
      #expect(listed?["metadata"]?["tags"] == ["a b", "c"])
      #expect(listed?["problems"] == [])
      let unset = try await lyre.run([
        "runtimes", "edit", "my_kfp", "--unset", "tags", "--unset", "api-password", "--auth-type",
        "NO_AUTHENTICATION",
      ])
      #expect(unset.code == 0)
      #expect(!(try lyre.text(of: "\(folder)/runtimes/my_kfp.json")).contains("KFP_TOKEN"))
      #expect(
        try await lyre.run(["runtimes", "remove", "my_kfp"])
          == .init(0, errors: "\(path): removed\n"))
      let gone = try await lyre.run(["runtimes", "remove", "my_kfp"])
      #expect(
        gone
          == .init(
            2,
            errors: "error: there is no runtime configuration 'my_kfp'; none is configured here; "
              + "`lyre runtimes add` makes one\n"), "\(gone)")
    }
  }

  @Test("add: Airflow, with references instead of secrets")
  func airflow() async throws {
    try await Lyre.with { lyre in
      let added = try await lyre.run(
        [
          "runtimes", "add", "Flow", "--name", "af", "--engine", "airflow", "--api-endpoint",
          "http://air", "--github-repo", "me/dags", "--github-branch", "main",
          "--github-repo-token", "command:pass github", "--cos-password", "file:/run/secret",
        ] + storage)
      #expect(added.code == 0 && added.errors.hasSuffix("/runtimes/af.json\n"), "\(added)")
      let json = try JSONValue(parsing: lyre.directory.read("\(folder)/runtimes/af.json"))
      #expect(json["schema_name"] == "airflow")
      #expect(json["metadata"]?["github_api_endpoint"] == "https://api.github.com")
      #expect(json["metadata"]?["git_type"] == "GITHUB")
      #expect(json["metadata"]?["github_repo_token"] == "command:pass github")
    }
  }

  @Test("values that Elyra does not allow are refused, and nothing is written")
  func refused() async throws {
    try await Lyre.with { lyre in
      let bad = try await lyre.run([
        "runtimes", "add", "X", "--api-endpoint", "kfp", "--cos-endpoint", "http://minio",
        "--cos-bucket", "B", "--cos-username", "me", "--cos-password", "s3cr3t-w0rd",
      ])
      #expect(
        bad
          == .init(
            2,
            errors: """
              warning: --cos-password: other users of this machine can see the arguments of programs, and \
              shells keep them; `-` reads a secret from standard input, and env:NAME, file:PATH or \
              command:PROGRAM names another place
              error: api_endpoint: 'kfp' is not the URL of a server; it begins with http:// or https://
              error: cos_bucket: 'B' is not the name of a bucket: use 3 to 222 characters: small letters, digits, '-' \
              and '.', with a letter or digit at both ends
              error: 'x' was not written

              """), "\(bad)")
      #expect(throws: (any Error).self) { try lyre.directory.read("\(folder)/runtimes/x.json") }
      for (arguments, message) in [
        (["add", "X", "--github-repo", "a/b"], "--github-repo is not for Kubeflow Pipelines"),
        (["add", "é"], "no file can be named after 'é'"),
        (["add", "X", "--name", "X Y"], "'X Y' cannot be the name of a runtime configuration"),
        (["add", "X", "--cos-password", "-"], "standard input has no line with the secret"),
        (["edit", "none", "--cos-bucket", "b"], "there is no runtime configuration 'none'"),
      ] {
        let outcome = try await lyre.run(["runtimes"] + arguments)
        #expect(outcome.code == 2 && outcome.errors.contains(message), "\(outcome)")
      }
      try lyre.directory.write(
        #"{"schema_name": "kfp", "metadata": {}}"#, to: "\(folder)/runtimes/y.json")
      for (arguments, message) in [
        (["edit", "y"], "name a member to change"),
        (["edit", "y", "--unset", "cos_bucket"], "'y' has no member 'cos_bucket'"),
        (["add", "Y"], "there is a runtime configuration 'y' already"),
      ] {
        let outcome = try await lyre.run(["runtimes"] + arguments)
        #expect(outcome.code == 2 && outcome.errors.contains(message), "\(outcome)")
      }
    }
  }

  @Test("broken, invalid and hidden files are listed with their place")
  func broken() async throws {
    try await Lyre.with { lyre in
      let home = lyre.directory.path
      try lyre.directory.write("{", to: "\(folder)/runtimes/a.json")
      try lyre.directory.write(
        #"{"schema_name": "argo", "metadata": {}}"#, to: "\(folder)/runtimes/b.json")
      try lyre.directory.write(
        #"{"schema_name": "kfp", "metadata": {"api_endpoint": "http://me:pw@kfp/?k=1"}}"#,
        to: "\(folder)/runtimes/c.json")
      try lyre.directory.write(
        #"{"schema_name": "kfp", "metadata": {}}"#, to: "first/metadata/runtimes/a.json")
      let environment = ["ELYRA_METADATA_PATH": "\(home)/first"]
      let listed = try await lyre.run(["runtimes"], environment: environment)
      let own = "\(home)/\(folder)/runtimes"
      #expect(
        listed.output == """
          a  kfp  -            \(home)/first/metadata/runtimes/a.json  (not valid: api_endpoint, \
          cos_endpoint, cos_bucket, cos_username, cos_password)
          a  -    -            \(own)/a.json  (hidden by \(home)/first/metadata/runtimes/a.json)  \
          (broken: is not JSON: line 1, column 2: expected a member's name in double quotes, found the \
          end of the text; mend the file, or remove it)
          b  -    -            \(own)/b.json  (broken: is of the kind 'argo'; Lyre knows the kinds kfp \
          and airflow)
          c  kfp  http://kfp/  \(own)/c.json  (not valid: cos_endpoint, cos_bucket, api_endpoint, \
          cos_username, cos_password)

          """, "\(listed)")
      let shown = try await lyre.run(["runtimes", "show", "b"])
      #expect(shown.code == 2 && shown.errors.contains("is of the kind 'argo'"))
      let moved = try await lyre.run(
        [
          "runtimes", "edit", "c", "--api-endpoint", "http://kfp", "--cos-auth-type",
          "AWS_IAM_ROLES_FOR_SERVICE_ACCOUNTS", "--cos-endpoint", "http://s3", "--cos-bucket",
          "runs",
        ], environment: environment)
      #expect(
        moved
          == .init(
            0,
            errors: """
              c: written to \(home)/first/metadata/runtimes/c.json
              \(own)/c.json stays as it is, and is hidden by that

              """), "\(moved)")
      let removed = try await lyre.run(["runtimes", "remove", "c"], environment: environment)
      #expect(removed.errors.hasSuffix("'c' is \(own)/c.json from now on\n"))
      let kept = try await lyre.run(["runtimes", "remove", "c"], environment: environment)
      #expect(kept.code == 2 && kept.errors.contains("is not removed"))
    }
  }

  @Test("images: add, list, remove")
  func images() async throws {
    try await Lyre.with { lyre in
      let path = "\(lyre.directory.path)/\(folder)/runtime-images/localhostnode1.json"
      let added = try await lyre.run([
        "images", "add", "localhost/node:1", "--pull-policy", "Never", "--pull_secret", "registry",
        "--tag", "ours",
      ])
      #expect(added == .init(0, errors: "localhost/node:1: written to \(path)\n"), "\(added)")
      #expect(
        try lyre.text(of: "\(folder)/runtime-images/localhostnode1.json") == """
          {
            "display_name": "localhost/node:1",
            "metadata": {
              "image_name": "localhost/node:1",
              "tags": [
                "ours"
              ],
              "pull_policy": "Never",
              "pull_secret": "registry"
            },
            "schema_name": "runtime-image"
          }
          """)
      #expect(
        try await lyre.run(["images"])
          == .init(0, output: "localhostnode1  localhost/node:1  \(path)\n"))
      let json = try await lyre.run(["images", "list", "--json"])
      #expect(try JSONValue(parsing: Array(json.output.utf8))[0]?["image"] == "localhost/node:1")
      for (arguments, message) in [
        (["add", "a b"], "'a b' is not the name of an image"),
        (["add", "a", "--pull-secret", "A"], "is not the name of a secret of Kubernetes"),
        (["add", "localhost/node:1"], "there is a runtime image 'localhostnode1' already"),
        (["remove", "none"], "there is no runtime image 'none'; there is localhostnode1"),
      ] {
        let outcome = try await lyre.run(["images"] + arguments)
        #expect(outcome.code == 2 && outcome.errors.contains(message), "\(outcome)")
      }
      #expect(
        try await lyre.run(["images", "remove", "localhostnode1"])
          == .init(0, errors: "\(path): removed\n"))
    }
  }
}
