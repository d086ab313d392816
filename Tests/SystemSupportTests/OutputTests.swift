import Glibc
import KernelTesting
import SystemSupport
import Testing

@Suite("Places to write to")
struct OutputPlaceTests {
  @Test("a file, a future file, a pipe and a device are recognised")
  func kinds() throws {
    try TemporaryDirectory.with { directory in
      let file = try directory.write("x", to: "file")
      #expect(mkfifo(directory.path("fifo"), 0o600) == 0)
      #expect(symlink("new", directory.path("dangling")) == 0)
      #expect(try OutputPlace(file).kind == .file(isThere: true))
      #expect(try OutputPlace(directory.path("new")).kind == .file(isThere: false))
      #expect(try OutputPlace(directory.path("fifo")).kind == .fifo)
      #expect(try OutputPlace("/dev/null").kind == .device)
      let (null, full) = (try OutputPlace("/dev/null"), try OutputPlace("/dev/full"))
      #expect(null.isNull && !full.isNull)
      #expect(
        try OutputPlace(directory.path("dangling")).place
          == OutputPlace(directory.path("new")).place)
    }
  }

  @Test("a descriptor is one that the program was started with, under every name")
  func descriptors() throws {
    try TemporaryDirectory.with { directory in
      let opened = open(directory.path("out"), O_WRONLY | O_CREAT, 0o600)
      defer { close(opened) }
      #expect(symlink("/proc/self/fd/\(opened)", directory.path("link")) == 0)
      for name in ["/dev/fd/\(opened)", "/proc/self/fd/\(opened)", directory.path("link")] {
        let place = try OutputPlace(name)
        #expect(place.kind == .descriptor(opened), "\(name)")
      }
      for name in ["-", "/dev/stdout"] {
        let place = try OutputPlace(name)
        #expect(place.isStandardOutput)
      }
      // A descriptor of the program itself is not a valid destination.
      #expect(fcntl(opened, F_SETFD, FD_CLOEXEC) == 0)
      #expect(throws: OutputRefusal.noDescriptor("/dev/fd/\(opened)")) {
        try OutputPlace("/dev/fd/\(opened)")
      }
      let reading = open("/dev/null", O_RDONLY)
      defer { close(reading) }
      #expect(throws: OutputRefusal.noDescriptor("/dev/fd/\(reading)")) {
        try OutputPlace("/dev/fd/\(reading)")
      }
    }
  }

  @Test("unwritable places are rejected, each with its reason")
  func refusals() throws {
    try TemporaryDirectory.with { directory in
      try directory.write("x", to: "file")
      #expect(symlink("loop", directory.path("loop")) == 0)
      let long = directory.path(String(repeating: "a", count: 256))
      let deep = directory.path("none/" + String(repeating: "a", count: 256))
      let path = directory.path
      let cases: [(String, OutputRefusal)] = [
        ("", .unusable("")), ("a\0b", .unusable("a\0b")), (path, .directory(path)),
        (path + "/.", .directory(path + "/.")), (long, .nameTooLong(long)),
        (directory.path("none/x"), .noDirectory(directory.path("none"))),
        (directory.path("none/"), .noDirectory(directory.path("none/"))),
        (directory.path("file/x"), .noDirectory(directory.path("file"))),
        (directory.path("loop"), .refused(directory.path("loop"), SystemError(ELOOP))),
      ]
      for (path, refusal) in cases { #expect(throws: refusal) { try OutputPlace(path) } }
      #expect(throws: OutputRefusal.nameTooLong(deep)) {
        try OutputPlace(deep, makesDirectory: true)
      }
      #expect(
        try OutputPlace(directory.path("none/x"), makesDirectory: true).kind
          == .file(isThere: false))
    }
  }
}

@Suite("Files that a command reads and writes")
struct OutputPlanTests {
  private func withFiles(_ body: (TemporaryDirectory) throws -> Void) throws {
    try TemporaryDirectory.with { directory in
      try directory.write("a", to: "a")
      try directory.write("b", to: "b")
      #expect(link(directory.path("a"), directory.path("hard")) == 0)
      #expect(symlink("a", directory.path("soft")) == 0)
      try body(directory)
    }
  }

  @Test(
    "an output that replaces an input is rejected, unless it is that input's own result",
    arguments: ["hard", "soft"])
  func input(name: String) throws {
    try withFiles { directory in
      var plan = OutputPlan()
      plan.reads(FilePlace(directory.path("a")), as: "the notebook 'a'")
      let output = try OutputPlace(directory.path(name))
      let error = try #require(
        #expect(throws: OutputPlan.Conflict.self) { try plan.writes(output, as: "--x '\(name)'") })
      #expect(
        error.description
          == "--x '\(name)' would overwrite the notebook 'a', which the command reads")
      try plan.writes(output, as: "the notebook", over: FilePlace(directory.path("a")))
      #expect(throws: OutputPlan.Conflict.self) {
        try plan.writes(output, as: "again", over: FilePlace(directory.path("a")))
      }
    }
  }

  @Test("two outputs in one file are rejected, whether the file exists or not")
  func outputs() throws {
    try withFiles { directory in
      for names in [["a", "hard"], ["soft", "a"], ["new", "./new"], ["none/x", "none/./x"]] {
        var plan = OutputPlan()
        let places = try names.map { try OutputPlace(directory.path($0), makesDirectory: true) }
        try plan.writes(places[0], as: "first")
        let error = try #require(
          #expect(throws: OutputPlan.Conflict.self) { try plan.writes(places[1], as: "second") })
        #expect(
          error.description == "second and first are the same file, '\(places[1].path)'")
      }
      var plan = OutputPlan()
      try plan.writes(OutputPlace(directory.path("a")), as: "first")
      try plan.writes(OutputPlace(directory.path("b")), as: "second")
      try plan.writes(OutputPlace("/dev/null"), as: "third")
      try plan.writes(OutputPlace("/dev/null"), as: "fourth")
    }
  }

  @Test("names that differ only in case are one file if the directory ignores case")
  func ignoringCase() throws {
    try withFiles { directory in
      let places = try ["New", "nEW"].map { try OutputPlace(directory.path($0)) }
      var plan = OutputPlan()
      try plan.writes(places[0], as: "first")
      try plan.writes(places[1], as: "second")
      var folding = OutputPlan()
      try folding.writes(places[0], as: "first", ignoresCase: true)
      #expect(throws: OutputPlan.Conflict.self) {
        try folding.writes(places[1], as: "second", ignoresCase: true)
      }
      #expect(!FilePlace.ignoresCase(in: directory.path))
    }
  }

  @Test("standard output accepts one output, and no other output may be its file")
  func standardOutput() throws {
    var plan = OutputPlan()
    try plan.writes(OutputPlace("-"), as: "a notebook")
    let error = try #require(
      #expect(throws: OutputPlan.Conflict.self) {
        try plan.writes(OutputPlace("/dev/stdout"), as: "--events '/dev/stdout'")
      })
    #expect(
      error.description
        == "--events '/dev/stdout' and a notebook cannot both go to standard output")
    try withFiles { directory in
      var plan = OutputPlan()
      plan.occupies(FilePlace(directory.path("a")), as: "standard output")
      #expect(throws: OutputPlan.Conflict.self) {
        try plan.writes(OutputPlace(directory.path("hard")), as: "the result")
      }
    }
  }
}

@Suite("Streams to write to")
struct OutputStreamTests {
  @Test("a pipe without a reader is rejected in bounded time")
  func noReader() throws {
    try TemporaryDirectory.with { directory in
      let path = directory.path("fifo")
      #expect(mkfifo(path, 0o600) == 0)
      let place = try OutputPlace(path)
      #expect(throws: OutputRefusal.noReader(path)) {
        try OutputStream(place, patience: .milliseconds(50))
      }
      #expect(throws: OutputRefusal.noReader(path)) {
        try OutputStream(place, patience: .seconds(600)) { true }
      }
    }
  }

  @Test("a pipe gets everything, even more than its capacity")
  func whole() async throws {
    try await TemporaryDirectory.with { directory in
      let path = directory.path("fifo")
      #expect(mkfifo(path, 0o600) == 0)
      let content = [UInt8]((0..<300_000).map { UInt8(truncatingIfNeeded: $0) })
      let reading = Task.detached { () throws -> [UInt8] in
        // Blocks until there is a writer.
        let reader = open(path, O_RDONLY)
        defer { close(reader) }
        return try readAll(reader)
      }
      var stream: OutputStream? = try OutputStream(OutputPlace(path), patience: .seconds(30))
      try stream?.write(content[...])
      stream = nil
      #expect(try await reading.value == content)
    }
  }

  @Test("a blocked write is abandoned when the program stops")
  func stalled() throws {
    try TemporaryDirectory.with { directory in
      let path = directory.path("fifo")
      #expect(mkfifo(path, 0o600) == 0)
      let reader = open(path, O_RDONLY | O_NONBLOCK)
      defer { close(reader) }
      let stream = try OutputStream(OutputPlace(path))
      #expect(throws: SystemError(ETIMEDOUT)) {
        try stream.write([UInt8](repeating: 1, count: 1 << 20)[...]) { true }
      }
    }
  }
}
