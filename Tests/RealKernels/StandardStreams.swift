import Glibc

/// Our ends of a child's standard streams, and the child's start.
struct StandardStreams {
  /// The end at which its standard output is read; the reader closes it.
  let output: Int32
  /// The end at which its standard error is read; the reader closes it.
  let errors: Int32
  private let inheritedInput: Int32
  private let inheritedOutput: Int32
  private let inheritedErrors: Int32

  /// Creates the pipes, and a file with `input`.
  init(input: [UInt8]) throws {
    inheritedInput = try fileHolding(input)
    (output, inheritedOutput) = try makePipe()
    (errors, inheritedErrors) = try makePipe()
  }

  /// Starts the child in its own process group, and closes its ends of the streams here.
  func spawn(
    _ executable: String, _ arguments: [String], environment: [String: String], directory: String
  ) throws -> pid_t {
    defer {
      for descriptor in [inheritedInput, inheritedOutput, inheritedErrors] { close(descriptor) }
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (target, descriptor) in [inheritedInput, inheritedOutput, inheritedErrors].enumerated() {
      posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(target))
    }

    // The test runner ignores or blocks some signals; the child gets the default actions.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    // Swift's Glibc cannot set the directory of a spawned process; env can.
    let command = ["/usr/bin/env", "-C", directory, executable] + arguments
    let argv = command.map { strdup($0) } + [nil]
    let envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in argv + envp { free(text) } }
    var processID: pid_t = 0
    let code = posix_spawn(&processID, command[0], &actions, &attributes, argv, envp)
    guard code == 0 else { throw RunningCommand.StartError("posix_spawn \(executable)", code) }
    return processID
  }
}

/// A nameless file with these bytes, open at its start.
private func fileHolding(_ bytes: [UInt8]) throws -> Int32 {
  var template = Array("/tmp/lyre-input-XXXXXX".utf8CString)
  let descriptor = mkstemp(&template)
  guard descriptor >= 0 else { throw RunningCommand.StartError("mkstemp", errno) }
  unlink(template)
  _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  guard write(descriptor, bytes, bytes.count) == bytes.count, lseek(descriptor, 0, SEEK_SET) == 0
  else {
    throw RunningCommand.StartError("write", errno)
  }
  return descriptor
}

private func makePipe() throws -> (read: Int32, write: Int32) {
  var ends: [Int32] = [-1, -1]
  guard pipe(&ends) == 0 else { throw RunningCommand.StartError("pipe", errno) }
  for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  return (ends[0], ends[1])
}

/// Runs `body` on its own detached thread.
func startThread(_ body: @escaping @Sendable () -> Void) throws {
  final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  let box = Unmanaged.passRetained(Box(body))
  var thread = pthread_t()
  let code = pthread_create(
    &thread, nil,
    { argument in
      if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
      return nil
    }, box.toOpaque())
  guard code == 0 else {
    box.release()
    throw RunningCommand.StartError("pthread_create", code)
  }
  pthread_detach(thread)
}
