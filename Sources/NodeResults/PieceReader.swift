import ObjectStorage

/// Reads a growing file that is stored in numbered pieces, one after another.
struct PieceReader: Sendable {
  private let pieces: ResultPieces
  /// The folder with the pieces.
  private let place: ObjectLocation
  /// The number of the next piece.
  private var number = 1
  /// Whether nothing more is read, because a piece is not one.
  private var isOver = false

  init(_ pieces: ResultPieces, at place: ObjectLocation) {
    self.pieces = pieces
    self.place = place
  }

  /// The largest piece that is read: no program of this project writes one that is larger.
  static let most = 2 * ResultPieces.size

  /// The next piece; empty if there is none yet.
  ///
  /// - Parameter warnings: gets what is wrong with a piece.
  /// - Throws: `ObjectStorageError`; the same piece is read again then.
  mutating func next(_ store: ObjectStore, _ warnings: inout [String])
    async throws(ObjectStorageError) -> [UInt8]
  {
    guard !isOver else { return [] }
    let piece = place.appending(pieces.name(number))
    var bytes: [UInt8]
    do throws(ObjectStorageError) {
      bytes = try await store.get(piece, maximum: PieceReader.most)
    } catch {
      switch error.kind {
      case .noObject: return []
      case .usage where error.status == nil, .server where error.status == nil:
        // More than a piece can have.
        isOver = true
        warnings.append(
          "'\(piece)' is too large for a piece of what a node leaves; it and what follows are not "
            + "read")
        return []
      default: throw error
      }
    }
    number += 1
    if bytes.isEmpty {
      warnings.append("'\(piece)' is empty, which no piece is")
    } else if pieces == .events, bytes.last != 0x0A, bytes.count < ResultPieces.size {
      // Otherwise the first line of the next piece would be lost, too.
      warnings.append("'\(piece)' ends in the middle of a line; it was changed")
      bytes.append(0x0A)
    }
    return bytes
  }
}
