import CSystemShims
import Glibc

/// Starts a thread for blocking calls, which must not occupy the threads of Swift's concurrency.
///
/// - Parameters:
///   - stackSize: the size of its stack in bytes; nil for the system's default.
///   - takesSignals: whether the thread may handle signals to the program. Only a thread that uses
///     the terminal needs them: the terminal stops a program in the background by a signal to the
///     thread that reads or writes.
///   - body: the function to run; the thread ends when it returns.
/// - Throws: ``SystemError`` if the system has no thread left.
package func startThread(
  stackSize: Int? = nil, takesSignals: Bool = false, _ body: @escaping @Sendable () -> Void
) throws(SystemError) {
  final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  defer { pthread_attr_destroy(&attributes) }
  pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
  if let stackSize { pthread_attr_setstacksize(&attributes, stackSize) }
  var before = sigset_t()
  if !takesSignals {
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
  }
  var thread = pthread_t()
  let argument = Unmanaged.passRetained(Body(body))
  let failure = pthread_create(
    &thread, &attributes,
    { argument in
      guard let argument else { return nil }
      Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
      return nil
    }, argument.toOpaque())
  if !takesSignals { pthread_sigmask(SIG_SETMASK, &before, nil) }
  guard failure == 0 else {
    argument.release()
    throw SystemError(failure)
  }
}
