@main struct ScriptedKernel { static func main() {} }
