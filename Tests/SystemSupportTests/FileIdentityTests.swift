import Glibc
import KernelTesting
import SystemSupport
import Testing

@Suite("File identities")
struct FileIdentityTests {
  @Test("every name of a file has the same identity and the same place")
  func names() throws {
    try TemporaryDirectory.with { directory in
      let file = try directory.write("x", to: "folder/n.ipynb")
      #expect(link(file, directory.path("hard")) == 0)
      #expect(symlink("folder/n.ipynb", directory.path("soft")) == 0)
      for name in ["hard", "soft", "folder/../folder//n.ipynb"] {
        #expect(FileIdentity(directory.path(name)) == FileIdentity(file))
        #expect(FilePlace(directory.path(name)) == FilePlace(file))
      }
      try directory.write("x", to: "other")
      #expect(FilePlace(directory.path("other")) != FilePlace(file))
    }
  }

  @Test("a file that does not exist yet has one place under every name")
  func places() throws {
    try TemporaryDirectory.with { directory in
      try directory.makeDirectory("out")
      #expect(symlink("out", directory.path("link")) == 0)
      #expect(symlink("out/n.ipynb", directory.path("dangling")) == 0)
      let place = FilePlace(directory.path("out/n.ipynb"))
      for name in ["link/n.ipynb", "out/./n.ipynb", "dangling"] {
        #expect(FilePlace(directory.path(name)) == place, "\(name)")
      }
      #expect(FilePath.target(directory.path("dangling")) == directory.path("out/n.ipynb"))
      #expect(FilePlace(directory.path("out/m.ipynb")) != place)
      #expect(
        FilePlace(directory.path("none/./a/../n")) == .nowhere(directory.path("none/n")))
    }
  }

  @Test("a link to itself has a place and does not hang")
  func loop() throws {
    try TemporaryDirectory.with { directory in
      #expect(symlink("loop", directory.path("loop")) == 0)
      #expect(FilePlace(directory.path("loop")) == .nowhere(directory.path("loop")))
    }
  }
}

@Suite("File locks")
struct FileLockTests {
  @Test("a second lock is refused under every name of the file, and its holder is named")
  func refused() throws {
    try TemporaryDirectory.with { directory in
      let file = try directory.write("x", to: "n.ipynb")
      #expect(link(file, directory.path("hard")) == 0)
      var lock = try FileLock.take(file)
      #expect(lock != nil)
      #expect(lock?.identity == FileIdentity(file))
      #expect(try FileLock.take(directory.path("hard")) == nil)
      #expect(FileLock.holder(of: directory.path("hard")) == getpid())
      lock = nil
      #expect(try FileLock.take(directory.path("hard")) != nil)
    }
  }

  @Test("a lock moves to the file that replaces the locked one")
  func replaced() throws {
    try TemporaryDirectory.with { directory in
      let file = try directory.write("old", to: "n.ipynb")
      var lock = try FileLock.take(file)
      #expect(lock != nil)
      let new = open(directory.path("new"), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      let next = try #require(FileLock(locking: new))
      close(new)
      #expect(rename(directory.path("new"), file) == 0)
      lock = nil
      #expect(try FileLock.take(file) == nil)
      withExtendedLifetime(next) {}
      _ = lock
    }
  }
}

@Suite("Trusted files")
struct TrustTests {
  @Test("a private file of this user is opened, and a missing one returns nil")
  func ours() throws {
    try TemporaryDirectory.with { directory in
      let path = try directory.write("text", to: "file", mode: 0o600)
      let descriptor = try #require(try Trust.openFile(path))
      defer { close(descriptor) }
      #expect(try readAll(descriptor) == Array("text".utf8))
      #expect(try Trust.openFile(directory.path("none")) == nil)
    }
  }

  @Test("a file that others could have created is not opened")
  func notOurs() throws {
    try TemporaryDirectory.with { directory in
      let file = try directory.write("x", to: "file", mode: 0o600)
      #expect(symlink("file", directory.path("link")) == 0)
      #expect(throws: Distrust.link) { try Trust.openFile(directory.path("link")) }
      #expect(chmod(file, 0o640) == 0)
      #expect(throws: Distrust.mode(S_IFREG | 0o640)) { try Trust.openFile(file) }
      #expect(chmod(file, 0o600) == 0 && link(file, directory.path("hard")) == 0)
      #expect(throws: Distrust.names(2)) { try Trust.openFile(file) }
      #expect(mkfifo(directory.path("pipe"), 0o600) == 0)
      #expect(throws: Distrust.otherKind) { try Trust.openFile(directory.path("pipe")) }
      try directory.makeDirectory("directory")
      #expect(throws: Distrust.otherKind) { try Trust.openFile(directory.path("directory")) }
      #expect(symlink("directory", directory.path("link2")) == 0)
      #expect(throws: Distrust.link) { try Trust.openDirectory(directory.path("link2")) }
      #expect(chmod(directory.path("directory"), 0o777) == 0)
      #expect(throws: Distrust.mode(S_IFDIR | 0o777)) {
        try Trust.openDirectory(directory.path("directory"))
      }
    }
  }

  @Test("a file of another user is not opened", .enabled(if: geteuid() == 0))
  func foreign() throws {
    try TemporaryDirectory.with { directory in
      let file = try directory.write("x", to: "file", mode: 0o600)
      #expect(chown(file, 65534, 65534) == 0)
      #expect(throws: Distrust.owner(65534)) { try Trust.openFile(file) }
      #expect(chmod(directory.path, 0o777) == 0)
      #expect(!Trust.isSafeParent(directory.path))
      #expect(chmod(directory.path, 0o1777) == 0)
      #expect(Trust.isSafeParent(directory.path))
      #expect(chown(directory.path, 65534, 65534) == 0)
      #expect(!Trust.isSafeParent(directory.path))
    }
  }
}
