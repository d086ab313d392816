import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

/// Each part that a node's result depends on is changed separately.
@Suite("Comparisons of --cached")
struct FingerprintTests {
  /// A part that a node's result depends on.
  struct Part: CustomTestStringConvertible, Sendable {
    var testDescription: String
    /// Why the node runs after the change; nil when it must not run.
    var reason: String?
    var node = PipelineFileNode(file: "a.sh")
    var options: [String] = []
    /// Variables of the first and of the second run.
    var environment: [String: String] = [:]
    var laterEnvironment: [String: String]?
    var prepare: @Sendable (Lyre) throws -> Void = { _ in }
    var change: @Sendable (Lyre) throws -> Void = { _ in }
  }

  private static func link(_ target: String, _ path: String, _ lyre: Lyre) {
    unlink(lyre.directory.path(path))
    #expect(symlink(target, lyre.directory.path(path)) == 0)
  }

  private static func mode(_ mode: mode_t, _ path: String, _ lyre: Lyre) {
    #expect(chmod(lyre.directory.path(path), mode) == 0)
  }

  // MARK: Variables

  private static let inherited = PipelineFileNode(file: "a.sh", environment: ["WHO": ""])

  static let variables: [Part] = [
    .init(
      testDescription: "a variable without a value in the file, from outside",
      reason: "variable WHO changed", node: inherited, environment: ["WHO": "me"],
      laterEnvironment: ["WHO": "you"]),
    .init(
      testDescription: "a variable without a value that gets set outside",
      reason: "variable WHO is new", node: inherited, laterEnvironment: ["WHO": "you"]),
    .init(
      testDescription: "a variable without a value that is no longer set outside",
      reason: "variable WHO is gone", node: inherited, environment: ["WHO": "me"],
      laterEnvironment: [:]),
    .init(
      testDescription: "a variable from a cluster's secret, set outside",
      reason: "variable KEY changed", node: .init(file: "a.sh", secrets: ["KEY"]),
      environment: ["KEY": "1"], laterEnvironment: ["KEY": "2"]),
    .init(
      testDescription: "a variable that programs read", reason: "variable TZ changed",
      environment: ["TZ": "UTC"], laterEnvironment: ["TZ": "CET"]),
    .init(
      testDescription: "a variable that is not the node's", environment: ["WHO": "me"],
      laterEnvironment: ["WHO": "you"]),
    .init(
      testDescription: "a variable from outside that has a value in the file",
      node: .init(file: "a.sh", environment: ["WHO": "file"]), environment: ["WHO": "me"],
      laterEnvironment: ["WHO": "you"]),
  ]

  // MARK: Files

  private static let folder = PipelineFileNode(file: "a.sh", dependencies: ["data"])

  private static func folderPart(
    _ description: String, _ reason: String? = "file data changed",
    prepare: @escaping @Sendable (Lyre) throws -> Void = { _ in },
    change: @escaping @Sendable (Lyre) throws -> Void
  ) -> Part {
    Part(
      testDescription: description, reason: reason, node: folder,
      prepare: { lyre in
        try lyre.directory.write("1", to: "data/a.txt")
        try lyre.directory.write("1", to: "elsewhere/b.txt")
        try prepare(lyre)
      }, change: change)
  }

  static let folders: [Part] = [
    folderPart(
      "a file in a hidden folder", prepare: { try $0.directory.write("1", to: "data/.h/z") },
      change: {
        try $0.directory.write("2", to: "data/.h/z")
      }),
    folderPart("a file is called otherwise") {
      #expect(rename($0.directory.path("data/a.txt"), $0.directory.path("data/c.txt")) == 0)
    },
    folderPart(
      "the file behind a link", prepare: { link("../elsewhere/b.txt", "data/l", $0) },
      change: {
        try $0.directory.write("2", to: "elsewhere/b.txt")
      }),
    folderPart(
      "a file in a folder behind a link", prepare: { link("../elsewhere", "data/l", $0) },
      change: {
        try $0.directory.write("2", to: "elsewhere/b.txt")
      }),
    folderPart(
      "the target of a link", prepare: { link("a.txt", "data/l", $0) },
      change: {
        link("./a.txt", "data/l", $0)
      }),
    folderPart(
      "the target of a dangling link", prepare: { link("nowhere", "data/l", $0) },
      change: {
        link("elsewhere", "data/l", $0)
      }),
    folderPart("the mode of a program") { mode(0o755, "data/a.txt", $0) },
    folderPart("a new pipe") { #expect(mkfifo($0.directory.path("data/pipe"), 0o600) == 0) },
    folderPart("a new empty folder") { try $0.directory.makeDirectory("data/new") },
    folderPart("other users' access to a file", nil) { mode(0o600, "data/a.txt", $0) },
    folderPart(
      "what git writes down", nil, prepare: { try $0.directory.write("1", to: "data/.git/x") },
      change: {
        try $0.directory.write("2", to: "data/.git/x")
      }),
    folderPart("compiled modules", nil) {
      try $0.directory.write("2", to: "data/__pycache__/x.pyc")
    },
    folderPart(
      "nothing, where links lead in circles", nil,
      prepare: { lyre in
        for name in ["x", "y"] {
          link(".", "data/\(name)", lyre)
          link("..", "data/up-\(name)", lyre)
          link("/", "data/root-\(name)", lyre)
        }
      }, change: { _ in }),
    Part(
      testDescription: "the node's own results in a folder that it depends on", reason: nil,
      node: .init(file: "a.sh", dependencies: ["."], outputs: ["result.txt"]),
      prepare: { try $0.script("a.sh", "date +%N > result.txt") }),
  ]

  static let files: [Part] = [
    Part(
      testDescription: "the mode of a program that the node depends on",
      reason: "file tool changed", node: .init(file: "a.sh", dependencies: ["tool"]),
      prepare: { try $0.directory.write("1", to: "tool") }, change: { mode(0o755, "tool", $0) }),
    Part(
      testDescription: "how a script is run", reason: "its command changed",
      change: { mode(0o755, "a.sh", $0) }),
    Part(
      testDescription: "the mode of a script that Python runs", reason: nil,
      node: .init(file: "a.py"), options: ["--python", "python/bin/python3"],
      prepare: python, change: { mode(0o755, "a.py", $0) }),
    Part(
      testDescription: "the place of the node's file", reason: "its file moved",
      change: { lyre in
        try lyre.directory.write(try lyre.directory.read("a.sh"), to: "sub/a.sh")
        let text = try lyre.text(of: "p.pipeline")
        try lyre.directory.write(
          text.replacing(#""filename": "a.sh""#, with: #""filename": "sub/a.sh""#), to: "p.pipeline"
        )
      }),
    Part(
      testDescription: "nothing, but an input is a pipe",
      reason: "file pipe cannot be compared: it is a pipe, a socket or a device",
      node: .init(file: "a.sh", dependencies: ["pipe"]),
      prepare: { #expect(mkfifo($0.directory.path("pipe"), 0o600) == 0) }),
    Part(
      testDescription: "nothing, but the system generates an input",
      reason: "file l cannot be compared: the system makes its content when it is read",
      node: .init(file: "a.sh", dependencies: ["l"]), prepare: { link("/proc/uptime", "l", $0) }),
  ]

  // MARK: Programs

  /// A Python that does nothing, in its own environment.
  @Sendable private static func python(_ lyre: Lyre) throws {
    try lyre.directory.write("", to: "a.py")
    try lyre.script("python/bin/python3", "exit 0")
    mode(0o755, "python/bin/python3", lyre)
    try lyre.directory.write("home = /usr/bin\nversion = 3.11.2\n", to: "python/pyvenv.cfg")
    try lyre.directory.write("x.py,sha256=1,1\n", to: packages + "/x-1.dist-info/RECORD")
    try lyre.directory.write("x.py,sha256=1,1\n", to: "more/y-1.dist-info/RECORD")
  }

  private static let packages = "python/lib/python3.11/site-packages"

  private static func pythonPart(
    _ description: String, _ reason: String?, environment: [String: String] = [:],
    later: [String: String]? = nil, change: @escaping @Sendable (Lyre) throws -> Void = { _ in }
  ) -> Part {
    Part(
      testDescription: description, reason: reason, node: .init(file: "a.py"),
      options: ["--python", "python/bin/python3"], environment: environment,
      laterEnvironment: later, prepare: python, change: change)
  }

  private static let packagesChanged = "the installed packages changed"
  private static let programChanged = "the program that runs it changed"

  static let programs: [Part] = [
    pythonPart("another Python behind the same path", programChanged) {
      try $0.script("other/bin/python3", "exit 0 # other")
      mode(0o755, "other/bin/python3", $0)
      link("../../other/bin/python3", "python/bin/python3", $0)
    },
    pythonPart("another Python in the same place", programChanged) {
      try $0.script("python/bin/python3", "exit 0 # newer")
    },
    pythonPart("the version of the environment", programChanged) {
      try $0.directory.write("home = /usr/bin\nversion = 3.11.3\n", to: "python/pyvenv.cfg")
    },
    pythonPart("a package is installed", packagesChanged) {
      try $0.directory.write("", to: packages + "/z-2.dist-info/RECORD")
    },
    pythonPart("another build of a package", packagesChanged) {
      try $0.directory.write("x.py,sha256=2,1\n", to: packages + "/x-1.dist-info/RECORD")
    },
    pythonPart("a package leads elsewhere", packagesChanged) {
      try $0.directory.write("/somewhere\n", to: packages + "/x.pth")
    },
    pythonPart("a module without a package", packagesChanged) {
      try $0.directory.write("a = 1\n", to: packages + "/single.py")
    },
    pythonPart("a package of conda's", packagesChanged) {
      try $0.directory.write("{}", to: "python/conda-meta/numpy-2.0-py311_0.json")
    },
    pythonPart("compiled modules of packages", nil) {
      try $0.directory.write("", to: packages + "/__pycache__/single.cpython-311.pyc")
    },
    pythonPart(
      "a package that PYTHONPATH leads to", packagesChanged, environment: ["PYTHONPATH": "more"]
    ) {
      try $0.directory.write("x.py,sha256=2,1\n", to: "more/y-1.dist-info/RECORD")
    },
    pythonPart(
      "PYTHONPATH", packagesChanged + ", and 1 more", environment: [:],
      later: ["PYTHONPATH": "more"]),
    Part(
      testDescription: "the program named in the first line of a script", reason: programChanged,
      environment: ["PATH": "bin:/usr/bin:/bin"],
      prepare: { lyre in
        try lyre.directory.write("#!/usr/bin/env mylang\n", to: "a.sh")
        try lyre.script("bin/mylang", "exit 0")
        mode(0o755, "bin/mylang", lyre)
        mode(0o755, "a.sh", lyre)
      }, change: { try $0.script("bin/mylang", "exit 0 # newer") }),
    rPart("an R package", packagesChanged) {
      try $0.directory.write("Package: x\nVersion: 2\n", to: "R/library/x/DESCRIPTION")
    },
    rPart("R itself", programChanged) { try $0.directory.write("2", to: "R/lib/libR.so") },
    rPart("what R runs at its start", programChanged) {
      try $0.directory.write("library(x)\n", to: ".Rprofile")
    },
  ]

  private static func rPart(
    _ description: String, _ reason: String, change: @escaping @Sendable (Lyre) throws -> Void
  ) -> Part {
    Part(
      testDescription: description, reason: reason, node: .init(file: "a.r"),
      environment: ["PATH": "bin:/usr/bin:/bin"],
      prepare: { lyre in
        try lyre.directory.write("", to: "a.r")
        try lyre.directory.write("#!/bin/sh\nexit 0\n", to: "bin/Rscript")
        let home = lyre.directory.path("R")
        try lyre.directory.write("#!/bin/bash\nR_HOME_DIR=\(home)\n", to: "bin/R")
        try lyre.directory.write("1", to: "R/lib/libR.so")
        try lyre.directory.write("Package: x\nVersion: 1\n", to: "R/library/x/DESCRIPTION")
        mode(0o755, "bin/Rscript", lyre)
      }, change: change)
  }

  // MARK: Kernels

  private static func kernelPart(
    _ description: String, _ reason: String?, change: @escaping @Sendable (Lyre) throws -> Void
  ) -> Part {
    Part(
      testDescription: description, reason: reason, node: .init(file: "nb.ipynb"),
      prepare: { lyre in
        try lyre.notebook(["print 1"])
        try lyre.script("start.sh", "exec \"$@\"")
        try spec(lyre) { spec in
          let start = JSONValue(lyre.directory.path("start.sh"))
          spec["argv"] = .array(["/bin/sh", start] + (spec["argv"]?.array ?? []))
        }
      }, change: change)
  }

  private static func spec(_ lyre: Lyre, _ change: (inout JSONObject) -> Void) throws {
    let path = "kernels/scripted/kernel.json"
    var object = try #require(JSONValue(parsing: lyre.directory.read(path)).object)
    change(&object)
    try lyre.directory.write(JSONValue.object(object).serialized(.pretty), to: path)
  }

  static let kernels: [Part] = [
    kernelPart("a variable of the kernelspec", "its command changed") { lyre in
      try spec(lyre) { $0["env"] = ["X": "1"] }
    },
    kernelPart("the program that the kernel's program runs", "the program that runs it changed") {
      try $0.script("start.sh", "# newer\nexec \"$@\"")
    },
    kernelPart("how the kernel is interrupted", "its command changed") { lyre in
      try spec(lyre) { $0["interrupt_mode"] = "message" }
    },
    kernelPart("the text of a Markdown cell", nil) { lyre in
      let text = try lyre.text(of: "nb.ipynb")
      let cell = #"{"cell_type": "markdown", "id": "m", "metadata": {}, "source": ["x"]},"#
      let changed = text.replacing(#""cells": ["#, with: #""cells": [\#(cell)"#)
      #expect(changed != text)
      try lyre.directory.write(changed, to: "nb.ipynb")
    },
    kernelPart("a tag of a cell", "its code changed") { lyre in
      try lyre.notebook(["print 1"], tags: [0: "raises-exception"])
    },
  ]

  @Test(
    "a change of one part makes the node run with that reason; ignored changes do not",
    arguments: Sample.of(variables + folders + files + programs + kernels))
  func part(_ part: Part) async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "exit 0")
      try part.prepare(lyre)
      try lyre.pipeline([part.node])
      let options = ["--cached"] + part.options
      let first = try await lyre.statuses(options, environment: part.environment)
      #expect(first.code == 0)
      #expect(Array(first.statuses.values) == ["succeeded"])
      let isComparable = part.reason?.contains("cannot be compared") != true
      if isComparable {
        let again = try await lyre.statuses(options, environment: part.environment)
        #expect(Array(again.statuses.values) == ["cached"], "\(again.reasons)")
      }
      try part.change(lyre)
      let later = part.laterEnvironment ?? part.environment
      let second = try await lyre.statuses(options, environment: later)
      #expect(second.reasons.values.first == part.reason)
      #expect(Array(second.statuses.values) == [part.reason == nil ? "cached" : "succeeded"])
      guard isComparable else { return }
      let third = try await lyre.statuses(options, environment: later)
      #expect(Array(third.statuses.values) == ["cached"], "\(third.reasons)")
    }
  }
}
