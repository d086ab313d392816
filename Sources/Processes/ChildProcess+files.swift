import CSystemShims
import Glibc
import SystemSupport

extension ChildProcess {
  /// The descriptors that a start needs, all close-on-exec.
  package struct Files: Sendable {
    /// The standard input of the process, which is at its end.
    let nothing: Int32
    let output: (read: Int32, write: Int32)
    let error: (read: Int32, write: Int32)
    /// Becomes readable when the process has ended.
    let ended: Int32

    /// Opens the descriptors.
    ///
    /// - Throws: ``ProcessError`` when this program may open no more files; then none is open.
    package init() throws(ProcessError) {
      let nothing = Files.openNothing()
      var output: [Int32] = [-1, -1]
      var error: [Int32] = [-1, -1]
      var isOpen = nothing >= 0 && lyre_pipe(&output) == 0 && lyre_pipe(&error) == 0
      let ended = isOpen ? lyre_eventfd() : -1
      isOpen = isOpen && ended >= 0
      guard isOpen else {
        let why = systemReason(errno)
        for descriptor in [nothing] + output + error where descriptor >= 0 { close(descriptor) }
        throw ProcessError(
          .resourcesExhausted,
          "cannot open more files: \(why); raise the limit of open files with `ulimit -n`")
      }
      self.nothing = nothing
      self.output = (output[0], output[1])
      self.error = (error[0], error[1])
      self.ended = ended
    }

    /// `/dev/null`, or a pipe without a writer where there is no `/dev`, as in an empty container.
    private static func openNothing() -> Int32 {
      let device = open("/dev/null", O_RDONLY | O_CLOEXEC)
      guard device < 0, errno == ENOENT else { return device }
      var ends: [Int32] = [-1, -1]
      guard lyre_pipe(&ends) == 0 else { return -1 }
      close(ends[1])
      return ends[0]
    }

    /// The standard input, output and error of the process.
    package var ofChild: [Int32] { [nothing, output.write, error.write] }

    /// Closes the descriptors that only the child needs.
    func closeForParent() {
      for descriptor in ofChild { close(descriptor) }
    }

    /// Closes all descriptors if nothing was started.
    package func closeUnused() {
      closeForParent()
      closeForReader()
    }

    /// Closes the descriptors that the reader of the output needs.
    func closeForReader() {
      for descriptor in [output.read, error.read, ended] { close(descriptor) }
    }
  }
}
