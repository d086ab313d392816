import Glibc
import KernelTesting
import SystemSupport
import Testing

@testable import RunRecord

@Suite("Ownership of the record")
struct RecordTrustTests {
  private func withRecord(_ body: (String) throws -> Void) throws {
    try TemporaryDirectory.with { directory in
      let state = directory.path("state")
      try RecordFolder.make(state)
      for name in ["pipelines.sqlite", "pipelines.sqlite-wal", "pipelines.sqlite-shm"] {
        try directory.write("", to: "state/\(name)", mode: 0o600)
      }
      try body(state)
    }
  }

  @Test("this user's own record is trusted, even if it is incomplete or missing")
  func own() throws {
    try withRecord { state in
      try RecordTrust.check(state)
      unlink("\(state)/pipelines.sqlite-wal")
      try RecordTrust.check(state)
      try RecordTrust.check("\(state)/nowhere")
    }
  }

  @Test("checking the record keeps the locks that SQLite has on it in this process")
  func locks() throws {
    try withRecord { state in
      let database = "\(state)/pipelines.sqlite"
      let own = open(database, O_RDWR)
      defer { close(own) }
      var lock = flock(
        l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
      try #require(fcntl(own, F_SETLK, &lock) == 0)
      try RecordTrust.check(state)
      let other = open(database, O_RDWR)
      defer { close(other) }
      // F_OFD_GETLK: a lock of the descriptor would meet that of the process.
      lock.l_pid = 0
      #expect(fcntl(other, 36, &lock) == 0 && lock.l_type == Int16(F_WRLCK))
    }
  }

  enum Fault: String, CaseIterable, Sendable {
    case openDirectory, openDatabase, openLog, linkedDatabase, secondName, otherOwner, pipe
  }

  @Test("files that others may have created are not trusted", arguments: Fault.allCases)
  func foreign(fault: Fault) throws {
    try withRecord { state in
      let database = "\(state)/pipelines.sqlite"
      var reason = "is open to other users"
      switch fault {
      case .openDirectory: chmod(state, 0o770)
      case .openDatabase: chmod(database, 0o644)
      case .openLog: chmod(database + "-wal", 0o660)
      case .linkedDatabase:
        rename(database, database + ".real")
        try #require(symlink(database + ".real", database) == 0)
        reason = "is a symbolic link"
      case .secondName:
        try #require(Glibc.link(database, "\(state)/other") == 0)
        reason = "2 hard links"
      case .otherOwner:
        // Only root can change the owner of a file.
        guard geteuid() == 0 else { return }
        try #require(chown(database, 12345, 12345) == 0)
        reason = "belongs to"
      case .pipe:
        unlink(database)
        try #require(mkfifo(database, 0o600) == 0)
        reason = "has the wrong type"
      }
      let error = #expect(throws: HistoryError.self) { try RecordTrust.check(state) }
      #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
      #expect(throws: HistoryError.self) { try PipelineHistory(directory: state) }
      #expect(throws: HistoryError.self) { try PipelineHistory.reading(state) }
    }
  }

  @Test("a link to the directory is followed, and its target must be this user's")
  func link() throws {
    try withRecord { state in
      try #require(symlink(state, state + "-link") == 0)
      try RecordTrust.check(state + "-link")
      chmod(state, 0o777)
      #expect(throws: HistoryError.self) { try RecordTrust.check(state + "-link") }
    }
  }
}

@Suite("One run of a pipeline at a time")
struct PipelineLockTests {
  @Test("the lock of a pipeline's file is held until released, under every name of the file")
  func file() throws {
    try TemporaryDirectory.with { directory in
      let path = try directory.write("{}", to: "p.pipeline")
      try #require(symlink(path, directory.path("link")) == 0)
      var lock = try PipelineLock.take(path)
      #expect(lock != nil)
      #expect(try PipelineLock.take(path) == nil)
      #expect(try PipelineLock.take(directory.path("link")) == nil)
      withExtendedLifetime(lock) {}
      lock = nil
      #expect(try PipelineLock.take(path) != nil)
    }
  }

  @Test("the lock in the record is independent of changes to the pipeline's file")
  func name() throws {
    try TemporaryDirectory.with { directory in
      let history = try PipelineHistory(directory: directory.path("state"))
      let lock = try history.takeLock(of: "/p.pipeline")
      #expect(lock != nil)
      #expect(try history.takeLock(of: "/p.pipeline") == nil)
      #expect(try history.takeLock(of: "/q.pipeline") != nil)
      #expect(history.isRunning("/p.pipeline", process: 1))
      #expect(!history.isRunning("/q.pipeline", process: getpid()))
      withExtendedLifetime(lock) {}
    }
  }

  @Test("a file that cannot be opened is reported")
  func missing() throws {
    let error = #expect(throws: HistoryError.self) { try PipelineLock.take("/nowhere/p.pipeline") }
    #expect(error?.description.contains("No such file or directory") == true)
  }
}
