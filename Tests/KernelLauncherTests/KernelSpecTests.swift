import JSONCore
import KernelLauncher
import Testing

@Suite("kernel.json")
struct KernelSpecTests {
  private func read(_ text: String) throws -> KernelSpec {
    try KernelSpec(Array(text.utf8), name: "x", resourceDirectory: "/kernels/x")
  }

  @Test("every member is read, and unknown ones are kept")
  func members() throws {
    let spec = try read(
      #"""
      {"argv": ["run", "-f", "{connection_file}"], "display_name": "A kernel", "language": "L",
       "interrupt_mode": "Message", "env": {"A": "1", "B": "${A}", "N": 2},
       "metadata": {"debugger": true, "supported_encryption": ["curve"]},
       "kernel_protocol_version": "5.5", "mimetype": "text/x", "codemirror_mode": {"name": "x"}}
      """#)
    #expect(spec.argv == ["run", "-f", "{connection_file}"])
    #expect(spec.displayName == "A kernel")
    #expect(spec.language == "L")
    #expect(spec.interruptMode == .message)
    #expect(spec.environment.map(\.name) == ["A", "B", "N"])
    #expect(spec.environment.map(\.value) == ["1", "${A}", "2"])
    #expect(spec.metadata["supported_encryption"]?[0]?.string == "curve")
    #expect(spec.protocolVersion == "5.5")
    #expect(spec.additional.map(\.key.string) == ["mimetype", "codemirror_mode"])
    #expect(spec.json["codemirror_mode"] == ["name": "x"])
  }

  @Test("missing members have Jupyter's defaults")
  func defaults() throws {
    let spec = try read(#"{"argv": ["run"]}"#)
    #expect(spec.displayName == "x")
    #expect(spec.language == "")
    #expect(spec.interruptMode == .signal)
    #expect(spec.environment.isEmpty)
    #expect(spec.provisioner == nil)
  }

  @Test(
    "a file that Jupyter could not use is rejected with the reason",
    arguments: [
      ("{", "not JSON"), ("[]", "expected an object, not an array"),
      (#"{"argv": "run"}"#, "argv: expected a non-empty list of strings"),
      (#"{"argv": []}"#, "argv: expected a non-empty list of strings"),
      (#"{"argv": ["a", 1]}"#, "argv: expected a non-empty list of strings"),
      ("{}", "argv: expected a non-empty list of strings"),
      (#"{"argv": ["a"], "language": 3}"#, "language: expected a string, not 3"),
      (#"{"argv": ["a"], "display_name": null}"#, "display_name: expected a string, not null"),
      (#"{"argv": ["a"], "interrupt_mode": "x"}"#, "interrupt_mode: expected \"signal\""),
      (#"{"argv": ["a"], "env": []}"#, "env: expected an object, not []"),
      (#"{"argv": ["/bin/true\u0000x"]}"#, "argv: an argument contains a NUL character"),
      (#"{"argv": ["a"], "env": {"A=B": "c"}}"#, #"env: "A=B" cannot be set"#),
      (#"{"argv": ["a"], "env": {"": "c"}}"#, #"env: "" cannot be set"#),
      (#"{"argv": ["a"], "env": {"A": "b\u0000"}}"#, #"env: "A" cannot be set"#),
      (#"{"argv": ["${JAVA}"], "env": ${PATH}}"#, "not JSON"),
    ])
  func invalid(text: String, reason: String) {
    let error = #expect(throws: LaunchError.self) { try read(text) }
    #expect(error?.description.hasPrefix(reason) == true, "\(error?.description ?? "")")
  }

  @Test(
    "only kernels that were seen to use Unix sockets get them",
    arguments: [
      (["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"], true, true),
      (["/opt/bin/python3", "-m", "ipykernel", "-f", "{connection_file}"], true, true),
      (["python", "-m", "bash_kernel", "-f", "{connection_file}"], true, false),
      (["/env/bin/xpython", "-f", "{connection_file}"], true, false),
      (["R", "--slave", "-e", "IRkernel::main()", "--args", "{connection_file}"], true, false),
      (["deno", "jupyter", "--kernel", "--conn", "{connection_file}"], false, false),
      (["java", "-jar", "jjava.jar", "{connection_file}"], false, false),
      (["gophernotes", "{connection_file}"], false, false),
      (["akernel", "launch", "-f", "{connection_file}"], false, false),
    ])
  func families(argv: [String], speaksIPC: Bool, isIPython: Bool) throws {
    let spec = try spec(argv)
    #expect(spec.speaksIPC == speaksIPC)
    #expect(spec.isIPython == isIPython)
  }
}
