/// The width and height of a picture in pixels.
struct ImageSize: Equatable, CustomStringConvertible {
  let width: Int
  let height: Int

  var description: String { "\(width)×\(height) pixels" }

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Reads the size from the header of a PNG, GIF or JPEG file; nil for another format.
  init?(_ bytes: [UInt8]) {
    func number(_ place: Int, _ count: Int) -> Int {
      bytes[place..<place + count].reduce(0) { $0 << 8 | Int($1) }
    }
    if bytes.starts(with: PNGImage.signature), bytes.count >= 24 {
      self.init(width: number(16, 4), height: number(20, 4))
    } else if bytes.starts(with: [0x47, 0x49, 0x46, 0x38]), bytes.count >= 10 {
      self.init(
        width: Int(bytes[6]) | Int(bytes[7]) << 8, height: Int(bytes[8]) | Int(bytes[9]) << 8)
    } else if bytes.starts(with: [0xFF, 0xD8]) {
      var place = 2
      while place + 9 < bytes.count, bytes[place] == 0xFF {
        let marker = bytes[place + 1]
        // The frame header of any process; C4, C8 and CC are other segments.
        if marker >= 0xC0, marker <= 0xCF, ![0xC4, 0xC8, 0xCC].contains(marker) {
          self.init(width: number(place + 7, 2), height: number(place + 5, 2))
          return
        }
        place += 2 + number(place + 2, 2)
      }
      return nil
    } else {
      return nil
    }
  }
}
