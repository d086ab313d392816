import Glibc

/// A pipe, a device or a descriptor that is open for writing.
///
/// A reader that does not read delays a write, but not forever: once the program should stop, a
/// blocked write is abandoned.
package final class OutputStream: Sendable {
  private let descriptor: Int32

  /// How long to wait for a pipe's reader.
  package static let readerPatience = Duration.seconds(5)
  /// How long a write may be blocked once the program should stop.
  package static let stopPatience = Duration.seconds(2)

  /// Opens a place other than a file.
  ///
  /// - Parameters:
  ///   - place: the place.
  ///   - patience: how long to wait for a pipe's reader.
  ///   - isStopped: whether the program should stop.
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
      // Does not block in the system until there is a reader, which no signal would interrupt.
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
  ///   - isStopped: whether the program should stop.
  /// - Throws: ``SystemError``; `ETIMEDOUT` if the write was abandoned.
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
      // A pipe that is ready accepts this many bytes without blocking.
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
