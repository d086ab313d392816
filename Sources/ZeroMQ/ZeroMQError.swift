import CZeroMQ
import Glibc

/// A call of libzmq that failed.
public struct ZeroMQError: Error, Sendable, CustomStringConvertible {
  /// Why a call failed.
  public enum Code: Sendable, Equatable {
    /// Another process, or another socket, is bound to that address.
    case addressInUse
    /// No such address on this machine.
    case addressNotAvailable
    /// The address is not well-formed, or its path is too long for a Unix socket.
    case invalidAddress
    /// The directory of a Unix socket is missing or closed to us.
    case permissionDenied
    /// No peer has that routing id.
    case unreachable
    /// Too many sockets, files or too little memory.
    case resourcesExhausted
    /// The socket or its thread was closed.
    case closed
    /// Something else: the number is libzmq's own.
    case other(Int32)
  }

  /// Why it failed.
  public var code: Code

  /// The function of libzmq.
  public var function: String

  /// The address, where one was given.
  public var endpoint: String?

  /// libzmq's own words for the fault.
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

  /// The fault of the call that was just made on this thread.
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

  /// ETERM and ENOCOMPATPROTO are libzmq's own numbers, counted from its base.
  private static let contextTerminated: Int32 = 156_384_712 + 53
  private static let incompatibleProtocol: Int32 = 156_384_712 + 52
}
