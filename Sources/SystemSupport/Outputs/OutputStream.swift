import Glibc

/// A pipe, a device or a descriptor that is open for writing.
///
/// A reader that does not read holds a write up, but not for ever: once the program is to stop, a
/// write that gets no further is given up.
package final class OutputStream: Sendable {
  private let descriptor: Int32

  /// How long a pipe may be without a reader before it is refused.
  package static let readerPatience = Duration.seconds(5)
  /// How long a write may stand still once the program is to stop.
  package static let stopPatience = Duration.seconds(2)

  /// Opens a place that is no file.
  ///
  /// - Parameters:
  ///   - place: the place.
  ///   - patience: how long a pipe may be without a reader.
  ///   - isStopped: whether the program is to stop.
  /// - Throws: ``OutputRefusal``.
  package init(
    _ place: OutputPlace, patience: Duration = OutputStream.readerPatience,
    isStopped: () -> Bool = { false }
  ) throws(OutputRefusal) {
    if case .descriptor(let number) = place.kind {
      descriptor = fcntl(number, F_DUPFD_CLOEXEC, 3)
      if descriptor < 0 { throw .refused(place.path, SystemError()) }
      return
    }
    let deadline = ContinuousClock.now + patience
    while true {
      // Without waiting in the system for a reader, where no signal would end it.
      let opened = open(place.path, O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
      if opened >= 0 {
        descriptor = opened
        _ = fcntl(opened, F_SETFL, fcntl(opened, F_GETFL) & ~O_NONBLOCK)
        return
      }
      let number = errno
      if number == EINTR { continue }
      guard number == ENXIO, place.kind == .fifo else {
        throw .refused(place.path, SystemError(number))
      }
      guard ContinuousClock.now < deadline, !isStopped() else { throw .noReader(place.path) }
      poll(nil, 0, 20)
    }
  }

  deinit { close(descriptor) }

  /// Writes all of some bytes.
  ///
  /// - Parameters:
  ///   - bytes: the bytes.
  ///   - isStopped: whether the program is to stop.
  /// - Throws: ``SystemError``; `ETIMEDOUT` when it was given up.
  package func write(
    _ bytes: ArraySlice<UInt8>, isStopped: () -> Bool = { false }
  ) throws(SystemError) {
    var rest = bytes
    var stopped: ContinuousClock.Instant?
    while !rest.isEmpty {
      var item = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      let ready = poll(&item, 1, 100)
      if ready < 0, errno != EINTR { throw SystemError() }
      if ready <= 0 {
        let now = ContinuousClock.now
        if isStopped() { stopped = stopped ?? now }
        if let stopped, now - stopped > OutputStream.stopPatience { throw SystemError(ETIMEDOUT) }
        continue
      }
      stopped = nil
      // What a pipe that is ready takes without waiting.
      let count = rest.prefix(Int(PIPE_BUF)).withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR, errno != EAGAIN {
        throw SystemError()
      }
    }
  }
}
