import CSystemShims
import Glibc

extension KernelProcess {
  /// The descriptors that a start needs, all of them closed on exec.
  struct Files: Sendable {
    /// What the process reads: `/dev/null`.
    let nothing: Int32
    let output: (read: Int32, write: Int32)
    let error: (read: Int32, write: Int32)
    /// Readable from when the process has ended; ``EndOfProcess`` closes it.
    let ended: Int32

    /// Opens them.
    ///
    /// - Throws: ``LaunchError`` when this program may open no more files; then none is open.
    init() throws(LaunchError) {
      let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
      var output: [Int32] = [-1, -1]
      var error: [Int32] = [-1, -1]
      var isOpen = nothing >= 0 && lyre_pipe(&output) == 0 && lyre_pipe(&error) == 0
      let ended = isOpen ? lyre_eventfd() : -1
      isOpen = isOpen && ended >= 0
      guard isOpen else {
        let why = KernelProcess.reason(errno)
        for descriptor in [nothing] + output + error where descriptor >= 0 { close(descriptor) }
        throw LaunchError(description: "no more files can be opened: \(why)")
      }
      self.nothing = nothing
      self.output = (output[0], output[1])
      self.error = (error[0], error[1])
      self.ended = ended
    }

    /// Closes what only the child needs.
    func closeForParent() {
      for descriptor in [nothing, output.write, error.write] { close(descriptor) }
    }

    /// Closes all of them, when nothing was started.
    func closeUnused() {
      closeForParent()
      closeForReader()
      close(ended)
    }

    /// Closes what the reader of the output needs.
    func closeForReader() {
      for descriptor in [output.read, error.read] { close(descriptor) }
    }
  }

  /// What the thread that waits for the end and the thread that reads the output tell each other.
  final class EndOfProcess: Sendable {
    private let event: Int32
    nonisolated(unsafe) private let isRead: UnsafeMutablePointer<sem_t>

    /// Takes over the event and closes it in the end.
    init(event: Int32) {
      self.event = event
      isRead = .allocate(capacity: 1)
      sem_init(isRead, 0, 0)
    }

    deinit {
      close(event)
      sem_destroy(isRead)
      isRead.deallocate()
    }

    func processHasEnded() { lyre_eventfd_signal(event) }

    func outputIsRead() { sem_post(isRead) }

    func waitForOutput(milliseconds: Int) {
      var deadline = timespec()
      clock_gettime(CLOCK_REALTIME, &deadline)
      deadline.tv_nsec += (milliseconds % 1000) * 1_000_000
      deadline.tv_sec += milliseconds / 1000 + deadline.tv_nsec / 1_000_000_000
      deadline.tv_nsec %= 1_000_000_000
      while sem_timedwait(isRead, &deadline) != 0, errno == EINTR {}
    }
  }
}
