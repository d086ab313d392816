import KernelLauncher
import KernelTesting
import Testing

@Suite("Finding kernelspecs")
struct KernelSpecFinderTests {
  private static let usable = #"{"argv": ["run"], "display_name": "D", "language": "L"}"#

  /// A finder that uses only the system's directories of this machine.
  private func finder(
    _ directory: TemporaryDirectory, _ environment: [String: String] = [:]
  ) -> KernelSpecFinder {
    let all = environment.merging(
      ["HOME": directory.path("home"), "PATH": directory.path("bin")]
    ) { own, _ in own }
    return KernelSpecFinder(environment: all)
  }

  private func write(
    _ directory: TemporaryDirectory, _ names: [String], _ text: String = usable
  ) throws {
    for name in names { try directory.write(text, to: "\(name)/kernel.json") }
  }

  @Test("the directories are in Jupyter's order")
  func order() throws {
    try TemporaryDirectory.with { directory in
      let path = directory.path
      let own = [
        "JUPYTER_PATH": "/a/:/b", "VIRTUAL_ENV": "\(path)/env", "JUPYTER_PREFER_ENV_PATH": "no",
        "IPYTHONDIR": "~/ipython",
      ]
      #expect(
        finder(directory, own).searchedDirectories == [
          "/a/kernels", "/b/kernels", "\(path)/home/.local/share/jupyter/kernels",
          "\(path)/env/share/jupyter/kernels", "/usr/local/share/jupyter/kernels",
          "/usr/share/jupyter/kernels", "\(path)/home/ipython/kernels",
        ])
      let preferred = own.merging(["JUPYTER_PREFER_ENV_PATH": "1"]) { $1 }
      #expect(
        finder(directory, preferred).searchedDirectories.dropFirst(2).prefix(2) == [
          "\(path)/env/share/jupyter/kernels", "\(path)/home/.local/share/jupyter/kernels",
        ])
    }
  }

  @Test(
    "the user's directory depends on variables",
    arguments: [
      (["JUPYTER_DATA_DIR": "/data"], ["/data", "HOME/.local/share/jupyter"]),
      (["XDG_DATA_HOME": "/xdg"], ["/xdg/jupyter", "HOME/.local/share/jupyter"]),
      (["XDG_DATA_HOME": "/xdg", "JUPYTER_DATA_DIR": ""], ["/xdg/jupyter"]),
      (["PYTHONUSERBASE": "~/base"], ["HOME/.local/share/jupyter", "HOME/base/share/jupyter"]),
      (["PYTHONUSERBASE": "/base", "PYTHONNOUSERSITE": "1"], ["HOME/.local/share/jupyter"]),
      (
        ["JUPYTER_PLATFORM_DIRS": "1", "XDG_DATA_DIRS": "/one:/two/"],
        ["HOME/.local/share/jupyter", "/one/jupyter", "/two/jupyter"]
      ),
    ])
  func userDirectory(environment: [String: String], expected: [String]) throws {
    try TemporaryDirectory.with { directory in
      let home = directory.path("home")
      let paths = JupyterPaths(
        environment: ["HOME": home, "PATH": "/nowhere"].merging(environment) { $1 })
      let wanted = expected.map {
        $0.hasPrefix("HOME") ? home + $0.dropFirst("HOME".count) : $0
      }
      #expect(Array(paths.dataDirectories.prefix(wanted.count)) == wanted)
      if environment["PYTHONNOUSERSITE"] != nil {
        #expect(!paths.dataDirectories.contains("/base/share/jupyter"))
      }
    }
  }

  @Test(
    "among kernelspecs of one name the first is used, and the others are listed; case is ignored")
  func shadowing() throws {
    try TemporaryDirectory.with { directory in
      try write(directory, ["one/kernels/Mine", "two/kernels/mine", "two/kernels/other"])
      let finder = finder(
        directory, ["JUPYTER_PATH": "\(directory.path("one")):\(directory.path("two"))"])
      let found = finder.all().filter { $0.resourceDirectory.hasPrefix(directory.path) }
      #expect(found.map(\.name) == ["mine", "mine", "other"])
      #expect(found.map(\.shadowedBy) == [nil, directory.path("one/kernels/Mine"), nil])
      #expect(
        try finder.find("MINE").resourceDirectory == directory.path("one/kernels/Mine"))
    }
  }

  @Test("an unusable kernelspec is listed with the reason, shadows others, and is not found")
  func broken() throws {
    try TemporaryDirectory.with { directory in
      try write(directory, ["one/kernels/bad"], "{")
      try write(directory, ["two/kernels/bad", "one/kernels/sp ace"])
      try write(
        directory, ["one/kernels/remote"],
        #"{"argv": ["x"], "metadata": {"kernel_provisioner": {"provisioner_name": "slurm"}}}"#)
      try directory.makeDirectory("one/kernels/empty")
      try directory.write("", to: "one/kernels/file")
      let finder = finder(
        directory, ["JUPYTER_PATH": "\(directory.path("one")):\(directory.path("two"))"])
      let names = finder.available().filter { $0.resourceDirectory.hasPrefix(directory.path) }
      #expect(names.map(\.name) == ["sp ace"])
      #expect(finder.all().first { $0.name == "sp ace" }?.warning != nil)
      #expect(finder.all().contains { ["empty", "file"].contains($0.name) } == false)
      let error = #expect(throws: KernelNotFound.self) { try finder.find("bad") }
      #expect(
        error?.description.hasPrefix(
          "kernel 'bad' cannot be used: \(directory.path("one/kernels/bad/kernel.json")): not JSON"
        ) == true)
      let remote = #expect(throws: KernelNotFound.self) { try finder.find("remote") }
      #expect(remote?.description.hasSuffix("needs the provisioner 'slurm'") == true)
    }
  }

  @Test("python means python3")
  func python() throws {
    try TemporaryDirectory.with { directory in
      try write(directory, ["one/kernels/python", "two/kernels/python3"])
      let one = directory.path("one")
      let both = finder(directory, ["JUPYTER_PATH": "\(one):\(directory.path("two"))"])
      #expect(try both.find("python").name == "python3")
      #expect(try finder(directory, ["JUPYTER_PATH": one]).find("python").name == "python")
    }
  }

  @Test("an unknown name is reported with the known ones and the searched directories")
  func unknown() throws {
    try TemporaryDirectory.with { directory in
      try write(directory, ["one/kernels/python3", "one/kernels/zz"])
      let finder = finder(directory, ["JUPYTER_PATH": directory.path("one")])
      let error = try #require(
        #expect(throws: KernelNotFound.self) { try finder.find("pyhton3") })
      let expected = "no kernel named 'pyhton3'. Did you mean 'python3'? Installed: python3, zz"
      #expect(error.description.hasPrefix(expected))
      #expect(error.searched == finder.searchedDirectories)
    }
  }

  @Test(
    "a language uses the environment's own kernel, else the only one; several are listed as rivals",
    arguments: [
      (["env/share/jupyter/kernels/python3", "a", "b"], "python3"), (["a"], "a"), ([], nil),
      // A python3 of another Python, beside others.
      (["home/.local/share/jupyter/kernels/python3", "a"], nil), (["a", "b"], nil),
    ] as [([String], String?)])
  func language(kernels: [String], own: String?) throws {
    try TemporaryDirectory.with { directory in
      let text = #"{"argv": ["/opt/python"], "display_name": "D", "language": "Python"}"#
      let places = kernels.map { $0.contains("/") ? $0 : "data/kernels/\($0)" }
      try write(directory, places, text)
      try write(directory, ["data/kernels/other"])
      let finder = finder(
        directory,
        ["VIRTUAL_ENV": directory.path("env"), "JUPYTER_PATH": directory.path("data")])
      guard let own else {
        let error = try #require(
          #expect(throws: KernelNotFound.self) { try finder.find(language: "python") })
        let names = kernels.map { String($0.split(separator: "/").last ?? "") }
        #expect(Set(error.rivals) == Set(names))
        return
      }
      #expect(try finder.find(language: "python").name == own)
    }
  }

  @Test("outside of environments, python3 is the default kernel, wherever it is installed")
  func ownOutside() throws {
    try TemporaryDirectory.with { directory in
      let text = #"{"argv": ["/opt/python"], "display_name": "D", "language": "python"}"#
      try write(directory, ["data/kernels/a", "data/kernels/python3", "data/kernels/z"], text)
      let finder = finder(directory, ["JUPYTER_PATH": directory.path("data")])
      #expect(try finder.find(language: "python").name == "python3")
    }
  }

  @Test("a Python with ipykernel but without a kernelspec is also a kernel")
  func native() throws {
    try TemporaryDirectory.with { directory in
      try directory.write("#!/bin/sh\n", to: "env/bin/python3", mode: 0o755)
      try directory.write("", to: "env/lib/python3.11/site-packages/ipykernel/__init__.py")
      let finder = finder(directory, ["VIRTUAL_ENV": directory.path("env")])
      let spec = try finder.find("python")
      #expect(spec.name == "python3")
      #expect(
        spec.argv == [
          directory.path("env/bin/python3"), "-m", "ipykernel_launcher", "-f", "{connection_file}",
        ])
      #expect(
        spec.resourceDirectory
          == directory.path("env/lib/python3.11/site-packages/ipykernel/resources"))
      #expect(finder.all().last?.name == "python3")
      // An installed kernel has priority.
      try write(directory, ["env/share/jupyter/kernels/python3"])
      #expect(try finder.find("python3").argv == ["run"])
    }
  }
}
