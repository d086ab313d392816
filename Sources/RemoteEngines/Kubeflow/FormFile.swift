import Hashing

/// A file as the only part of a form, as browsers and clients upload it.
struct FormFile {
  /// The value of the header `content-type`.
  let contentType: String
  /// The form.
  let body: [UInt8]

  /// - Parameters:
  ///   - name: the file's name, of printable ASCII without quotes.
  ///   - content: its content.
  init(name: String, _ content: [UInt8]) {
    let boundary = "lyre-" + hexadecimal(randomBytes(count: 16))
    contentType = "multipart/form-data; boundary=\(boundary)"
    let head =
      "--\(boundary)\r\nContent-Disposition: form-data; name=\"uploadfile\"; filename=\"\(name)\"\r\n"
      + "Content-Type: application/octet-stream\r\n\r\n"
    body = Array(head.utf8) + content + Array("\r\n--\(boundary)--\r\n".utf8)
  }
}
