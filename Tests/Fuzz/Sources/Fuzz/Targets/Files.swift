import JSONCore
import JupyterProtocol

@testable import KernelLauncher
@testable import Processes

extension FuzzTarget {
  /// Connection files and kernelspecs.
  static let files = FuzzTarget(name: "files") { input in
    let bytes = input.bytes
    if let info = try? ConnectionInfo(bytes) {
      let again = required("a written connection file can be read") {
        try ConnectionInfo(JSONValue.object(info.json).serialized())
      }
      require(again.ports == info.ports && again.key == info.key, "ports and key stay")
      require(again.signatureScheme == info.signatureScheme, "the scheme stays")
      for channel in Channel.allCases { _ = info.endpoint(for: channel) }
      _ = try? MessageSigner(scheme: info.signatureScheme, key: Array(info.key.utf8))
    }
    guard
      let spec = try? KernelSpec(bytes, name: "a", resourceDirectory: "/x/share/jupyter/kernels/a")
    else { return }
    let again = required("a written kernelspec can be read") {
      try KernelSpec(
        JSONValue.object(spec.json).serialized(), name: "a",
        resourceDirectory: "/x/share/jupyter/kernels/a")
    }
    require(again == spec, "it is the same kernelspec")
    _ = (spec.provisioner, spec.isIPython, spec.offersEncryption, spec.speaksIPC)
    let values = ["connection_file": "/c", "resource_dir": "/r", "prefix": "/p"]
    let texts = spec.argv + spec.environment.map(\.value)
    for text in texts {
      _ = (ProcessCommand.fill(text, values), ProcessCommand.substitute(text, values))
    }
    if input.isChosen {
      let long = Input.repeated(Array(texts.joined().utf8), to: 64_000)
      let text = String(decoding: long, as: UTF8.self)
      _ = (ProcessCommand.fill(text, values), ProcessCommand.substitute(text, values))
    }
  }
}
