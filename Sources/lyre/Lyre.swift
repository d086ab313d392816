@main struct Lyre { static func main() {} }
