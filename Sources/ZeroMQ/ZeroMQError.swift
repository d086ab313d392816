import CZeroMQ
import Glibc

/// An error of a libzmq function.
public struct ZeroMQError: Error, Sendable, CustomStringConvertible {
  /// The kind of error.
  public enum Code: Sendable, Equatable {
    /// Another process or socket is bound to the address.
    case addressInUse
    /// The address does not exist on this machine.
    case addressNotAvailable
    /// The address is malformed, or its path is too long for a Unix socket.
    case invalidAddress
    /// The directory of a Unix socket is missing or inaccessible.
    case permissionDenied
    /// No peer has this routing id.
    case unreachable
    /// Too many sockets or files, or not enough memory.
    case resourcesExhausted
    /// The socket or its thread was closed.
    case closed
    /// Another error, with libzmq's number.
    case other(Int32)
  }

  /// The kind of error.
  public var code: Code

  /// The libzmq function.
  public var function: String

  /// The address, if one was given.
  public var endpoint: String?

  /// libzmq's description of the error.
  public var reason: String

  /// What failed, where and why.
  public var description: String {
    "\(function)\(endpoint.map { " \($0)" } ?? "") failed: \(reason)"
  }

  init(_ code: Code, _ function: String, endpoint: String? = nil, reason: String) {
    self.code = code
    self.function = function
    self.endpoint = endpoint
    self.reason = reason
  }

  /// The error of the last call on this thread.
  static func last(_ function: String, endpoint: String? = nil) -> ZeroMQError {
    let number = zmq_errno()
    let code: Code =
      switch number {
      case EADDRINUSE: .addressInUse
      case EADDRNOTAVAIL, ENODEV: .addressNotAvailable
      case EINVAL, EPROTONOSUPPORT, incompatibleProtocol, ENAMETOOLONG: .invalidAddress
      case EACCES, EPERM, ENOENT: .permissionDenied
      case EHOSTUNREACH: .unreachable
      case EMFILE, ENFILE, ENOMEM: .resourcesExhausted
      case contextTerminated, ENOTSOCK: .closed
      default: .other(number)
      }
    var reason = String(cString: zmq_strerror(number))
    if number == EMFILE { reason += "; raise the limit of open files with `ulimit -n`" }
    return ZeroMQError(code, function, endpoint: endpoint, reason: reason)
  }

  static func restore(_ number: Int32) { errno = number }

  /// ETERM and ENOCOMPATPROTO are libzmq's own numbers, relative to its base.
  private static let contextTerminated: Int32 = 156_384_712 + 53
  private static let incompatibleProtocol: Int32 = 156_384_712 + 52
}
