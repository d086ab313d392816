import Glibc
import JSONCore
import KernelLauncher
import KernelTesting
import Processes
import RealKernels
import Testing

/// The same environments, queried through jupyter_client and Lyre.
@Suite(
  "Kernelspecs as jupyter_client finds them",
  .enabled(if: RealKernels.has("python3"), Comment(rawValue: RealKernels.missing)))
struct SideBySideTests {
  /// Prints the directories, the kernels in the order in which they were found, and their content.
  private static let script = """
    import json, sys, site
    from jupyter_client.kernelspec import KernelSpecManager
    manager = KernelSpecManager()
    specs = manager.get_all_specs()
    json.dump({"directories": manager.kernel_dirs, "specs": specs}, sys.stdout)
    """

  private static let main = RealKernels.folder + "/main"

  @Test(
    "directories, names, places and contents are the same",
    arguments: [
      [:], ["JUPYTER_PREFER_ENV_PATH": "0"], ["JUPYTER_PREFER_ENV_PATH": "yes"],
      ["JUPYTER_DATA_DIR": "ROOT/data"], ["XDG_DATA_HOME": "ROOT/xdg"],
      ["JUPYTER_PLATFORM_DIRS": "1", "XDG_DATA_DIRS": "ROOT/xdg:/usr/share"],
      ["JUPYTER_PATH": "ROOT/one:ROOT/two/"], ["JUPYTER_PATH": "ROOT/two:ROOT/one"],
      ["PYTHONUSERBASE": "ROOT/base"], ["IPYTHONDIR": "ROOT/ipython"],
      ["PYTHONNOUSERSITE": "1", "JUPYTER_PATH": "ROOT/one"],
    ])
  func same(variables: [String: String]) async throws {
    try await TemporaryDirectory.with { directory in
      try install(in: directory)
      var environment = [
        "HOME": directory.path("home"), "PATH": "\(Self.main)/bin:/usr/bin:/bin",
        "VIRTUAL_ENV": Self.main,
      ]
      for (name, value) in variables {
        let parts = value.split(separator: "ROOT", omittingEmptySubsequences: false)
        environment[name] = parts.joined(separator: directory.path)
      }
      let jupyter = try await jupyter(environment)
      let finder = KernelSpecFinder(environment: environment)
      #expect(finder.searchedDirectories == jupyter["directories"]?.array?.compactMap(\.string))
      let theirs = try #require(jupyter["specs"]?.object)
      let ours = finder.available()
      #expect(Set(ours.map(\.name)) == Set(theirs.map(\.key.string)))
      #expect(ours.contains { $0.name == "python3" })
      for spec in ours {
        let their = theirs[spec.name]
        #expect(spec.resourceDirectory == their?["resource_dir"]?.string)
        #expect(spec.argv == their?["spec"]?["argv"]?.array?.compactMap(\.string))
        #expect(spec.language == their?["spec"]?["language"]?.string)
        #expect(spec.interruptMode.rawValue == their?["spec"]?["interrupt_mode"]?.string)
        #expect((spec.protocolVersion ?? "") == their?["spec"]?["kernel_protocol_version"]?.string)
        #expect(.object(spec.metadata) == their?["spec"]?["metadata"])
      }
      // Within a directory, jupyter_client uses the order of the file system.
      #expect(
        ours.map { folder($0.resourceDirectory) }
          == theirs.map {
            folder($0.value["resource_dir"]?.string ?? "")
          })
    }
  }

  /// Kernels in every place, with duplicate names and unusable kernels.
  private func install(in directory: TemporaryDirectory) throws {
    let places = ["one", "two", "data", "xdg/jupyter", "base/share/jupyter", "ipython"]
    for (index, place) in (places + ["home/.local/share/jupyter", "home/.ipython"]).enumerated() {
      for name in ["Shared", "own-\(index)", "python3"] {
        try directory.write(
          #"{"argv": ["\#(place)"], "language": "l\#(index)", "display_name": "d"}"#,
          to: "\(place)/kernels/\(name)/kernel.json")
      }
      try directory.write("{", to: "\(place)/kernels/broken-\(index)/kernel.json")
      try directory.write(
        #"{"argv": ["x"], "metadata": {"kernel_provisioner": {"provisioner_name": "none"}}}"#,
        to: "\(place)/kernels/remote-\(index)/kernel.json")
    }
  }

  private func jupyter(_ environment: [String: String]) async throws -> JSONValue {
    let result = try await run(
      try command(["\(Self.main)/bin/python3", "-c", Self.script], environment: environment))
    try #require(result.status == .exited(0), "\(result.output.text(.standardError))")
    return try JSONValue(parsing: Array(result.output.text().utf8))
  }

  private func folder(_ path: String) -> Substring {
    path.prefix { _ in true }[..<(path.lastIndex(of: "/") ?? path.endIndex)]
  }
}
