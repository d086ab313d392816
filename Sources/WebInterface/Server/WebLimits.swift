/// The limits of what a client may demand of the server.
package struct WebLimits: Sendable {
  /// The size of a request's head, in bytes.
  package var headBytes = 16 << 10

  /// The size of a request's content, in bytes.
  package var bodyBytes = 32 << 20

  /// The number of open connections; further ones wait.
  package var connections = 64

  /// The number of open streams of events; a further one ends the oldest.
  package var streams = 16

  /// How long a connection may send no complete head, and no part of a content, in seconds.
  package var idleSeconds: Int64 = 20

  /// How long a request's content may take to arrive, in seconds.
  package var bodySeconds: Int64 = 60

  /// Creates the standard limits.
  package init() {}
}
